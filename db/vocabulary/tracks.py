"""Words of tracks: how they sound, where they stand, how they can be had."""

from enum import StrEnum


class MusicalKey(StrEnum):
    """Pitch class. Flats are taken on input and come back as the sharp; show `keyLabel`."""

    C = "C"
    """C."""
    C_SHARP = "C_SHARP"
    """C♯."""
    D = "D"
    """D."""
    D_SHARP = "D_SHARP"
    """D♯."""
    E = "E"
    """E."""
    F = "F"
    """F."""
    F_SHARP = "F_SHARP"
    """F♯."""
    G = "G"
    """G."""
    G_SHARP = "G_SHARP"
    """G♯."""
    A = "A"
    """A."""
    A_SHARP = "A_SHARP"
    """A♯."""
    B = "B"
    """B."""
    D_FLAT = "D_FLAT"
    """Input only: C_SHARP."""
    E_FLAT = "E_FLAT"
    """Input only: D_SHARP."""
    G_FLAT = "G_FLAT"
    """Input only: F_SHARP."""
    A_FLAT = "A_FLAT"
    """Input only: G_SHARP."""
    B_FLAT = "B_FLAT"
    """Input only: A_SHARP."""


class Scale(StrEnum):
    """Mode of a key."""

    MAJOR = "MAJOR"
    """Major."""
    MINOR = "MINOR"
    """Natural minor."""


class TrackStatus(StrEnum):
    """State of a track."""

    PROCESSING = "PROCESSING"
    """Being checked; seen by its producer."""
    PUBLISHED = "PUBLISHED"
    """In the catalogue."""
    DUPLICATE = "DUPLICATE"
    """Blocked: the audio is there already; see `fingerprint.duplicate`."""
    CHECK_FAILED = "CHECK_FAILED"
    """The check broke off; it is tried again."""
    HIDDEN = "HIDDEN"
    """Out of the catalogue, by its producer or staff."""
    SOLD = "SOLD"
    """Sold exclusively; locked but for its cover."""
    REMOVED = "REMOVED"
    """Deleted; licences stay."""


class TrackOrderField(StrEnum):
    """What tracks sort by."""

    RELEVANCE = "RELEVANCE"
    """Fit with `search`; the default with it."""
    PUBLISHED_AT = "PUBLISHED_AT"
    """Publication; the default without."""
    CREATED_AT = "CREATED_AT"
    """Upload."""
    TITLE = "TITLE"
    """Title."""
    BPM = "BPM"
    """Tempo."""
    PLAYS = "PLAYS"
    """Counted plays of 30 days, UTC, the present one among them; reckoned anew each hour."""
    EXCLUSIVE_PRICE = "EXCLUSIVE_PRICE"
    """Exclusive price."""
    POSITION = "POSITION"
    """Place in the collection, the first one first with ASC; needs a list of one collection's tracks."""


class TrackFacetField(StrEnum):
    """Filter menus."""

    GENRE = "GENRE"
    """Genres."""
    MOOD = "MOOD"
    """Moods."""
    TAG = "TAG"
    """Tags."""
    CAMELOT = "CAMELOT"
    """Key and scale, as Camelot code."""
    BPM = "BPM"
    """Steps of 10 BPM."""
    LICENSING_MODEL = "LICENSING_MODEL"
    """Licensing models."""


class LabelKind(StrEnum):
    """Which of a track's lists a label comes from."""

    GENRE = "GENRE"
    TAG = "TAG"
    MOOD = "MOOD"


class LicensingModel(StrEnum):
    """How a track is offered."""

    STANDARD = "STANDARD"
    """Download by plan."""
    STANDARD_AND_EXCLUSIVE = "STANDARD_AND_EXCLUSIVE"
    """Download by plan, until somebody buys it alone."""
    EXCLUSIVE_ONLY = "EXCLUSIVE_ONLY"
    """Sold to one buyer; no downloads by plan."""


class ExclusiveAvailability(StrEnum):
    """State of an exclusive offer."""

    AVAILABLE = "AVAILABLE"
    """On sale."""
    PRIVATE = "PRIVATE"
    """By contact only."""
    SOLD = "SOLD"
    """Set by a sale alone."""


class LicencePermission(StrEnum):
    """Uses that can be granted."""

    BROADCAST = "BROADCAST"
    """Radio and television."""
    STREAMING = "STREAMING"
    """Streaming services."""
    FOR_PROFIT_PERFORMANCE = "FOR_PROFIT_PERFORMANCE"
    """Concerts and shows that charge."""
    CONTENT_ID = "CONTENT_ID"
    """Registration with Content ID and its like."""


class AudioFormat(StrEnum):
    """Files that can be delivered."""

    WAV = "WAV"
    """As uploaded."""
    MP3_320 = "MP3_320"
    """At 320 kbit/s."""
