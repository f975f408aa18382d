"""Raising matches: what was found alike becomes a row for each side, once for ever (D-33)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.comparing import Found
from api.recon.rules import Match, blocks
from db.ids import TrackId, UploadId
from db.queries import recon as queries
from db.queries.fingerprints import IndexedRecording
from db.queries.recon import Recorded, WorkRow

_DIGITS: Final = 4
"""Of shares: more would claim more than was measured."""


class Raised(NamedTuple):
    """What was found of one pair, as it is kept now.

    Attributes:
        recording: The other side's.
        match: The match of the own side.
        other: The match of the other side; a sample is nobody's business but its owner's, so it has none.
    """

    recording: IndexedRecording
    match: Recorded
    other: Recorded | None


async def raise_matches(
    session: AsyncSession,
    own: WorkRow,
    found: Sequence[Found],
    *,
    model: str,
    blocking: Sequence[TrackId] | None = None,
) -> list[Raised]:
    """Record both sides of every pair; a pair that is known keeps its id, its note and its first report.

    Args:
        blocking: The others for whose sake the own track is a duplicate; null: what blocks it is left as it is.
    """
    sides: dict[tuple[TrackId, TrackId], dict[str, Any]] = {}
    for one in found:
        other, measures = _work(one.recording), _measures(one.match, model)
        blocks_it = {} if blocking is None else {"blocks": other.track_id in blocking}
        here, there = own.track_id, other.track_id
        sides[here, there] = {"track_id": here, **blocks_it, **_other(other), **measures}
        sides[there, here] = {"track_id": there, **_other(own), **_mirrored(measures)}
    # in one order everywhere, or two scans that find each other wait for each other
    kept = {pair: await queries.record_match(session, sides[pair]) for pair in sorted(sides)}
    tracks = [(one.recording, one.recording.track_id) for one in found]
    return [
        Raised(recording, kept[own.track_id, track], kept[track, own.track_id]) for recording, track in tracks
    ]


async def raise_sample_matches(
    session: AsyncSession,
    sample: UploadId,
    found: Sequence[Found],
    *,
    model: str,
    blocking: Sequence[TrackId] = (),
) -> list[Raised]:
    """Record what a file is like that is no track's audio, for its owner alone.

    Args:
        blocking: The tracks for whose sake it is not to become one's.
    """
    raised: list[Raised] = []
    for one in found:
        blocks_it = {"blocks": one.recording.track_id in blocking}
        measured = _other(_work(one.recording)) | _measures(one.match, model) | blocks_it
        match = await queries.record_match(session, {"upload_id": sample, **measured})
        raised.append(Raised(one.recording, match, None))
    return raised


def blocking_tracks(found: Iterable[Found], *, cleared: Iterable[TrackId]) -> list[TrackId]:
    """The recordings that make a newcomer a duplicate, but for those that staff cleared (D-31)."""
    cleared = frozenset(cleared)
    tracks = (one.recording.track_id for one in found if blocks(one.match))
    return [track for track in tracks if track not in cleared]


def _work(recording: IndexedRecording) -> WorkRow:
    return WorkRow(*(getattr(recording, name) for name in WorkRow._fields))


def _other(work: WorkRow) -> dict[str, Any]:
    return {f"other_{name}": value for name, value in work._asdict().items()}


def _measures(match: Match, model: str) -> dict[str, Any]:
    return {
        "match_class": match.match_class,
        "relation": match.relation,
        "similarity": round(match.similarity, _DIGITS),
        "query_coverage": round(match.query_coverage, _DIGITS),
        "reference_coverage": round(match.reference_coverage, _DIGITS),
        "speed_ratio": match.speed_ratio,
        "pitch_shift_semitones": match.pitch_shift,
        "segments": [_segment(segment) for segment in match.segments],
        "model": model,
    }


def _segment(segment: Any) -> dict[str, float]:
    names = ("query_start_ms", "query_end_ms", "reference_start_ms", "reference_end_ms", "similarity")
    return {name: round(getattr(segment, name), _DIGITS) for name in names}


def _mirrored(measures: Mapping[str, Any]) -> dict[str, Any]:
    """The same measures from the other side."""
    return {
        **measures,
        "query_coverage": measures["reference_coverage"],
        "reference_coverage": measures["query_coverage"],
        "speed_ratio": 1 / measures["speed_ratio"],
        "pitch_shift_semitones": 0.0 - measures["pitch_shift_semitones"],  # never -0.0
        "segments": sorted(map(_turned, measures["segments"]), key=lambda one: one["query_start_ms"]),
    }


def _turned(segment: Mapping[str, float]) -> dict[str, float]:
    return {
        "query_start_ms": segment["reference_start_ms"],
        "query_end_ms": segment["reference_end_ms"],
        "reference_start_ms": segment["query_start_ms"],
        "reference_end_ms": segment["query_end_ms"],
        "similarity": segment["similarity"],
    }
