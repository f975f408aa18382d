"""Loaders of beat requests."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.requests.rules import sees_request
from db.ids import BeatRequestId
from db.queries import requests
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
