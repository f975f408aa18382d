"""Why a track is not heard, or what was heard of it not taken."""

from dataclasses import dataclass
from decimal import Decimal

from api.refusals import InvalidValue, InWrongState, NotFound, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackToHearNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class TrackIsNotHeard(InWrongState):
    message: str = "This track is not in the catalogue any more."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.NOT_PUBLISHED


@dataclass(eq=False)
class TooManyPlaysOpened(TooMuch):
    message: str = "You have opened very many plays. Listen a while."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class PlayNotFound(NotFound):
    message: str = "There is no such play."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class PlayIsOver(InWrongState):
    message: str = "This play was opened more than a day ago: open a new one."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.PLAY_OVER


@dataclass(eq=False)
class TimeHeardIsNegative(InvalidValue):
    message: str = "Nobody hears less than nothing."
    path: tuple[str, ...] = ("listened_ms",)
    code: ErrorCode = ErrorCode.OUT_OF_RANGE
    minimum: Decimal | None = Decimal(0)


@dataclass(eq=False)
class MoreHeardThanTimePassed(InvalidValue):
    message: str = (
        "That is more than can have been heard since the play was opened, and before the next one was."
    )
    path: tuple[str, ...] = ("listened_ms",)
    code: ErrorCode = ErrorCode.PLAY_IMPLAUSIBLE
