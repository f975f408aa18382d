"""Why nothing is reported, kept back, let go or suspended."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class ContentNotFound(NotFound):
    message: str = "There is no such track, collection, profile or beat request."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class ContentIsOwn(NotAllowed):
    message: str = "This is your own: change or delete it instead."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.OWN_CONTENT


@dataclass(eq=False)
class ContentIsWithheld(InWrongState):
    message: str = "It is hidden by staff already."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.WITHHELD


@dataclass(eq=False)
class ContentIsNotWithheld(InWrongState):
    message: str = "It was not hidden by `moderateContent`, or somebody has restored it."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_WITHHELD


@dataclass(eq=False)
class NothingWasReported(InWrongState):
    message: str = "No report about it is open."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ALREADY_REVIEWED
