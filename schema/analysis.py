"""What was measured in the audio, and where it contradicts what was declared."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Self

import strawberry

from db.keys import key_of
from db.queries.analyses import AnalysisRow
from db.vocabulary import MusicalKey, RequestErrorCode, Scale
from schema.faults import RequestFault

_FEWEST_POINTS: Final = 10
_MOST_POINTS: Final = 2_000


@strawberry.type
class AnalysisWarning:
    """A declared fact that the audio contradicts; the declared one stands."""

    field: str
    """Which input field."""
    declared: str
    """As declared."""
    measured: str
    """As measured; pass it to updateTrack to agree."""
    confidence: float
    """0 to 1."""
    message: str
    """As a sentence."""


@strawberry.type
class TrackAnalysis:
    """Facts measured in the audio."""

    row: strawberry.Private[AnalysisRow]
    bpm: float
    """Measured tempo."""
    bpm_confidence: float
    """0 to 1."""
    key: MusicalKey
    """Measured pitch class."""
    scale: Scale
    """Measured mode."""
    key_confidence: float
    """0 to 1."""
    loudness_lufs: float
    """Integrated loudness, LUFS."""
    true_peak_db: float
    """Highest true peak, dBTP."""
    warnings: list[AnalysisWarning]
    """Where declared and measured facts disagree; for the producer."""

    @classmethod
    def of(cls, row: AnalysisRow, *, warnings: Sequence[AnalysisWarning]) -> Self:
        return cls(
            row=row,
            bpm=row.bpm,
            bpm_confidence=row.bpm_confidence,
            key=key_of(row.pitch_class),
            scale=row.scale,
            key_confidence=row.key_confidence,
            loudness_lufs=row.loudness_lufs,
            true_peak_db=row.true_peak_db,
            warnings=list(warnings),
        )

    @strawberry.field
    def waveform(self, points: int = 200) -> list[int]:
        """Peak of each of so many equal slices, 0 to 255.

        Args:
            points: 10 to 2,000.
        """
        if not _FEWEST_POINTS <= points <= _MOST_POINTS:
            sentence = f"`points` is {points}; {_FEWEST_POINTS} to {_MOST_POINTS:,} are allowed."
            raise RequestFault(sentence, RequestErrorCode.OUT_OF_RANGE, argument="points")
        return merged(self.row.waveform, points)


def merged(peaks: bytes, points: int) -> list[int]:
    """The highest peak of each of so many equal parts, so that no loud moment is lost.

    Args:
        peaks: One byte each.
        points: At most as many.
    """
    edges = [len(peaks) * point // points for point in range(points + 1)]
    return [max(peaks[start:end]) for start, end in pairwise(edges)]
