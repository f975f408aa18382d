"""Words of the job table."""

from enum import StrEnum


class JobKind(StrEnum):
    """What there is to do later; each has one actor."""

    CHECK_DUPLICATE = "CHECK_DUPLICATE"
    """Fingerprint a track's audio, compare it with the catalogue, publish or block."""
    CHECK_REPLACEMENT = "CHECK_REPLACEMENT"
    """The same for new audio of a published track; swap it in, or leave the old one."""
    MAKE_PREVIEW = "MAKE_PREVIEW"
    """Cut and tag the 30 s that anyone may hear."""
    ANALYSE = "ANALYSE"
    """Measure tempo, key, loudness and waveform of an upload."""
    SCAN = "SCAN"
    """Search the catalogue for copies, for a producer who waits."""
    RESCAN = "RESCAN"
    """The same, for nobody who waits."""
    START_RESCANS = "START_RESCANS"
    """Begin the regular rescans that are due."""
    POST_RECORDING = "POST_RECORDING"
    """Write a recording that was taken in by decision into the inverted index."""
    TELL_FOLLOWERS = "TELL_FOLLOWERS"
    """Tell a producer's followers of a new track."""
    SEND_EMAIL = "SEND_EMAIL"
    """Send one notification by e-mail."""
    START_DIGESTS = "START_DIGESTS"
    """Begin the day's digests."""
    SEND_DIGEST = "SEND_DIGEST"
    """Send one account the notifications that could wait, in one e-mail."""
    START_REPORTS = "START_REPORTS"
    """Begin the Analytics Reports of a week or month that is over."""
    MAKE_REPORT = "MAKE_REPORT"
    """Write one producer's report, draw its chart, and tell of it."""
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
