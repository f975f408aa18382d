"""Every table: who imports this has the whole metadata."""

from sqlmodel import SQLModel

from db.models import accounts, analyses, fingerprints, jobs, notices, producers, recon, tracks, uploads

METADATA = SQLModel.metadata
MODULES = (accounts, analyses, fingerprints, jobs, notices, producers, recon, tracks, uploads)
