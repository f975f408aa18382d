"""Who may buy which track, and which purchases are refunded (D-43, D-47). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.purchases.errors import (
    FilesWereDownloaded,
    NothingToRefund,
    RefundIsTooLate,
    TrackAlreadySold,
    TrackIsBeingBought,
    TrackIsNotForSale,
    TrackIsOwn,
    TrackIsReserved,
)
from api.refusals import Refused, TooMuch
from db.vocabulary import ExclusiveAvailability, PurchaseStatus, TrackStatus

MOST_AT_ONCE: Final = 5
"""Tracks that are kept for one account: nobody takes a catalogue off sale by not paying."""
MOST_TRIES_A_DAY: Final = 3
"""Of one account to buy one track, for the same reason."""
A_DAY: Final = timedelta(hours=24)
_BY_CONTACT: Final = "This track is sold by contact only: write to its producer."
_NOT_REFUNDED: Final = {
    PurchaseStatus.REFUNDED: "It is refunded already.",
    PurchaseStatus.DISPUTED: "Your bank disputes this payment, and is deciding.",
    PurchaseStatus.RESCINDED: "Your bank has taken the payment back.",
}


@dataclass(frozen=True)
class Asked:
    """What an account has asked for already.

    Attributes:
        living: Tracks that are kept for it.
        tries: When it began to buy this track, in the last day, the earliest first.
    """

    living: int
    tries: tuple[datetime, ...]


def why_not_bought(
    status: TrackStatus,
    availability: ExclusiveAvailability | None,
    *,
    own: bool,
    reserved_until: datetime | None,
    being_bought: bool = False,
) -> Refused | None:
    """Why a track cannot be bought now; null if it can.

    Args:
        own: The viewer uploaded it.
        reserved_until: It is kept for somebody.
        being_bought: By the viewer.
    """
    if own:
        return TrackIsOwn()
    if status is TrackStatus.SOLD:
        return TrackAlreadySold()
    if status is not TrackStatus.PUBLISHED or availability is not ExclusiveAvailability.AVAILABLE:
        private = availability is ExclusiveAvailability.PRIVATE and status is TrackStatus.PUBLISHED
        return TrackIsNotForSale(_BY_CONTACT) if private else TrackIsNotForSale()
    if reserved_until is not None:
        return TrackIsBeingBought() if being_bought else TrackIsReserved(retry_at=reserved_until)
    return None


def why_not_kept(asked: Asked) -> Refused | None:
    """Why an account may not have another track kept for it; null if it may."""
    if asked.living >= MOST_AT_ONCE:
        sentence = f"{MOST_AT_ONCE} tracks are kept for you. Pay for one, or let go of it."
        return TooMuch(sentence, ("track_id",), limit=MOST_AT_ONCE)
    if len(asked.tries) >= MOST_TRIES_A_DAY:
        sentence = f"You have begun to buy this track {MOST_TRIES_A_DAY} times today."
        again = asked.tries[-MOST_TRIES_A_DAY] + A_DAY
        return TooMuch(sentence, ("track_id",), limit=MOST_TRIES_A_DAY, retry_at=again)
    return None


def why_not_refunded(
    status: PurchaseStatus,
    *,
    completed_at: datetime | None,
    holds: bool,
    downloaded: bool,
    moment: datetime,
    within: timedelta,
) -> Refused | None:
    """Why a purchase is not refunded for the asking; null if it is.

    Args:
        holds: Its licence does; staff may have ended it.
        downloaded: A file of its licence was fetched.
    """
    if status is not PurchaseStatus.COMPLETED or completed_at is None:
        return NothingToRefund(_NOT_REFUNDED.get(status, "It was not bought, so there is nothing to refund."))
    if not holds:
        return NothingToRefund("The licence was revoked. Write to us if something is wrong with that.")
    if downloaded:
        return FilesWereDownloaded()
    return RefundIsTooLate() if moment - completed_at > within else None
