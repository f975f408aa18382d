"""The closed words of BeatPass: what may stand in a column and what a client may say.

Standard library only, so that rules can name these and stay pure. The sentence below a value is what the
API's documentation says of it.
"""

from enum import StrEnum
from typing import Final


class OrderDirection(StrEnum):
    """Direction of a sort."""

    ASC = "ASC"
    """Smallest, oldest or A first."""
    DESC = "DESC"
    """Largest, newest or Z first."""


class CurrencyCode(StrEnum):
    """Currencies a price can have."""

    USD = "USD"
    """US dollar."""
    EUR = "EUR"
    """Euro."""
    GBP = "GBP"
    """Pound sterling."""
    CAD = "CAD"
    """Canadian dollar."""


class ImageSize(StrEnum):
    """Edge length a picture is wanted in."""

    SMALL = "SMALL"
    """160 px."""
    MEDIUM = "MEDIUM"
    """500 px."""
    LARGE = "LARGE"
    """1,200 px, never enlarged."""


class ErrorCode(StrEnum):
    """Every reason for a `UserError`."""

    REQUIRED = "REQUIRED"
    """Missing or blank."""
    TOO_SHORT = "TOO_SHORT"
    """Text or list below its shortest length."""
    TOO_LONG = "TOO_LONG"
    """Text or list above its longest length."""
    OUT_OF_RANGE = "OUT_OF_RANGE"
    """Number outside its bounds."""
    MALFORMED = "MALFORMED"
    """Not of the form expected (address, e-mail, country …)."""
    UNKNOWN_VALUE = "UNKNOWN_VALUE"
    """Not in the list of known values."""
    REPEATED = "REPEATED"
    """The same entry twice."""
    WRONG_ID_TYPE = "WRONG_ID_TYPE"
    """The id is of another type."""
    NOT_FOUND = "NOT_FOUND"
    """Unknown, or not for you."""
    NOT_YOURS = "NOT_YOURS"
    """Not yours."""
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    """Nobody is signed in, shown by an `Ability`."""
    PRODUCER_REQUIRED = "PRODUCER_REQUIRED"
    """Approved producers only."""
    VERIFIED_PRODUCER_REQUIRED = "VERIFIED_PRODUCER_REQUIRED"
    """Verified producers only."""
    STAFF_REQUIRED = "STAFF_REQUIRED"
    """Staff only."""
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    """Too many tries in a short time."""
    EMAIL_TAKEN = "EMAIL_TAKEN"
    """The e-mail has an account."""
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    """E-mail and password do not belong together."""
    REQUEST_PENDING = "REQUEST_PENDING"
    """An application of this kind is waiting."""
    ALREADY_REVIEWED = "ALREADY_REVIEWED"
    """The case is decided."""
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    """More bytes than the purpose allows."""
    NOT_WAV = "NOT_WAV"
    """Not a WAV, whatever its name."""
    WAV_UNSUPPORTED = "WAV_UNSUPPORTED"
    """A WAV of a coding, rate, depth or channel count that is not taken."""
    WAV_TRUNCATED = "WAV_TRUNCATED"
    """The audio ends before its header says."""
    WAV_WITHOUT_SOUND = "WAV_WITHOUT_SOUND"
    """No audio, pure silence or samples that are not numbers."""
    NOT_AN_IMAGE = "NOT_AN_IMAGE"
    """Not a JPEG, PNG or WebP."""
    IMAGE_TOO_SMALL = "IMAGE_TOO_SMALL"
    """Edges shorter than required."""
    UPLOAD_INCOMPLETE = "UPLOAD_INCOMPLETE"
    """Bytes are still to come."""
    UPLOAD_UNUSABLE = "UPLOAD_UNUSABLE"
    """Refused or expired."""
    UPLOAD_WRONG_PURPOSE = "UPLOAD_WRONG_PURPOSE"
    """Made for another purpose."""
    UPLOAD_USED = "UPLOAD_USED"
    """Something else was made of it."""
    TITLE_LIKE_FILE_NAME = "TITLE_LIKE_FILE_NAME"
    """Like a file name; see `suggestion`."""
    PRESET_WITHOUT_GENRE = "PRESET_WITHOUT_GENRE"
    """A preset cover matches none of the genres."""
    TRACK_LOCKED = "TRACK_LOCKED"
    """Sold: only the cover can change."""
    NOT_PUBLISHED = "NOT_PUBLISHED"
    """Not published."""
    TERMS_CHANGED = "TERMS_CHANGED"
    """Accept the current terms."""


class RequestErrorCode(StrEnum):
    """Values of `extensions.code` in top-level errors: sign-in, limits and faults of ours, never mistakes of a user."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    """No token, or one that ended: sign in again."""
    FORBIDDEN = "FORBIDDEN"
    """The token's scope or the form of the operation is not allowed."""
    RATE_LIMITED = "RATE_LIMITED"
    """Allowance spent; `extensions.retryAt` says until when."""
    QUERY_TOO_EXPENSIVE = "QUERY_TOO_EXPENSIVE"
    """Cost above the limit; `extensions.cost` has the figures."""
    BAD_REQUEST = "BAD_REQUEST"
    """Not valid GraphQL, or variables of the wrong form."""
    BAD_CURSOR = "BAD_CURSOR"
    """`after` or `before` is not a cursor of this list and order."""
    WRONG_ID_TYPE = "WRONG_ID_TYPE"
    """A query argument got an id of another type."""
    TOO_DEEP = "TOO_DEEP"
    """Nested too deeply."""
    TOO_COMPLEX = "TOO_COMPLEX"
    """Too many tokens, aliases, directives or root fields."""
    TIMED_OUT = "TIMED_OUT"
    """Ran longer than allowed."""
    OUT_OF_RANGE = "OUT_OF_RANGE"
    """Page size outside 1 to 100."""
    INTERNAL = "INTERNAL"
    """A fault of ours; quote `extensions.errorId` to support."""


class Role(StrEnum):
    """What an account may do; several are held at once."""

    LISTENER = "LISTENER"
    """Everyone."""
    PRODUCER = "PRODUCER"
    """Uploads, licenses, earns."""
    VERIFIED_PRODUCER = "VERIFIED_PRODUCER"
    """Badge, Recon, matching, network."""
    STAFF = "STAFF"
    """Reviews and moderates."""


class ApiTokenScope(StrEnum):
    """Reach of an API token."""

    READ = "READ"
    """Queries and subscriptions."""
    WRITE = "WRITE"
    """Mutations too, except money."""
    FULL = "FULL"
    """All the account may."""

    def reaches(self, other: "ApiTokenScope") -> bool:
        """Whether it includes the other."""
        scopes = list(ApiTokenScope)
        return scopes.index(self) >= scopes.index(other)


class SessionTransport(StrEnum):
    """Where a session lives."""

    BEARER = "BEARER"
    """Bearer token, in the answer."""
    COOKIE = "COOKIE"
    """HttpOnly cookie; token is null. Requests must carry the header `X-BeatPass-CSRF`, of any value."""


class ReviewStatus(StrEnum):
    """State of a case."""

    PENDING = "PENDING"
    """Waiting for staff."""
    APPROVED = "APPROVED"
    """Decided in favour."""
    DENIED = "DENIED"
    """Decided against; a new one may be opened."""


class ReviewDecision(StrEnum):
    """Decision on a case."""

    APPROVE = "APPROVE"
    """In favour."""
    DENY = "DENY"
    """Against."""


class ProducerRequestKind(StrEnum):
    """What is asked for."""

    BECOME_PRODUCER = "BECOME_PRODUCER"
    """Producer access with a new profile."""


class CaseKind(StrEnum):
    """Kinds of cases."""

    PRODUCER_REQUEST = "PRODUCER_REQUEST"
    """An application for producer access."""


class UploadPurpose(StrEnum):
    """What a file is for; fixes type, size and who may send it."""

    TRACK_AUDIO = "TRACK_AUDIO"
    """WAV of a track."""
    COVER_ART = "COVER_ART"
    """Cover of a track, collection or event."""
    ATTACHMENT = "ATTACHMENT"
    """Proof or screenshot for a case or ticket."""


class UploadProtocol(StrEnum):
    """Way the bytes travel; a plain PUT works too."""

    TUS_1_0 = "TUS_1_0"
    """Resumable: tus 1.0.0 with expiration and termination."""


class UploadStatus(StrEnum):
    """How far an upload is."""

    WAITING = "WAITING"
    """No byte yet."""
    RECEIVING = "RECEIVING"
    """Some bytes are here."""
    COMPLETED = "COMPLETED"
    """All bytes are here and valid; follows by itself."""
    REJECTED = "REJECTED"
    """Refused by its content or size; see `rejection`."""
    EXPIRED = "EXPIRED"
    """Not finished or not used in time; the bytes are gone."""


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

    PUBLISHED_AT = "PUBLISHED_AT"
    """Publication; the default without."""
    CREATED_AT = "CREATED_AT"
    """Upload."""
    TITLE = "TITLE"
    """Title."""
    BPM = "BPM"
    """Tempo."""
    EXCLUSIVE_PRICE = "EXCLUSIVE_PRICE"
    """Exclusive price."""


class FingerprintStatus(StrEnum):
    """Steps of the duplicate check."""

    PENDING = "PENDING"
    """In the queue."""
    CHECKING = "CHECKING"
    """Comparing with the catalogue."""
    ANALYZING = "ANALYZING"
    """Weighing near matches."""
    VERIFIED_UNIQUE = "VERIFIED_UNIQUE"
    """New to the catalogue."""
    DUPLICATE = "DUPLICATE"
    """Already there."""
    FAILED = "FAILED"
    """Broke off."""


class SimilarityBand(StrEnum):
    """How alike."""

    VERY_HIGH = "VERY_HIGH"
    """0.90 and up."""
    HIGH = "HIGH"
    """0.80 and up."""
    MODERATE = "MODERATE"
    """Below, still a match."""


class MatchClass(StrEnum):
    """How much agrees."""

    EXACT = "EXACT"
    """The same file or a transcoding."""
    FULL = "FULL"
    """The whole recording."""
    PARTIAL = "PARTIAL"
    """A long part."""
    SNIPPET = "SNIPPET"
    """A few seconds."""


class MatchRelation(StrEnum):
    """What agrees."""

    SAME_RECORDING = "SAME_RECORDING"
    """One recording."""
    SHARED_MATERIAL = "SHARED_MATERIAL"
    """A common loop or pack; no reproach."""


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


class LabelKind(StrEnum):
    """Which of a track's lists a label comes from."""

    GENRE = "GENRE"
    TAG = "TAG"
    MOOD = "MOOD"


class JobKind(StrEnum):
    """What there is to do later; each has one actor."""

    CHECK_DUPLICATE = "CHECK_DUPLICATE"
    """Fingerprint a track's audio, compare it with the catalogue, publish or block."""
    MAKE_PREVIEW = "MAKE_PREVIEW"
    """Cut and tag the 30 s that anyone may hear."""
    DELETE_FILES = "DELETE_FILES"
    """Remove stored files that nothing names any more."""
    SWEEP = "SWEEP"
    """Expire uploads, end old sessions, forget settled jobs."""


class JobState(StrEnum):
    """How far a job is."""

    READY = "READY"
    """Waiting for a worker, from `run_at` on."""
    LEASED = "LEASED"
    """A worker has it until the lease ends."""
    DONE = "DONE"
    """Finished; kept for a while."""
    DEAD = "DEAD"
    """Given up after its last attempt; a person must look."""


GENRE_PARENTS: Final[dict[str, str | None]] = {
    "Hip-Hop": None,
    "Trap": None,
    "Drill": None,
    "UK Drill": "Drill",
    "Boom Bap": None,
    "Lo-Fi": None,
    "R&B": None,
    "Soul": None,
    "Neo-Soul": "Soul",
    "Alternative R&B": "R&B",
    "Trap Soul": "R&B",
    "Pop": None,
    "Synth Pop": "Pop",
    "Indie Pop": "Pop",
    "Dance Pop": "Pop",
    "Electronic": None,
    "EDM": None,
    "House": "Electronic",
    "Techno": "Electronic",
    "Future Bass": "Electronic",
    "Rock": None,
    "Alternative": None,
    "Latin": None,
    "Reggaeton": "Latin",
    "Bachata": "Latin",
    "Afrobeats": None,
    "Afro-Pop": "Afrobeats",
    "Amapiano": "Afrobeats",
}
"""Known genres in the order of pickers, each with its wider genre (rule book, section 9)."""


MOODS: Final = (
    "Hype",
    "Aggressive",
    "Upbeat",
    "Energetic",
    "Sad",
    "Emotional",
    "Melancholic",
    "Nostalgic",
    "Chill",
    "Laid Back",
    "Smooth",
    "Mellow",
    "Dark",
    "Eerie",
    "Sinister",
    "Moody",
    "Happy",
    "Uplifting",
    "Triumphant",
    "Confident",
    "Sensual",
    "Romantic",
    "Intimate",
    "Dreamy",
)
"""Known moods; others are refused (D-13)."""
