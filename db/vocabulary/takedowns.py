"""Words of takedown notices (D-83)."""

from enum import StrEnum


class TakedownStatus(StrEnum):
    """State of a takedown notice."""

    UNPROVED = "UNPROVED"
    """Nobody has opened the link that was sent to its e-mail; forgotten after a week."""
    OPEN = "OPEN"
    """Waiting for staff; the track is there."""
    UPHELD = "UPHELD"
    """The track is hidden; its producer can answer."""
    REJECTED = "REJECTED"
    """Staff decided against it; a new one may be filed."""
    ANSWERED = "ANSWERED"
    """The producer has answered: staff decide again; the track stays hidden."""
    RELEASED = "RELEASED"
    """Staff let the track go again."""
