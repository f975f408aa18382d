"""Why events are not changed, and nobody comes to them."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class EventNotFound(NotFound):
    message: str = "There is no such event."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class EventIsCancelled(InWrongState):
    """For good: who was told so may have other plans by now."""

    message: str = "This event was cancelled."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.EVENT_CANCELLED


@dataclass(eq=False)
class EventIsOver(InWrongState):
    message: str = "This event is over."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.EVENT_OVER


@dataclass(eq=False)
class SeatsAreTaken(InvalidValue):
    """Nobody loses a seat because a room gets smaller."""

    message: str = "More people than that have a seat already."
    path: tuple[str, ...] = ("capacity",)
    code: ErrorCode = ErrorCode.OUT_OF_RANGE
