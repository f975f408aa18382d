"""Words of exports of personal data, and of the deletion of accounts (D-81)."""

from enum import StrEnum


class DataExportStatus(StrEnum):
    """How far an export is."""

    QUEUED = "QUEUED"
    """Waiting for a worker."""
    RUNNING = "RUNNING"
    """Being written."""
    READY = "READY"
    """To be downloaded until `expiresAt`."""
    FAILED = "FAILED"
    """It broke off; ask for another."""
    EXPIRED = "EXPIRED"
    """It was deleted; ask for another."""
