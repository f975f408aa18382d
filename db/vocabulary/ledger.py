"""Words of the ledger."""

from enum import StrEnum


class JournalSource(StrEnum):
    """What can cause a journal."""

    SUBSCRIPTION_INVOICE = "SUBSCRIPTION_INVOICE"
    """A subscriber's invoice was paid."""
    SUBSCRIPTION_FEE = "SUBSCRIPTION_FEE"
    """What the payment provider kept of such an invoice became known."""
    SUBSCRIPTION_REFUND = "SUBSCRIPTION_REFUND"
    """Money of such an invoice was given back."""
