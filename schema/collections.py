"""Collections: what stands on the sleeve, and the tracks inside."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.collections import CollectionRow
from schema.context import Info
from schema.errors import UserError
from schema.ground import Image, Node, absent, given
from schema.moderation import Withholding
from schema.paging import Connection, PageRequest
from schema.pictures import picture_of
from schema.producers import Producer
from schema.scalars import URL
from schema.tracks import TrackConnection, TrackOrder, TrackWhere
from schema.uploads import CoverInput


@strawberry.type
class Collection(Node):
    """A beat pack, tape or themed drop. A track is in one at most."""

    row: strawberry.Private[CollectionRow]
    name: str
    """Name as shown."""
    artists: list[str]
    """Names as shown, at least one."""
    genres: list[str]
    """At most 3."""
    tags: list[str]
    """At most 20, lower case."""
    description: str | None
    """Free text."""
    created_at: datetime
    """Made."""

    @classmethod
    def of(cls, row: CollectionRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            name=row.name,
            artists=row.artists,
            genres=row.genres,
            tags=row.tags,
            description=row.description,
            created_at=row.created_at,
        )

    @strawberry.field
    async def cover(self, info: Info) -> Image:
        """Cover art."""
        own, preset = self.row.cover_picture_id, self.row.cover_preset_id
        if own:
            image = await picture_of(info, own, withheld=self.row.cover_withheld)
        else:
            image = await info.context.loaders.presets.load(preset or "")
        assert image  # a foreign key, or a preset, of which none is ever taken away
        return image

    @strawberry.field
    async def producer(self, info: Info) -> Producer:
        """Who made it, and uploaded all that is in it."""
        producer = await info.context.loaders.producers.load(self.row.producer_id)
        assert producer  # a foreign key
        return producer

    @strawberry.field
    async def withheld(self, info: Info) -> Withholding | None:
        """Why staff keep it back; for its producer and staff. Null: they do not."""
        kept = self.row.withheld_since is not None
        return await info.context.loaders.withholdings.load(self.row.id) if kept else None

    @strawberry.field
    def share_url(self, info: Info) -> URL:
        """Share address with a preview card; a new name leaves it as it is."""
        return URL(info.context.addresses.share(f"/c/{self.row.slug}"))

    @strawberry.field
    async def tracks(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: TrackWhere | None = strawberry.UNSET,
        order_by: TrackOrder | None = strawberry.UNSET,
    ) -> TrackConnection:
        """Published ones; every state for the owner. By POSITION unless asked otherwise."""
        page, lists = PageRequest.of(first, after, last, before), info.context.lists
        here = self.row
        return await lists.tracks(given(where), given(order_by), page, of=here.producer_id, inside=here.id)


@strawberry.type
class CollectionConnection(Connection[Collection]):
    """A page."""


@strawberry.input
class CreateCollectionInput:
    name: str
    """1 to 100 characters."""
    artists: list[str]
    """At least one."""
    cover: CoverInput
    """Cover art."""
    genres: list[str] | None = absent()
    """At most 3, known or own."""
    tags: list[str] | None = absent()
    """At most 20."""
    description: str | None = absent()
    """At most 5,000 characters."""
    track_ids: list[strawberry.ID] | None = absent()
    """Own tracks that are in no collection, in this order; at most 100."""


@strawberry.type
class CreateCollectionPayload:
    collection: Collection | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class UpdateCollectionInput:
    """Changes to a collection; tracks keep what they inherited."""

    name: str | None = absent()
    """1 to 100 characters."""
    artists: list[str] | None = absent()
    """At least one."""
    cover: CoverInput | None = absent()
    """Cover art."""
    genres: list[str] | None = absent()
    """At most 3."""
    tags: list[str] | None = absent()
    """At most 20."""
    description: str | None = absent()
    """Null clears it."""


@strawberry.type
class UpdateCollectionPayload:
    collection: Collection | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class AddTracksToCollectionInput:
    track_ids: list[strawberry.ID]
    """Own tracks, 1 to 100, in this order; a collection has at most 500."""
    after_track_id: strawberry.ID | None = absent()
    """Behind this one, also what is in the collection already. Left out: at the end, and what is in it keeps its place."""


@strawberry.type
class AddTracksToCollectionPayload:
    collection: Collection | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RemoveTracksFromCollectionInput:
    track_ids: list[strawberry.ID]
    """Own tracks, 1 to 100; one that is not in the collection stays out."""


@strawberry.type
class RemoveTracksFromCollectionPayload:
    collection: Collection | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class MoveTrackInCollectionInput:
    track_id: strawberry.ID
    """A track of the collection."""
    after_track_id: strawberry.ID | None = absent()
    """Behind this one. Null: to the top."""


@strawberry.type
class MoveTrackInCollectionPayload:
    collection: Collection | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class DeleteCollectionPayload:
    deleted_collection_id: strawberry.ID | None = None
    """Drop it from caches."""
    errors: list[UserError] = strawberry.field(default_factory=list)
