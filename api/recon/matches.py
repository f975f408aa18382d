"""Raising matches: what was found alike becomes a row for each side, once for ever (D-33)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.comparing import Found
from api.recon.rules import Match, blocks
from db.ids import ReconMatchId, TrackId
from db.queries import recon as queries
from db.queries.fingerprints import IndexedRecording
from db.queries.recon import WorkRow

_DIGITS: Final = 4
"""Of shares: more would claim more than was measured."""


async def raise_matches(
    session: AsyncSession,
    own: WorkRow,
    found: Iterable[Found],
    *,
    model: str,
    blocking: Sequence[TrackId] = (),
) -> list[ReconMatchId]:
    """Record both sides of every pair; a pair that is known keeps its id, its note and its first report.

    Args:
        blocking: The others for whose sake the own track is a duplicate.

    Returns:
        The matches of the own side, in the order given.
    """
    raised: list[ReconMatchId] = []
    for one in found:
        other = _work(one.recording)
        measures = _measures(one.match, model)
        pair = {"track_id": own.track_id, "blocks": other.track_id in blocking}
        raised.append(await queries.record_match(session, {**pair, **_other(other), **measures}))
        pair = {"track_id": other.track_id, "blocks": False}
        await queries.record_match(session, {**pair, **_other(own), **_mirrored(measures)})
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
        "pitch_shift_semitones": -measures["pitch_shift_semitones"],
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
