"""Producer profiles."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.queries.producers import ProducerRow
from schema.context import Info
from schema.ground import Node, absent
from schema.paging import PageRequest
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.collections import CollectionConnection
    from schema.tracks import TrackConnection, TrackOrder, TrackWhere


@strawberry.type
class Producer(Node):
    """A producer's public profile."""

    row: strawberry.Private[ProducerRow]
    handle: str
    """Unique, case ignored."""
    name: str
    """Artist name."""
    verified: bool
    """Blue badge."""
    bio: str | None
    """Style and sound, in own words."""
    created_at: datetime
    """Profile made."""

    @classmethod
    def of(cls, row: ProducerRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            handle=row.handle,
            name=row.name,
            verified=row.verified,
            bio=row.bio,
            created_at=row.created_at,
        )

    @strawberry.field
    def share_url(self, info: Info) -> URL:
        """Share address with a preview card."""
        return URL(info.context.addresses.share(f"/p/{self.handle}"))

    @strawberry.field
    async def tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["TrackWhere", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
        order_by: Annotated["TrackOrder", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
    ) -> Annotated["TrackConnection", strawberry.lazy("schema.tracks")]:
        """Published ones; every state for the owner."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.tracks(where or None, order_by or None, page, of=self.row.id)

    @strawberry.field
    async def credited_tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["TrackWhere", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
        order_by: Annotated["TrackOrder", strawberry.lazy("schema.tracks")] | None = strawberry.UNSET,
    ) -> Annotated["TrackConnection", strawberry.lazy("schema.tracks")]:
        """Others' tracks that credit this producer."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.tracks(where or None, order_by or None, page, crediting=self.row.id)

    @strawberry.field
    async def collections(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> Annotated["CollectionConnection", strawberry.lazy("schema.collections")]:
        """Those with a published track, newest first; all of them for the owner."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.collections(self.row.id, page)


@strawberry.input(one_of=True)
class ProducerBy:
    """How to find a producer."""

    id: strawberry.ID | None = absent()
    handle: str | None = absent()
    """Present handle."""
