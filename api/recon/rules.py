"""What a match means (D-31, D-33): plain values in and out, thresholds with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, Self

from api.catalog.rules import BLOCKING_COVERAGE, may_see
from api.recon.errors import (
    ScansOfTheDayAreUsed,
    SubjectWasJustScanned,
    TrackHasNoFingerprint,
    TrackIsNotCredited,
    TrackToScanNotFound,
)
from api.refusals import Refused, TooMuch
from db.clock import day_of
from db.vocabulary import MatchClass, MatchRelation, SimilarityBand, TrackStatus

_VERY_HIGH: Final = 0.90
_HIGH: Final = 0.80
VERSION_CLASSES: Final = frozenset({MatchClass.EXACT, MatchClass.FULL, MatchClass.PARTIAL})
"""How much of two tracks of one producer agrees, so that who sold one is asked to take down the other (D-44)."""
MOST_VERSIONS: Final = 50
"""Of one track that are named."""
_FINGERPRINTED: Final = frozenset({TrackStatus.PUBLISHED, TrackStatus.HIDDEN, TrackStatus.SOLD})


class Segment(Protocol):
    """One agreeing stretch, in milliseconds on both sides."""

    @property
    def query_start_ms(self) -> int: ...
    @property
    def query_end_ms(self) -> int: ...
    @property
    def reference_start_ms(self) -> int: ...
    @property
    def reference_end_ms(self) -> int: ...
    @property
    def similarity(self) -> float: ...


class Match(Protocol):
    """How two recordings are alike, whichever engine measured it.

    Attributes:
        similarity: 0 to 1, over the aligned part.
        query_coverage: Share of the newcomer, 0 to 1.
        reference_coverage: Share of the earlier recording, 0 to 1.
        speed_ratio: Reference ÷ query.
        pitch_shift: Reference minus query, semitones.
    """

    @property
    def similarity(self) -> float: ...
    @property
    def query_coverage(self) -> float: ...
    @property
    def reference_coverage(self) -> float: ...
    @property
    def match_class(self) -> MatchClass: ...
    @property
    def relation(self) -> MatchRelation: ...
    @property
    def speed_ratio(self) -> float: ...
    @property
    def pitch_shift(self) -> float: ...
    @property
    def segments(self) -> Sequence[Segment]: ...


def blocks(match: Match) -> bool:
    """Whether a match makes the newcomer a duplicate (D-31)."""
    covered = max(match.query_coverage, match.reference_coverage)
    return match.relation is MatchRelation.SAME_RECORDING and covered >= BLOCKING_COVERAGE


def band_of(similarity: float) -> SimilarityBand:
    """Similarity in words (D-33)."""
    if similarity >= _VERY_HIGH:
        return SimilarityBand.VERY_HIGH
    return SimilarityBand.HIGH if similarity >= _HIGH else SimilarityBand.MODERATE


@dataclass(frozen=True)
class WholeFile:
    """The stretch of a file that is the same from its first to its last sample."""

    query_end_ms: int
    reference_end_ms: int
    query_start_ms: int = 0
    reference_start_ms: int = 0
    similarity: float = 1.0


@dataclass(frozen=True)
class SameFile:
    """The match of a file with itself: what its hash proves, however short it is."""

    segments: tuple[WholeFile, ...]
    similarity: float = 1.0
    query_coverage: float = 1.0
    reference_coverage: float = 1.0
    match_class: MatchClass = MatchClass.EXACT
    relation: MatchRelation = MatchRelation.SAME_RECORDING
    speed_ratio: float = 1.0
    pitch_shift: float = 0.0

    @classmethod
    def of(cls, duration_ms: int) -> Self:
        return cls((WholeFile(query_end_ms=duration_ms, reference_end_ms=duration_ms),))


@dataclass(frozen=True)
class ScanLimits:
    """How often scans may be asked for (D-32).

    Attributes:
        cool_down: Between two of one track or sample.
        a_day: Of one account, from midnight to midnight UTC.
    """

    cool_down: timedelta
    a_day: int


def why_not_scanned(status: TrackStatus, *, own: bool, credited: bool) -> Refused | None:
    """Why a verified producer cannot scan a track; null if they can (D-32)."""
    if status is TrackStatus.REMOVED or not (credited or may_see(status, own=own)):
        return TrackToScanNotFound()
    if not credited:
        return TrackIsNotCredited()
    return None if status in _FINGERPRINTED else TrackHasNoFingerprint()


def why_not_yet(
    limits: ScanLimits, *, moment: datetime, last: datetime | None, used_today: int
) -> TooMuch | None:
    """Why the next scan has to wait; null if it need not.

    Args:
        last: When the subject's last scan that counts was asked for.
        used_today: Scans of the account that count of today's allowance.
    """
    if last is not None and (again := last + limits.cool_down) > moment:
        return SubjectWasJustScanned(retry_at=again, limit=1)
    if used_today >= limits.a_day:
        return ScansOfTheDayAreUsed(retry_at=next_day(moment), limit=limits.a_day)
    return None


def next_day(moment: datetime) -> datetime:
    """The next midnight, UTC."""
    return day_of(moment) + timedelta(days=1)
