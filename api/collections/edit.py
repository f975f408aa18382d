"""Making a collection, changing what it says of itself, and deleting it (D-14, D-15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.catalog.lending import own_collection
from api.catalog.upload import new_slug
from api.collections.order import check_taken, clear, open_shelf, write_order
from api.collections.rules import checked_collection, checked_ids
from api.covers.choosing import Cover, check_kept_preset, checked_cover, drop_replaced_picture
from api.covers.presets import CoverPresets
from api.refusals import InvalidValue, Problems
from api.uploads.dock import drop_picture
from api.viewer import Viewer
from db.ids import CollectionId, TrackId, new_id
from db.models.collections import Collection
from db.queries import collections as queries
from db.queries.collections import CollectionRow
from db.queries.indexing import index_collection
from db.vocabulary import ErrorCode, Role

_NAMED_BY = {"name", "artists"}


@dataclass(frozen=True)
class NewCollection:
    """A collection as its producer entered it.

    Attributes:
        facts: By the names of `rules.FACTS`.
        tracks: In this order.
    """

    facts: Mapping[str, Any]
    cover: Cover
    tracks: Sequence[TrackId] = ()


@dataclass(frozen=True)
class Changes:
    """What to change; a null cover stays as it is.

    Attributes:
        facts: By the names of `rules.FACTS`; only those to change.
    """

    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cover: Cover | None = None
    without_cover: bool = False


async def add_collection(
    session: AsyncSession, viewer: Viewer, new: NewCollection, *, presets: CoverPresets
) -> CollectionId:
    """Save a collection with its first tracks.

    Raises:
        NotAllowed: The viewer is no producer (D-3).
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.PRODUCER)
    producer = viewer.producer_id
    assert producer  # the role and the profile come together
    collection, problems = CollectionId(new_id("col")), Problems()
    columns: dict[str, Any] = {"description": None, "genres": [], "tags": []}
    columns |= checked_collection(problems, {"name": None, "artists": None, **new.facts})
    columns |= await checked_cover(
        session,
        viewer,
        problems,
        object_id=collection,
        cover=new.cover,
        genres=columns["genres"] or new.facts.get("genres") or [],
        presets=presets,
    )
    looked_at = checked_ids(problems, new.tracks)
    shelf = await open_shelf(session, viewer, collection, looked_at)
    check_taken(problems, shelf, looked_at)
    problems.refuse_any()
    slug = new_slug(columns["name"], nameless="collection")
    session.add(Collection(id=collection, producer_id=producer, slug=slug, **columns))
    await session.flush()
    await index_collection(session, collection)
    await write_order(session, shelf, new.tracks)
    return collection


async def update_collection(
    session: AsyncSession,
    viewer: Viewer,
    *,
    collection: CollectionId,
    changes: Changes,
    presets: CoverPresets,
) -> None:
    """Change what a collection says of itself; its tracks keep what they were lent, and it keeps its address.

    Raises:
        NotAllowed: The viewer is no producer.
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
        ManyRefused: Everything that is wrong with the input.
    """
    require(viewer, Role.PRODUCER)
    row = await own_collection(session, viewer, collection)
    problems = Problems()
    columns = checked_collection(problems, changes.facts)
    columns |= await _cover_columns(session, viewer, problems, row, changes, presets, columns)
    problems.refuse_any()
    if columns:
        await queries.change_collection(session, collection, columns)
        await drop_replaced_picture(session, row.cover_picture_id, columns)
    if _NAMED_BY & columns.keys():
        await index_collection(session, collection)


async def delete_collection(session: AsyncSession, viewer: Viewer, *, collection: CollectionId) -> None:
    """Delete a collection and the files of its picture; its tracks stay, and are in none.

    Raises:
        NotAllowed: The viewer is no producer.
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
    """
    require(viewer, Role.PRODUCER)
    await delete_row(session, viewer, await own_collection(session, viewer, collection))


async def delete_row(session: AsyncSession, viewer: Viewer, row: CollectionRow) -> None:
    """Delete a collection that is locked, in the hands of who may."""
    shelf = await open_shelf(session, viewer, row.id)
    await clear(session, shelf, shelf.order)
    await queries.forget_collection(session, row.id)
    if row.cover_picture_id:
        await drop_picture(session, row.cover_picture_id)


async def _cover_columns(  # noqa: PLR0913, PLR0917 -- one step of update_collection
    session: AsyncSession,
    viewer: Viewer,
    problems: Problems,
    row: CollectionRow,
    changes: Changes,
    presets: CoverPresets,
    columns: Mapping[str, Any],
) -> dict[str, Any]:
    genres = columns.get("genres", row.genres)
    if changes.without_cover:
        problems.note(InvalidValue("A collection needs a cover.", ("cover",), ErrorCode.REQUIRED))
    if changes.cover is not None:
        return await checked_cover(
            session, viewer, problems, object_id=row.id, cover=changes.cover, genres=genres, presets=presets
        )
    if row.cover_preset_id and "genres" in changes.facts:
        await check_kept_preset(problems, row.cover_preset_id, genres, presets)
    return {}
