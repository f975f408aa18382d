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
    EXCLUSIVE_SALE = "EXCLUSIVE_SALE"
    """An exclusive was bought."""
    EXCLUSIVE_FEE = "EXCLUSIVE_FEE"
    """What the payment provider kept of such a payment became known."""
    EXCLUSIVE_EXCHANGE = "EXCLUSIVE_EXCHANGE"
    """Such a payment arrived in another currency than it was made in."""
    EXCLUSIVE_REFUND = "EXCLUSIVE_REFUND"
    """Money of such a payment was given back."""
    REFUND_RETURNED = "REFUND_RETURNED"
    """Money that was given back came back to the platform."""
    LATE_PAYMENT = "LATE_PAYMENT"
    """Money was taken for what could not be granted any more."""
    LATE_REFUND = "LATE_REFUND"
    """Such money was given back."""
    DISPUTE_OPENED = "DISPUTE_OPENED"
    """A buyer's bank disputes a payment: whose it is will be decided."""
    DISPUTE_MOVEMENT = "DISPUTE_MOVEMENT"
    """The bank has taken disputed money, or given it back."""
    DISPUTE_WON = "DISPUTE_WON"
    """The bank decided for the seller."""
