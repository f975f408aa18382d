"""Why tracks are not taken or changed."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotAllowed, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TitleLooksLikeFileName(InvalidValue):
    """D-13; `suggestion` is the title without the clutter."""

    message: str = "This looks like a file name. Give the track the name that people should see."
    code: ErrorCode = ErrorCode.TITLE_LIKE_FILE_NAME


@dataclass(eq=False)
class TrackIsBeingBought(InWrongState):
    message: str = "Somebody is buying this track just now. If they do not pay, it is yours to change again."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.RESERVED_BY_OTHER


@dataclass(eq=False)
class TrackIsLocked(InWrongState):
    message: str = "The track is sold: only its cover can change."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.TRACK_LOCKED


@dataclass(eq=False)
class TrackIsNotPublished(InWrongState):
    message: str = "Only a track that passed the duplicate check can be hidden or shown."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_PUBLISHED


@dataclass(eq=False)
class TrackIsWithheld(InWrongState):
    message: str = (
        "Staff keep this track back: `withheld` says why. It can be shown again when they let it go."
    )
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.WITHHELD


@dataclass(eq=False)
class AudioIsNotLive(InWrongState):
    message: str = (
        "Only a track that passed the duplicate check can get new audio: upload this as a new track."
    )
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_PUBLISHED


@dataclass(eq=False)
class TrackIsAnothers(NotAllowed):
    message: str = "This track belongs to another producer."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class CreditIsDeclined(NotAllowed):
    message: str = "This producer has taken their name off the track."
    code: ErrorCode = ErrorCode.CREDIT_DECLINED


@dataclass(eq=False)
class TrackCreditsOthers(NotAllowed):
    message: str = "This track does not credit you."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class UploaderIsCredited(NotAllowed):
    message: str = "You uploaded this track, so your name stays on it."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.OWN_TRACK


@dataclass(eq=False)
class TrackNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("id",)
