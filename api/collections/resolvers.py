"""Collections over GraphQL."""

from typing import Any

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.collections.edit import (
    Changes,
    NewCollection,
    add_collection,
    delete_collection,
    update_collection,
)
from api.collections.order import add_tracks, move_track, remove_tracks
from api.collections.rules import FACTS
from api.covers.choosing import Cover
from db.ids import CollectionId, TrackId, UploadId
from schema.collections import (
    AddTracksToCollectionInput,
    AddTracksToCollectionPayload,
    Collection,
    CreateCollectionInput,
    CreateCollectionPayload,
    DeleteCollectionPayload,
    MoveTrackInCollectionInput,
    MoveTrackInCollectionPayload,
    RemoveTracksFromCollectionInput,
    RemoveTracksFromCollectionPayload,
    UpdateCollectionInput,
    UpdateCollectionPayload,
)
from schema.ground import given
from schema.uploads import CoverInput


@strawberry.type
class CollectionsQuery:
    @strawberry.field
    async def collection(self, info: Info, id: strawberry.ID) -> Collection | None:
        """A collection by id.

        Args:
            id: Of a Collection.
        """
        asked = CollectionId(id_of_type("id", id, "col", "collection"))
        return await info.context.loaders.collections.load(asked)


@strawberry.type
class CollectionsMutation:
    @mutation
    async def create_collection(self, info: Info, input: CreateCollectionInput) -> CreateCollectionPayload:
        """Make one. Codes: UPLOAD_…, PRESET_WITHOUT_GENRE, IN_OTHER_COLLECTION, TRACK_LOCKED."""
        viewer, tracks = signed_in(info), given(input.track_ids) or []
        new = NewCollection(facts=_facts(input), cover=_cover(input.cover), tracks=_tracks(tracks))
        async with info.context.sessions.writing() as session:
            collection = await add_collection(session, viewer, new, presets=info.context.presets)
        return CreateCollectionPayload(collection=await info.context.loaders.collections.load(collection))

    @mutation
    async def update_collection(
        self, info: Info, id: strawberry.ID, input: UpdateCollectionInput
    ) -> UpdateCollectionPayload:
        """Edit one; its tracks keep what they inherited. Codes: as createCollection.

        Args:
            id: Own collection.
        """
        viewer, collection, cover = signed_in(info), _collection(id), given(input.cover)
        changes = Changes(_facts(input), _cover(cover) if cover else None, without_cover=input.cover is None)
        presets = info.context.presets
        async with info.context.sessions.writing() as session:
            await update_collection(session, viewer, collection=collection, changes=changes, presets=presets)
        return UpdateCollectionPayload(collection=await info.context.loaders.collections.load(collection))

    @mutation
    async def add_tracks_to_collection(
        self, info: Info, id: strawberry.ID, input: AddTracksToCollectionInput
    ) -> AddTracksToCollectionPayload:
        """Put own tracks in. Codes: IN_OTHER_COLLECTION, TRACK_LOCKED.

        Args:
            id: Own collection.
        """
        viewer, collection, after = signed_in(info), _collection(id), _maybe(input.after_track_id)
        tracks = _tracks(input.track_ids)
        async with info.context.sessions.writing() as session:
            await add_tracks(session, viewer, collection=collection, tracks=tracks, after=after)
        loaded = await info.context.loaders.collections.load(collection)
        return AddTracksToCollectionPayload(collection=loaded)

    @mutation
    async def remove_tracks_from_collection(
        self, info: Info, id: strawberry.ID, input: RemoveTracksFromCollectionInput
    ) -> RemoveTracksFromCollectionPayload:
        """Take tracks out; they stay as they are.

        Args:
            id: Own collection.
        """
        viewer, collection, tracks = signed_in(info), _collection(id), _tracks(input.track_ids)
        async with info.context.sessions.writing() as session:
            await remove_tracks(session, viewer, collection=collection, tracks=tracks)
        loaded = await info.context.loaders.collections.load(collection)
        return RemoveTracksFromCollectionPayload(collection=loaded)

    @mutation
    async def move_track_in_collection(
        self, info: Info, id: strawberry.ID, input: MoveTrackInCollectionInput
    ) -> MoveTrackInCollectionPayload:
        """Move one track: what a drop in a list says.

        Args:
            id: Own collection.
        """
        viewer, collection, after = signed_in(info), _collection(id), _maybe(input.after_track_id)
        track = TrackId(input.track_id)
        async with info.context.sessions.writing() as session:
            await move_track(session, viewer, collection=collection, track=track, after=after)
        loaded = await info.context.loaders.collections.load(collection)
        return MoveTrackInCollectionPayload(collection=loaded)

    @mutation
    async def delete_collection(self, info: Info, id: strawberry.ID) -> DeleteCollectionPayload:
        """Delete it and keep its tracks.

        Args:
            id: Own collection.
        """
        viewer, collection = signed_in(info), _collection(id)
        async with info.context.sessions.writing() as session:
            await delete_collection(session, viewer, collection=collection)
        return DeleteCollectionPayload(deleted_collection_id=strawberry.ID(collection))


def _collection(value: str) -> CollectionId:
    return CollectionId(id_given("id", value, "col", "collection"))


def _tracks(ids: list[strawberry.ID]) -> tuple[TrackId, ...]:
    return tuple(TrackId(track) for track in ids)


def _maybe(track: strawberry.ID | None) -> TrackId | None:
    asked = given(track)
    return None if asked is None else TrackId(asked)


def _facts(entered: CreateCollectionInput | UpdateCollectionInput) -> dict[str, Any]:
    """The facts that were given; null is a value, absent is not."""
    facts = {name: getattr(entered, name) for name in FACTS}
    return {name: value for name, value in facts.items() if value is not strawberry.UNSET}


def _cover(cover: CoverInput) -> Cover:
    upload = given(cover.upload_id)
    return Cover(upload_id=UploadId(upload) if upload else None, preset_id=given(cover.preset_id))
