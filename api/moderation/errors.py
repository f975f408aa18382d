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


@dataclass(eq=False)
class AccountIsOwn(NotAllowed):
    message: str = "Nobody suspends their own account."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.OWN_ACCOUNT


@dataclass(eq=False)
class AccountIsSuspendedAlready(InWrongState):
    message: str = "The account is suspended already."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ACCOUNT_SUSPENDED


@dataclass(eq=False)
class AccountIsNotSuspended(InWrongState):
    message: str = "The account is not suspended."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_SUSPENDED
