"""Matches as if they had been found."""

from api.requests.describing import write_traits
from api.requests.fit import Reason
from db.ids import BeatMatchId, BeatRequestId, TrackId
from db.models.requests import BeatMatch, BeatRequest
from db.models.tracks import Track
from db.session import Sessions
from db.vocabulary import MatchPart


def a_reason(part: str, text: str, *, score: float = 1.0, weight: float = 1.0) -> Reason:
    return Reason(MatchPart(part), score, weight, text)


async def a_match(
    sessions: Sessions, request: BeatRequestId, track: TrackId, *, score: float = 1.0
) -> BeatMatchId:
    """That a track answers a request, whatever either says."""
    async with sessions.writing() as session:
        asked, answer = await session.get_one(BeatRequest, request), await session.get_one(Track, track)
        match = BeatMatch(
            request_id=request,
            request_status=asked.status,
            track_id=track,
            producer_id=answer.producer_id,
            score=score,
        )
        session.add(match)
        await write_traits(session, track)
    return match.id
