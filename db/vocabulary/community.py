"""Words of the producer network, of events and of support (D-72)."""

from enum import StrEnum


class ContactStatus(StrEnum):
    """State of a tie between two producers."""

    PENDING = "PENDING"
    """Asked, and not answered yet."""
    ACCEPTED = "ACCEPTED"
    """They are in contact."""
    DECLINED = "DECLINED"
    """Not wanted, or ended; it can be asked for again."""
    BLOCKED = "BLOCKED"
    """The viewer wants nothing of the other; the other is not told."""


class ContactResponse(StrEnum):
    """Reply to a contact request."""

    ACCEPT = "ACCEPT"
    """Be in contact."""
    DECLINE = "DECLINE"
    """Not now; ends a contact that there is, and an own block."""
    BLOCK = "BLOCK"
    """Nothing of this producer any more; works at any time."""


class RsvpStatus(StrEnum):
    """State of an RSVP."""

    GOING = "GOING"
    """Has a seat."""
    WAITING = "WAITING"
    """Stands in the line, and gets the next seat that is given back."""
    NOT_GOING = "NOT_GOING"
    """Gave the seat, or the place in the line, back."""


class ProducerLabelKind(StrEnum):
    """What a producer is sorted and filtered by."""

    NAME = "NAME"
    """Artist name."""
    CITY = "CITY"
    """Where the music is made."""
    ROLE = "ROLE"
    """What somebody does."""


class TicketStatus(StrEnum):
    """State of a ticket."""

    OPEN = "OPEN"
    """Waits for staff."""
    ANSWERED = "ANSWERED"
    """Staff have answered; what is written to it opens it again."""
    CLOSED = "CLOSED"
    """Nothing more is expected; for some days, what its owner writes opens it again."""
