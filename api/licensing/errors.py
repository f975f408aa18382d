"""Why licences are not granted or revoked."""

from dataclasses import dataclass

from api.refusals import InWrongState, NotAllowed, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackToLicenseNotFound(NotFound):
    message: str = "There is no such track."
    path: tuple[str, ...] = ("track_id",)


@dataclass(eq=False)
class TrackIsOwn(NotAllowed):
    message: str = "This track is yours: you need no licence to it."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.OWN_TRACK


@dataclass(eq=False)
class NoStandardLicence(InWrongState):
    message: str = "This track is not in the catalogue, so no licence to it can be had."
    path: tuple[str, ...] = ("track_id",)
    code: ErrorCode = ErrorCode.NOT_LICENSABLE


@dataclass(eq=False)
class PlanHasNoDownloads(NotAllowed):
    message: str = "Your plan has no downloads. Choose one that has, and license as many tracks as you like."
    path: tuple[str, ...] = ()
    code: ErrorCode = ErrorCode.PLAN_REQUIRED


@dataclass(eq=False)
class LicenceNotFound(NotFound):
    message: str = "There is no such licence."
    path: tuple[str, ...] = ("id",)


@dataclass(eq=False)
class LicenceIsRevoked(InWrongState):
    message: str = "The licence is revoked already."
    path: tuple[str, ...] = ("id",)
    code: ErrorCode = ErrorCode.ALREADY_REVOKED
