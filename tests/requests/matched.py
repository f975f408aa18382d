"""Tracks as if they had been found to answer beat requests."""

from collections.abc import Sequence
from typing import Any

from db.ids import BeatMatchId, BeatRequestId, TrackId
from db.models.requests import BeatMatch, BeatRequest
from db.models.tracks import Track
from db.session import Sessions


def a_reason(part: str, text: str, *, score: float = 1.0, weight: float = 1.0) -> dict[str, Any]:
    return {"part": part, "score": score, "weight": weight, "text": text}


async def a_match(
    sessions: Sessions,
    request: BeatRequestId,
    track: TrackId,
    *,
    score: float = 0.9,
    reasons: Sequence[dict[str, Any]] | None = None,
    **different: Any,
) -> BeatMatchId:
    """One that its producer was not told of."""
    why = [a_reason("BPM", "BPM 140 is inside 130-150")] if reasons is None else list(reasons)
    async with sessions.writing() as session:
        wanted = await session.get_one(BeatRequest, request)
        found = await session.get_one(Track, track)
        row = BeatMatch(
            request_id=request,
            request_status=wanted.status,
            track_id=track,
            producer_id=found.producer_id,
            score=score,
            reasons=why,
            **different,
        )
        session.add(row)
    return row.id
