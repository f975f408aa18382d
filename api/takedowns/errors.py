"""Why a notice is not taken, answered or decided."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotAllowed, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackToTakeDownNotFound(NotFound):
    message: str = "There is no such track in the catalogue. Give its address on our site, or its id."
    path: tuple[str, ...] = ("track",)


@dataclass(eq=False)
class GoodFaithIsMissing(InvalidValue):
    message: str = (
        "A notice needs this statement: that what it says is true, and that you may act for the rights."
    )
    path: tuple[str, ...] = ("good_faith",)
    code: ErrorCode = ErrorCode.REQUIRED


@dataclass(eq=False)
class TakedownNotFound(NotFound):
    message: str = "There is no such takedown notice."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class TakedownIsAnothers(NotAllowed):
    message: str = "Only the producer of the track answers a takedown notice."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class TakedownIsDecided(InWrongState):
    message: str = "There is nothing to decide about this notice now."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ALREADY_REVIEWED


@dataclass(eq=False)
class NothingToAnswer(InWrongState):
    message: str = "A notice is answered once it was upheld, and once until staff decide again."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_ASKED
