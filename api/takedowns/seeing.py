"""Who sees a takedown notice: staff what is proved, the producer of the track what staff have upheld."""

from api.viewer import Viewer
from db.ids import ProducerId
from db.vocabulary import Role, TakedownStatus

_SHOWN = frozenset({TakedownStatus.UPHELD, TakedownStatus.ANSWERED, TakedownStatus.RELEASED})


def is_shown_to_producer(status: TakedownStatus) -> bool:
    """What is not decided, or was rejected, would be a way to trouble producers."""
    return status in _SHOWN


def sees_takedown(viewer: Viewer | None, *, status: TakedownStatus, producer: ProducerId) -> bool:
    """Whether a notice is there for somebody.

    Args:
        producer: Of the track.
    """
    if viewer is None or status is TakedownStatus.UNPROVED:
        return False
    return viewer.has(Role.STAFF) or (viewer.producer_id == producer and is_shown_to_producer(status))
