"""Words of the duplicate check and of Audio Recon."""

from enum import StrEnum


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


class ReconScanStatus(StrEnum):
    """State of a scan."""

    QUEUED = "QUEUED"
    """Waiting."""
    RUNNING = "RUNNING"
    """At work."""
    DONE = "DONE"
    """Finished."""
    FAILED = "FAILED"
    """Broke off; see `error`."""
    CANCELLED = "CANCELLED"
    """Stopped by its owner."""


class ReconStage(StrEnum):
    """What a running scan does."""

    WAITING = "WAITING"
    """Waiting."""
    DECODING = "DECODING"
    """Reading the audio."""
    FINGERPRINTING = "FINGERPRINTING"
    """Taking its fingerprint."""
    SEARCHING = "SEARCHING"
    """Searching the catalogue."""
    COMPARING = "COMPARING"
    """Aligning and grading candidates."""
    FINISHED = "FINISHED"
    """Over."""


class ReconTrigger(StrEnum):
    """Who asked for a scan."""

    MANUAL = "MANUAL"
    """A producer."""
    SCHEDULED = "SCHEDULED"
    """The regular rescan."""
    NEW_UPLOAD = "NEW_UPLOAD"
    """A new upload elsewhere."""


class MatchTriage(StrEnum):
    """What the producer thinks of a match."""

    NEW = "NEW"
    """Not looked at."""
    SEEN = "SEEN"
    """Looked at."""
    DISMISSED = "DISMISSED"
    """Known and fine."""


class ReconMatchOrderField(StrEnum):
    """What matches sort by."""

    SIMILARITY = "SIMILARITY"
    """Similarity."""
    QUERY_COVERAGE = "QUERY_COVERAGE"
    """Share of the viewer's audio."""
    FIRST_SEEN_AT = "FIRST_SEEN_AT"
    """First report."""
