"""Why beat requests refuse."""

from dataclasses import dataclass
from datetime import datetime

from api.refusals import InvalidValue, InWrongState, NotAllowed, NotFound, TooMuch
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
class TooManyAreOpened(TooMuch):
    message: str = "You have opened many requests today, those that you took back among them: producers were told of each."
    path: tuple[str, ...] = ()


@dataclass(eq=False)
class ReferenceTrackNotFound(NotFound):
    message: str = "There is no such track."


@dataclass(eq=False)
class RequestIsClosed(InWrongState):
    message: str = "This beat request is closed."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.REQUEST_CLOSED


@dataclass(eq=False)
class RequestIsOwn(NotAllowed):
    message: str = "This beat request is yours: others offer tracks to it."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.OWN_REQUEST


@dataclass(eq=False)
class OffersAreUsed(TooMuch):
    """D-61; what is offered cannot be taken back, so waiting does not help."""

    message: str = "You have offered as many tracks to this request as one producer may."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.SUBMISSION_LIMIT


@dataclass(eq=False)
class TrackIsNotOfferable(InWrongState):
    message: str = "Only a published track that passed the duplicate check can be offered."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.NOT_PUBLISHED


@dataclass(eq=False)
class TrackIsOfferedAlready(InvalidValue):
    message: str = (
        "You have offered this track to this request, with another note; a note stays as it was sent."
    )
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.REPEATED


@dataclass(eq=False)
class SameAudioIsOffered(InWrongState):
    """D-61; it names no object, for whose track it equals is nobody's business."""

    message: str = "The same recording has been offered to this request already."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.DUPLICATE_AUDIO


@dataclass(eq=False)
class SubmissionNotFound(NotFound):
    message: str = "There is no such submission."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class SubmissionIsForAnother(NotAllowed):
    message: str = "Only who posted the beat request can answer what is offered to it."
    path: tuple[str, ...] = ("id",)
