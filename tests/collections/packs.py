"""A collection as a client enters it, and one that is there already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlmodel import col

from db.clock import now
from db.ids import CollectionId, TrackId, new_id
from db.models.collections import Collection
from db.models.tracks import Track
from db.models.uploads import Upload
from db.queries.collections import write_places
from db.queries.indexing import index_collection
from db.session import Sessions
from tests.factories import TRAP_COVER, Beatmaker, a_track
from tests.stage import Json, Somebody, Stage

COLLECTION: Final = """collection { id name artists genres tags description createdAt shareUrl producer { name }
  cover { url width } tracks(first: 100) { totalCount nodes { id status } } }"""
READ: Final = f"query($id: ID!) {{ {COLLECTION.replace('collection {', 'collection(id: $id) {', 1)} }}"
COLLECTION_OF: Final = "query($id: ID!) { track(id: $id) { collection { id } } }"

Refusals = list[tuple[str, str]]


def a_pack(**different: Any) -> Json:
    return {
        "name": "Night Tapes",
        "artists": ["Nova"],
        "genres": ["Trap"],
        "tags": ["#Tape"],
        "cover": {"presetId": TRAP_COVER},
    } | different


async def a_collection(
    sessions: Sessions, of: Beatmaker, tracks: Sequence[TrackId] = (), **different: Any
) -> CollectionId:
    """A pack with these tracks in this order."""
    usual: dict[str, Any] = {
        "slug": f"night-tapes-{new_id('x')[-8:]}",
        "name": "Night Tapes",
        "artists": ["Nova"],
        "genres": ["Trap"],
        "tags": ["tape"],
        "cover_preset_id": TRAP_COVER,
        "created_at": now() - timedelta(days=1),
    }
    collection = Collection(producer_id=of.producer, **(usual | different))
    async with sessions.writing() as session:
        session.add(collection)
        await session.flush()
        await index_collection(session, collection.id)
        await write_places(session, collection.id, {track: place for place, track in enumerate(tracks)})
    return collection.id


async def many_inside(sessions: Sessions, of: Beatmaker, collection: CollectionId, many: int) -> None:
    """Put so many tracks into an empty collection, all like one another and written at once."""
    pattern = await a_track(sessions, of)
    async with sessions.writing() as session:
        track = (await session.get_one(Track, pattern)).model_dump(exclude={"shown_since"})
        upload = (await session.get_one(Upload, track["upload_id"])).model_dump()
        uploads = [{"id": new_id("upl")} for _ in range(many)]
        await session.execute(insert(Upload), [upload | one for one in uploads])
        tracks = [
            track | {
                "id": new_id("trk"), "number": -place, "slug": f"one-of-many-{place}", "upload_id": one["id"],
                "collection_id": collection, "collection_position": place,
            }
            for place, one in enumerate(uploads)
        ]  # fmt: skip
        await session.execute(insert(Track), tracks)


async def created(stage: Stage, who: Somebody, **different: Any) -> Json:
    """A collection just made."""
    payload = await stage.mutate(who, "createCollection", COLLECTION, input=a_pack(**different))
    assert payload["errors"] == []
    collection: Json = payload["collection"]
    return collection


async def read(stage: Stage, who: Somebody | None, collection: str) -> Json:
    shown: Json = (await stage.ask(who, READ, id=collection))["collection"]
    return shown


async def listed(stage: Stage, who: Somebody | None, collection: str) -> list[str]:
    """The tracks in it, as somebody sees them."""
    return [node["id"] for node in (await read(stage, who, collection))["tracks"]["nodes"]]


async def add(stage: Stage, who: Somebody, collection: str, tracks: Sequence[str], **more: Any) -> Refusals:
    given = {"trackIds": list(tracks), **more}
    return await stage.refusals(who, "addTracksToCollection", id=collection, input=given)


async def remove(stage: Stage, who: Somebody, collection: str, tracks: Sequence[str]) -> Refusals:
    given = {"trackIds": list(tracks)}
    return await stage.refusals(who, "removeTracksFromCollection", id=collection, input=given)


async def move(stage: Stage, who: Somebody, collection: str, track: str, after: str | None) -> Refusals:
    given = {"trackId": track, "afterTrackId": after}
    return await stage.refusals(who, "moveTrackInCollection", id=collection, input=given)


async def update(stage: Stage, who: Somebody, collection: str, **changes: Any) -> Refusals:
    return await stage.refusals(who, "updateCollection", id=collection, input=changes)


async def delete(stage: Stage, who: Somebody, collection: str) -> Refusals:
    return await stage.refusals(who, "deleteCollection", id=collection)


async def places(sessions: Sessions, collection: str) -> list[tuple[int | None, str]]:
    """Place and id of all that is in it, by place."""
    columns = select(col(Track.collection_position), col(Track.id))
    async with sessions.reading() as session:
        rows = await session.execute(columns.where(col(Track.collection_id) == collection))
        return sorted((place, track) for place, track in rows)
