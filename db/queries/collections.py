"""Reading collections, and which tracks are in one at which place (D-15)."""

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import CollectionId, PictureId, ProducerId, TrackId
from db.models.collections import Collection
from db.models.producers import Producer
from db.models.tracks import Track
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import TrackStatus


class CollectionRow(NamedTuple):
    """A collection.

    Attributes:
        shown: A track in it is published, and staff do not keep it back, so everybody may see it.
        cover_withheld: Its cover is not served at its lasting address.
    """

    id: CollectionId
    producer_id: ProducerId
    slug: str
    name: str
    artists: list[str]
    genres: list[str]
    tags: list[str]
    description: str | None
    cover_picture_id: PictureId | None
    cover_preset_id: str | None
    created_at: datetime
    withheld_since: datetime | None
    shown: bool
    cover_withheld: bool


class PlacedRow(NamedTuple):
    """A track and where it stands."""

    id: TrackId
    producer_id: ProducerId
    status: TrackStatus
    collection_id: CollectionId | None
    collection_position: int | None


SHOWN = and_(
    col(Collection.withheld_since).is_(None),
    exists().where(
        col(Track.collection_id) == col(Collection.id), col(Track.status) == TrackStatus.PUBLISHED
    ),
)
COVER_WITHHELD = or_(
    col(Collection.withheld_since).is_not(None),
    and_(
        ~SHOWN,
        exists().where(
            col(Producer.id) == col(Collection.producer_id), col(Producer.withheld_since).is_not(None)
        ),
    ),
)
"""Of a row of `Collection`: nothing is written into it when its owner is suspended, but its profile and all tracks are kept
back. Where staff keep back the profile alone, tracks play on, and what everybody sees has a cover."""
COLLECTIONS = select_row(CollectionRow, Collection, shown=SHOWN, cover_withheld=COVER_WITHHELD)
NEWEST_FIRST = [Key(col(Collection.created_at), descending=True), Key(col(Collection.id), descending=True)]
_PLACED = select_row(PlacedRow, Track)


async def collections(session: AsyncSession, ids: Some[CollectionId]) -> list[CollectionRow]:
    return await read(session, CollectionRow, COLLECTIONS.where(col(Collection.id).in_(ids)))


async def collection_by_slug(session: AsyncSession, slug: str) -> CollectionRow | None:
    return await read_one(session, CollectionRow, COLLECTIONS.where(col(Collection.slug) == slug))


async def collection_for_change(session: AsyncSession, collection: CollectionId) -> CollectionRow | None:
    """One collection, locked until the transaction ends: who adds, moves or takes out tracks holds this lock."""
    chosen = COLLECTIONS.where(col(Collection.id) == collection)
    return await read_one(session, CollectionRow, chosen.with_for_update(of=Collection))


async def page_of_collections(
    session: AsyncSession, producer: ProducerId, part: Slice, *, shown_only: bool
) -> Page[CollectionRow]:
    """A producer's collections, newest first."""
    chosen = of_producer(COLLECTIONS, producer, shown_only=shown_only)
    return await read_page(session, CollectionRow, chosen, NEWEST_FIRST, part)


async def count_collections(session: AsyncSession, producer: ProducerId, *, shown_only: bool) -> int:
    counted = select(func.count()).select_from(Collection)
    return await read_count(session, of_producer(counted, producer, shown_only=shown_only))


def of_producer(statement: AnySelect, producer: ProducerId, *, shown_only: bool) -> AnySelect:
    """The statement about collections, cut to a producer's."""
    own = statement.where(col(Collection.producer_id) == producer)
    return own.where(SHOWN) if shown_only else own


async def place_at_end(session: AsyncSession, collection: CollectionId) -> tuple[int, int]:
    """How many tracks are in a collection, and the first place behind all of them."""
    position = col(Track.collection_position)
    counted: AnySelect = select(func.count(), func.coalesce(func.max(position) + 1, 0))
    many, end = (await session.execute(counted.where(col(Track.collection_id) == collection))).one()
    return int(many), int(end)


async def tracks_to_place(
    session: AsyncSession, collection: CollectionId, others: Some[TrackId] = ()
) -> list[PlacedRow]:
    """The tracks in a collection and some others, locked."""
    return await read(session, PlacedRow, to_place(collection, others))


def to_place(collection: CollectionId, others: Some[TrackId]) -> AnySelect:
    """The statement behind `tracks_to_place`.

    Locks are taken in the order of ids, so that two collections whose producer moves tracks between them never wait for
    each other; and such that rows that name a track, as a match does, can be written meanwhile.
    """
    wanted = or_(col(Track.collection_id) == collection, col(Track.id).in_(others))
    return _PLACED.where(wanted).order_by(col(Track.id)).with_for_update(key_share=True)


async def write_places(
    session: AsyncSession, collection: CollectionId, places: Mapping[TrackId, int]
) -> None:
    """Put tracks at these places of a collection."""
    if places:
        at = case(dict(places), value=col(Track.id))
        columns: dict[str, Any] = {"collection_id": collection, "collection_position": at}
        await session.execute(update(Track).where(col(Track.id).in_(places)).values(**columns))


async def clear_places(session: AsyncSession, tracks: Sequence[TrackId]) -> None:
    """Take tracks out of the collection they are in."""
    if tracks:
        columns: dict[str, Any] = {"collection_id": None, "collection_position": None}
        await session.execute(update(Track).where(col(Track.id).in_(tracks)).values(**columns))


async def change_collection(
    session: AsyncSession, collection: CollectionId, columns: Mapping[str, Any]
) -> None:
    await session.execute(update(Collection).where(col(Collection.id) == collection).values(**columns))


async def forget_collection(session: AsyncSession, collection: CollectionId) -> None:
    """Remove a collection that no track is in any more."""
    await session.execute(delete(Collection).where(col(Collection.id) == collection))
