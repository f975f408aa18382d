"""Why an exclusive is not sold, let go of, or refunded."""

from dataclasses import dataclass
from datetime import datetime

from api.refusals import InWrongState, NotAllowed, NotFound, TotalIsAnother
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackToBuyNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class TrackIsOwn(NotAllowed):
    message: str = "This track is yours: nobody buys their own."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.OWN_TRACK


@dataclass(eq=False)
class TrackIsNotForSale(InWrongState):
    message: str = "This track is not on sale."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.NOT_FOR_SALE


@dataclass(eq=False)
class TrackGetsNewAudio(TrackIsNotForSale):
    message: str = (
        "The track is getting new audio just now, which would not be what you buy. Try again in some minutes."
    )


@dataclass(eq=False)
class TrackAlreadySold(InWrongState):
    message: str = "This track is sold."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.ALREADY_SOLD


@dataclass(eq=False)
class TrackIsReserved(InWrongState):
    message: str = "Somebody else is buying this track just now. If they do not pay, it is on sale again."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.RESERVED_BY_OTHER
    retry_at: datetime | None = None


@dataclass(eq=False)
class TrackIsBeingBought(InWrongState):
    message: str = "You are buying this track already: go on with that purchase, or let go of it."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.PURCHASE_OPEN


@dataclass(eq=False)
class PriceHasChanged(TotalIsAnother):
    message: str = "The total is another one now. Nothing is reserved."
    path: tuple[str, ...] = ("expected_total",)


@dataclass(eq=False)
class AgreementHasChanged(InWrongState):
    message: str = "The agreement is another one now. Read it again. Nothing is reserved."
    path: tuple[str, ...] = ("agreement_sha256",)
    code: ErrorCode = ErrorCode.AGREEMENT_CHANGED


@dataclass(eq=False)
class PurchaseNotFound(NotFound):
    message: str = "You have no such purchase."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class PurchaseIsOver(InWrongState):
    message: str = "The purchase is paid, or over: there is nothing to let go of."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.PURCHASE_OVER


@dataclass(eq=False)
class NothingToRefund(InWrongState):
    message: str = "There is nothing to refund."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_REFUNDABLE


@dataclass(eq=False)
class PurchaseIsAnothers(NotAllowed):
    message: str = "Only its buyer can undo a purchase."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class RefundIsTooLate(InWrongState):
    message: str = "It is too late to undo this purchase. Write to us if something is wrong with it."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.REFUND_TOO_LATE


@dataclass(eq=False)
class FilesWereDownloaded(InWrongState):
    message: str = "Files were downloaded, so the purchase stands."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ALREADY_DOWNLOADED
