"""Words of payouts (D-54, D-55, MONEY 4)."""

from enum import StrEnum


class PayoutAccountStatus(StrEnum):
    """State of the set-up."""

    NONE = "NONE"
    """Not begun, or not known at the payment provider yet."""
    CREATED = "CREATED"
    """There is an account, and nothing is filled in."""
    INCOMPLETE = "INCOMPLETE"
    """Something is missing."""
    UNDER_REVIEW = "UNDER_REVIEW"
    """The payment provider looks at it."""
    READY = "READY"
    """Payouts can be made."""
    RESTRICTED = "RESTRICTED"
    """It was ready, and something is missing now."""
    REJECTED = "REJECTED"
    """The payment provider will not pay this person."""
    DISCONNECTED = "DISCONNECTED"
    """Closed; another can be set up."""


class PayoutStatus(StrEnum):
    """State of a payout."""

    HELD = "HELD"
    """It cannot begin now, `failure` says why; it goes by itself when it can."""
    REQUESTED = "REQUESTED"
    """Asked for, or due; nothing has moved."""
    SENDING = "SENDING"
    """Out of the balance, on its way to the payout account."""
    SENT = "SENT"
    """In the payout account, on its way to the bank."""
    SETTLED = "SETTLED"
    """At the bank."""
    REJECTED = "REJECTED"
    """Not sent: the amount is in the balance again."""
    FAILED = "FAILED"
    """It came back: the amount is in the balance again once `returnedAt` says so."""


class HoldReason(StrEnum):
    """Why money is kept back."""

    PAYOUT_ACCOUNT_NOT_READY = "PAYOUT_ACCOUNT_NOT_READY"
    """The set-up is not complete: all of the balance waits."""
    BELOW_MINIMUM = "BELOW_MINIMUM"
    """Too little for a payout; it is carried over."""
    REFUND_WINDOW = "REFUND_WINDOW"
    """Of sales that can still be undone by the buyer."""
    DISPUTE = "DISPUTE"
    """Of sales whose payment a bank disputes; no part of the balance until it decides."""
    REVIEW = "REVIEW"
    """Somebody has to look first, or it was paid to another account before: all of the balance waits."""
