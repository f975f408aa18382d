"""Why collections and their tracks are not changed."""

from dataclasses import dataclass

from api.refusals import InvalidValue, InWrongState, NotFound
from db.vocabulary import ErrorCode


@dataclass(eq=False)
class TrackIsInAnotherCollection(InWrongState):
    """D-15: in one at most."""

    message: str = "This track is in another collection. Take it out there first."
    code: ErrorCode = ErrorCode.IN_OTHER_COLLECTION


@dataclass(eq=False)
class TrackIsNotInCollection(NotFound):
    message: str = "This track is not in the collection."


@dataclass(eq=False)
class TrackStandsBehindItself(InvalidValue):
    message: str = "A track cannot stand behind itself."
    path: tuple[str, ...] = ("after_track_id",)
    code: ErrorCode = ErrorCode.MALFORMED
