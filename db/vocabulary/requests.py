"""Words of beat requests (D-60 to D-63)."""

from enum import StrEnum


class WantedLicence(StrEnum):
    """Licence wanted."""

    ANY = "ANY"
    """Whichever can be had."""
    EXCLUSIVE = "EXCLUSIVE"
    """To be bought alone: matched with tracks that are on sale exclusively."""


class BeatRequestStatus(StrEnum):
    """State of a request."""

    ACTIVE = "ACTIVE"
    """Open: matched and offered to."""
    EXPIRED = "EXPIRED"
    """Its time is over; can be renewed for 30 days."""
    DELETED = "DELETED"
    """Taken back by its requester, or kept back by staff (`withheld`); seen by those alone."""


class BeatRequestDuration(StrEnum):
    """Time a request is open."""

    HOURS_24 = "HOURS_24"
    """1 token."""
    HOURS_48 = "HOURS_48"
    """2 tokens."""
    HOURS_72 = "HOURS_72"
    """3 tokens."""


class SubmissionStatus(StrEnum):
    """What the requester says."""

    NEW = "NEW"
    """Nothing yet."""
    SHORTLISTED = "SHORTLISTED"
    """Among the ones to choose from."""
    THANKED = "THANKED"
    """With thanks."""
    DECLINED = "DECLINED"
    """Not this one."""


class MatchPart(StrEnum):
    """Parts of a score."""

    GENRE = "GENRE"
    """The same genre, its wider one, or one within it."""
    BPM = "BPM"
    """Tempo, also felt at half or double."""
    KEY = "KEY"
    """The same key, its relative, or a neighbour on the Camelot wheel."""
    MOOD = "MOOD"
    """Moods, and those that mean the same."""
    TAGS = "TAGS"
    """Tags, and those that mean the same."""
    SOUND = "SOUND"
    """How alike it sounds to the reference: timbre and rhythm, measured."""


class BeatRequestOrderField(StrEnum):
    """What requests sort by."""

    OPENED_AT = "OPENED_AT"
    """Posted, or opened again; the default, newest first."""
    EXPIRES_AT = "EXPIRES_AT"
    """End of its time; with ASC those that end soon come first."""
    SUBMISSIONS = "SUBMISSIONS"
    """Number of tracks offered."""
    BUDGET = "BUDGET"
    """Amount of the budget in its own currency; those without one come last in either direction."""
