"""Why Audio Recon refuses."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed, NotFound, TooMuch
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


@dataclass(eq=False)
class TrackToScanNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class TrackIsNotCredited(NotAllowed):
    message: str = "Only a producer credited on the track can have it scanned."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class TrackHasNoFingerprint(InWrongState):
    message: str = "Only a track that passed the duplicate check can be scanned."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.NOT_PUBLISHED


@dataclass(eq=False)
class SubjectWasJustScanned(TooMuch):
    message: str = "This was scanned a short while ago. It can be scanned again later; see `retryAt`."
    code: ErrorCode = ErrorCode.RECON_COOL_DOWN


@dataclass(eq=False)
class ScansOfTheDayAreUsed(TooMuch):
    message: str = "Today's scans are used."
    code: ErrorCode = ErrorCode.RECON_DAILY_LIMIT


@dataclass(eq=False)
class ScanNotFound(NotFound):
    message: str = "There is no such scan."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class ScanIsAnothers(NotAllowed):
    message: str = "Only who asked for a scan can stop it."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class ScanIsOver(InWrongState):
    message: str = "The scan is over: there is nothing left to stop."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.SCAN_OVER


@dataclass(eq=False)
class MatchNotFound(NotFound):
    message: str = "There is no such match."
    path: tuple[str, ...] = ("id",)
