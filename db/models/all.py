"""Every table: who imports this has the whole metadata."""

from sqlmodel import SQLModel

from db.models import (
    accounts,
    analyses,
    collections,
    fingerprints,
    jobs,
    ledger,
    licence_presets,
    licences,
    notices,
    payments,
    payouts,
    plans,
    plays,
    producers,
    purchases,
    recon,
    replacements,
    requests,
    tracks,
    uploads,
)

METADATA = SQLModel.metadata
MODULES = (
    accounts,
    analyses,
    collections,
    fingerprints,
    jobs,
    licences,
    ledger,
    licence_presets,
    notices,
    payments,
    payouts,
    plans,
    plays,
    producers,
    purchases,
    recon,
    replacements,
    requests,
    tracks,
    uploads,
)
