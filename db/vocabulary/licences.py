"""Words of licences, and of exclusive licences that are bought."""

from enum import StrEnum


class LicenceKind(StrEnum):
    """What a licence allows."""

    STANDARD = "STANDARD"
    """To use the track in one project, beside others who may too."""
    EXCLUSIVE = "EXCLUSIVE"
    """To use it as nobody else may from then on."""


class LicenceStatus(StrEnum):
    """Whether a licence holds."""

    ACTIVE = "ACTIVE"
    """It holds."""
    REVOKED = "REVOKED"
    """It was taken back, and gives no right any more."""


class PurchaseStatus(StrEnum):
    """State of a purchase."""

    RESERVED = "RESERVED"
    """The track is kept for the buyer; the checkout is being opened."""
    CHECKOUT_OPEN = "CHECKOUT_OPEN"
    """The buyer can pay."""
    AUTHORISED = "AUTHORISED"
    """Paid for, as far as the buyer's bank is concerned; the money is being taken."""
    COMPLETED = "COMPLETED"
    """Bought: the licence is granted."""
    EXPIRED = "EXPIRED"
    """Nobody paid in time, or the buyer let go; nothing is charged."""
    LOST = "LOST"
    """The track was not to be had any more; nothing is charged, and what was is given back."""
    REFUNDED = "REFUNDED"
    """The money went back, and a licence that was granted was revoked."""
    DISPUTED = "DISPUTED"
    """The buyer's bank has taken the money back, until it is decided whose it is."""
    RESCINDED = "RESCINDED"
    """The bank decided for the buyer: the money is gone, and the licence was revoked."""


class ReceiptKind(StrEnum):
    """What a paper about a purchase says."""

    RECEIPT = "RECEIPT"
    """It was paid."""
    CREDIT_NOTE = "CREDIT_NOTE"
    """Money of it went back."""
    CORRECTION = "CORRECTION"
    """What a credit note says went back is here again."""


class CreditCause(StrEnum):
    """Why a credit note was written, or put right."""

    REFUND = "REFUND"
    """Money was given back."""
    LOST_DISPUTE = "LOST_DISPUTE"
    """The buyer's bank took money back, and decided for the buyer."""
    WON_DISPUTE = "WON_DISPUTE"
    """The bank gave back after all what it had taken for good: a correction."""
