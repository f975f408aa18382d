"""Lists of matches between beat requests and tracks, as far as the viewer sees them (D-62)."""

from collections.abc import Collection

from sqlalchemy import ColumnElement

from api.lists.reading import Lister, ids_chosen, page_info
from api.requests.rules import answers_requests, sees_offers_of_others
from db.clock import now
from db.ids import BeatRequestId
from db.queries import beat_matches, requests
from db.queries.paging import Slice
from schema.context import PageSource
from schema.ground import given
from schema.matches import BeatMatch, BeatMatchConnection, BeatMatchWhere
from schema.paging import write_cursor

_NAME = "beat-matches"


class BeatMatchLists(Lister):
    """Lists of matches; the best first."""

    async def matches_for_viewer(
        self, where: BeatMatchWhere | None, page: PageSource
    ) -> BeatMatchConnection | None:
        """Open requests that own tracks answer; null unless verified."""
        asked = ids_chosen("requestId", given(where.request_id), "brq", "beat request") if where else None
        part, viewer = page.slice(_NAME), self._viewer
        if viewer is None or viewer.producer_id is None or not answers_requests(viewer):
            return None
        own = beat_matches.for_producer(viewer.producer_id, now(), requests=asked)
        return await self._answers(own, part)

    async def suggested_tracks(self, request: BeatRequestId, page: PageSource) -> BeatMatchConnection | None:
        """What answers a request; null for anybody but its requester and staff."""
        part = page.slice(_NAME)
        async with self._sessions.reading() as session:
            rows = await requests.requests(session, [request])
        if not any(sees_offers_of_others(self._viewer, requester=row.account_id) for row in rows):
            return None
        return await self._answers(beat_matches.of_request(request), part)

    async def _answers(self, conditions: Collection[ColumnElement[bool]], part: Slice) -> BeatMatchConnection:
        async with self._sessions.reading() as session:
            found = await beat_matches.page_of_matches(session, conditions, part)
        cursors = [write_cursor(_NAME, beat_matches.anchor_of(row)) for row in found.rows]
        return BeatMatchConnection(
            nodes=[BeatMatch.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: beat_matches.count_matches(session, conditions)),
        )
