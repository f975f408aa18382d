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


class AccountDeletionStatus(StrEnum):
    """How far the deletion of an account is."""

    WAITING = "WAITING"
    """Asked for, and due at `dueAt`: it can be called off."""
    RUNNING = "RUNNING"
    """Begun: nobody signs in any more."""
    DONE = "DONE"
    """The account is deleted."""
    CANCELLED = "CANCELLED"
    """Called off."""


class DeletionObstacleKind(StrEnum):
    """What has to be over before an account is deleted."""

    PURCHASE_UNDER_WAY = "PURCHASE_UNDER_WAY"
    """A track is kept for the account, or being paid."""
    SALE_UNDER_WAY = "SALE_UNDER_WAY"
    """A track of the account is kept for somebody, or being paid."""
    REFUND_UNDER_WAY = "REFUND_UNDER_WAY"
    """A purchase, or a sale, is being refunded."""
    DISPUTE_UNDER_WAY = "DISPUTE_UNDER_WAY"
    """A bank is deciding about a purchase, or a sale."""
    PAYOUT_UNDER_WAY = "PAYOUT_UNDER_WAY"
    """Money is on its way to the bank."""
    PAYOUT_MAY_RETURN = "PAYOUT_MAY_RETURN"
    """Money is at the bank, which may still send it back; no reason not to ask."""
    SALE_IS_FRESH = "SALE_IS_FRESH"
    """The last sale can still be undone by its buyer; no reason not to ask."""
    ONLY_STAFF = "ONLY_STAFF"
    """Nobody else is staff."""


class BalanceFate(StrEnum):
    """What becomes of a balance when its producer goes."""

    PAID_OUT = "PAID_OUT"
    """To the bank, before the account is deleted."""
    STAYS_OWED = "STAYS_OWED"
    """Cannot be paid out now: it stays in the books, under a number."""
    WAIVED = "WAIVED"
    """Below zero: it stays in the books, and is not asked for."""
