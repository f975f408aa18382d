"""Matches between beat requests and tracks over GraphQL."""

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.asking import Info, id_of_type, signed_in
from api.news import News
from api.requests.matching import matches_topic
from api.requests.rules import answers_requests
from db.clock import now
from db.ids import BeatRequestId, ProducerId
from db.queries import beat_matches
from db.queries.beat_matches import BeatMatchRow
from db.queries.paging import Anchor, Page
from schema.faults import not_verified
from schema.ground import given
from schema.matches import BeatMatch, BeatMatchConnection, BeatMatchWhere
from schema.paging import PageRequest


@strawberry.type
class MatchesQuery:
    @strawberry.field
    async def matches_for_me(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: BeatMatchWhere | None = strawberry.UNSET,
    ) -> BeatMatchConnection | None:
        """Open requests that own tracks answer, best first; null unless verified."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.matches_for_viewer(given(where), page)

    @strawberry.field
    async def suggested_tracks(
        self,
        info: Info,
        request_id: strawberry.ID,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> BeatMatchConnection | None:
        """Tracks that answer an own request, best first; for the requester and staff, null for others.

        Args:
            request_id: Own request, in any state.
        """
        request = BeatRequestId(id_of_type("requestId", request_id, "brq", "beat request"))
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.suggested_tracks(request, page)


@strawberry.type
class MatchesSubscription:
    @strawberry.subscription
    async def beat_request_matched(self, info: Info) -> AsyncGenerator[BeatMatch]:
        """New matches of own tracks with open requests, from now on; for verified producers.

        Each comes at least once; what is there already stands in `matchesForMe`.
        """
        viewer = signed_in(info)
        producer = viewer.producer_id
        if producer is None or not answers_requests(viewer):
            not_verified()
        news = News(partial(_look, producer), _place_of)
        async for _ in info.context.watch(matches_topic(viewer.account_id)):
            if not answers_requests(signed_in(info)):
                not_verified()
            while rows := await news.read(info.context.sessions):
                for row in rows:
                    yield BeatMatch.of(row)


async def _look(producer: ProducerId, session: AsyncSession, after: Anchor, limit: int) -> Page[BeatMatchRow]:
    return await beat_matches.new_matches(session, producer, now(), after=after, limit=limit)


def _place_of(row: BeatMatchRow) -> tuple[datetime, str]:
    return row.matched_at, row.id
