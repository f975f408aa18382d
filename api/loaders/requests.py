"""Loaders of beat requests, and of what answers them."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.requests.rules import answers_requests, sees_request
from db.ids import BeatMatchId, BeatRequestId
from db.queries import beat_matches, requests
from db.queries.beat_matches import MatchEyes
from db.vocabulary import Role
from schema.matches import BeatMatch
from schema.requests import BeatRequest


class RequestLoaders(Reader):
    """Beat requests as the viewer may see them."""

    async def beat_requests(self, ids: list[BeatRequestId]) -> Sequence[BeatRequest | None]:
        """One that the viewer may not see is like none."""
        rows = await self._read(requests.requests, ids)
        seen = [
            row for row in rows if sees_request(self._viewer, requester=row.account_id, status=row.status)
        ]
        return aligned(ids, {row.id: BeatRequest.of(row) for row in seen})

    async def beat_matches(self, ids: list[BeatMatchId]) -> Sequence[BeatMatch | None]:
        """Of the viewer's requests, and of a verified producer's own tracks; another is like none."""
        if (viewer := self._viewer) is None:
            return [None for _ in ids]
        own = viewer.producer_id if answers_requests(viewer) else None
        eyes = MatchEyes(viewer.account_id, own, everything=viewer.has(Role.STAFF))
        async with self._sessions.reading() as session:
            rows = await beat_matches.seen_matches(session, ids, seen_by=eyes)
        return aligned(ids, {row.id: BeatMatch.of(row) for row in rows})
