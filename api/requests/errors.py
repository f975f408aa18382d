"""Why beat requests refuse."""

from dataclasses import dataclass
from datetime import datetime

from api.refusals import InWrongState, NotAllowed, NotFound, Refused, TooMuch
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class RequestNotFound(NotFound):
    message: str = "There is no such beat request."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class RequestIsAnothers(NotAllowed):
    message: str = "Only who posted a beat request can renew or delete it."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class RequestIsNotRenewable(InWrongState):
    """It is open, deleted, or over for too long.

    Attributes:
        retry_at: When it expires, where it is still open.
    """

    message: str = "The request is still open. It can be renewed once it has expired."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_RENEWABLE
    retry_at: datetime | None = None


@dataclass(eq=False)
class TokensAreUsed(TooMuch):
    message: str = "This month's request tokens are used."
    code: ErrorCode = ErrorCode.NOT_ENOUGH_TOKENS


@dataclass(eq=False)
class KeyWasUsedBefore(Refused):
    message: str = "This key was used before, with another input. Make a new one for each request."
    path: tuple[str, ...] = ("idempotency_key",)
    code: ErrorCode = ErrorCode.IDEMPOTENCY_KEY_REUSED


@dataclass(eq=False)
class ReferenceTrackNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("track_id",)
