"""Why Audio Recon refuses."""

from dataclasses import dataclass

from api.refusals import InWrongState
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackIsNotBlocked(InWrongState):
    message: str = "Only a track that is blocked as a duplicate can be appealed for."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.NOT_BLOCKED


@dataclass(eq=False)
class AppealIsOpen(InWrongState):
    message: str = "An appeal for this track is waiting for staff already."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.APPEAL_OPEN
