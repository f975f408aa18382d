"""Matches as if they had been found."""

from typing import Any

from db.ids import BeatMatchId, BeatRequestId, TrackId
from db.models.requests import BeatMatch, BeatRequest
from db.models.tracks import Track
from db.session import Sessions

REASON = {"part": "BPM", "score": 1.0, "weight": 1.0, "text": "BPM 142 is inside 138 to 146."}


def a_reason(part: str, text: str, *, score: float = 1.0, weight: float = 1.0) -> dict[str, Any]:
    return {"part": part, "score": score, "weight": weight, "text": text}


async def a_match(
    sessions: Sessions, request: BeatRequestId, track: TrackId, *, score: float = 1.0, **different: Any
) -> BeatMatchId:
    """That a track answers a request, for its tempo."""
    async with sessions.writing() as session:
        asked, answer = await session.get_one(BeatRequest, request), await session.get_one(Track, track)
        usual: dict[str, Any] = {"reasons": [REASON | {"score": score}]}
        match = BeatMatch(
            request_id=request,
            request_status=asked.status,
            track_id=track,
            producer_id=answer.producer_id,
            score=score,
            **(usual | different),
        )
        session.add(match)
    return match.id
