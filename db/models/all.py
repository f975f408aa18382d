"""Every table: who imports this has the whole metadata."""

from sqlmodel import SQLModel

from db.models import accounts, fingerprints, jobs, producers, tracks, uploads

METADATA = SQLModel.metadata
MODULES = (accounts, fingerprints, jobs, producers, tracks, uploads)
