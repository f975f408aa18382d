"""What a collection gives to a track at its first upload: a copy, not a link (D-15)."""

from typing import Any

import pytest

from db.ids import UploadId, new_id
from tests.catalog.entering import an_entry, audio, create, errors_of
from tests.collections.packs import a_collection, delete, listed, update
from tests.factories import Beatmaker, a_producer, a_track
from tests.stage import Json, Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

LENT: Json = {"artists": ["Nova", "Ari"], "genres": ["Trap", "My Own"], "tags": ["tape", "808"]}


def bare(upload: UploadId, collection: str, **more: Any) -> Json:
    """An entry that leaves out all that a collection lends."""
    entry = an_entry(upload, collectionId=collection)
    return {name: value for name, value in entry.items() if name not in LENT} | more


async def made(stage: Stage, nova: Beatmaker, collection: str, **more: Any) -> Json:
    payload = await create(stage, nova, bare(await audio(stage, nova), collection, **more))
    assert payload["errors"] == []
    track: Json = payload["track"]
    return track


def words_of(track: Json) -> Json:
    return {name: track[name] for name in LENT}


async def test_what_is_left_out_is_copied_and_the_track_stands_at_the_end(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    first = await a_track(stage.sessions, nova)
    collection = await a_collection(stage.sessions, nova, [first], **LENT)
    track = await made(stage, nova, collection)
    assert words_of(track) == LENT
    assert await listed(stage, nova, collection) == [first, track["id"]]
    again = await made(stage, nova, collection, artists=None, genres=None, tags=None)
    assert words_of(again) == LENT
    assert await listed(stage, nova, collection) == [first, track["id"], again["id"]]


async def test_what_is_given_overrides_also_an_empty_list(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova, **LENT)
    given = {"artists": ["Kilo"], "genres": ["trap"], "tags": []}
    assert words_of(await made(stage, nova, collection, **given)) == given | {"genres": ["Trap"]}


async def test_later_edits_of_the_collection_do_not_touch_the_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova, **LENT)
    track = (await made(stage, nova, collection))["id"]
    assert await update(stage, nova, collection, artists=["Other"], genres=["Trap"], tags=[]) == []
    shown = "query($id: ID!) { track(id: $id) { artists genres tags } }"
    assert await stage.ask(nova, shown, id=track) == {"track": LENT}
    assert await delete(stage, nova, collection) == []
    assert await stage.ask(nova, shown, id=track) == {"track": LENT}


@on_sqlite
async def test_adding_a_track_that_is_there_lends_it_nothing(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["own"])
    collection = await a_collection(stage.sessions, nova, **LENT)
    await stage.mutate(nova, "addTracksToCollection", id=collection, input={"trackIds": [track]})
    shown = await stage.ask(nova, "query($id: ID!) { track(id: $id) { artists genres tags } }", id=track)
    assert shown == {"track": {"artists": ["Nova"], "genres": ["Trap"], "tags": ["own"]}}


@on_sqlite
async def test_a_tracks_words_are_indexed_as_lent(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova, **LENT)
    track = await made(stage, nova, collection)
    asked = '{ tracks(where: {tag: {eq: "808"}, search: "ari", status: {eq: PROCESSING}}) { nodes { id } } }'
    assert await stage.ask(nova, asked) == {"tracks": {"nodes": [{"id": track["id"]}]}}


@on_sqlite
async def test_a_preset_has_to_fit_the_genres_that_are_lent(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova, genres=["Bachata"])
    upload = await audio(stage, nova)
    wrong = [("input.cover.presetId", "PRESET_WITHOUT_GENRE")]
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, bare(upload, collection))) == wrong
        assert errors_of(await create(stage, nova, bare(upload, collection, genres=[]))) == wrong
    assert (await create(stage, nova, bare(upload, collection, genres=["Trap"])))["errors"] == []


@on_sqlite
async def test_artists_are_left_out_with_a_collection_alone(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova)
    upload = await audio(stage, nova)
    required = [("input.artists", "REQUIRED")]
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, bare(upload, collection, artists=[]))) == required
        without = bare(upload, collection, genres=["Trap"]) | {"collectionId": None}
        assert errors_of(await create(stage, nova, without)) == required


async def test_a_collection_that_is_not_to_be_had_is_told_beside_everything_else(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    shown = await a_collection(stage.sessions, kilo, [await a_track(stage.sessions, kilo)])
    gone = await a_collection(stage.sessions, nova)
    await delete(stage, nova, gone)
    wrong = {
        shown: "NOT_YOURS",
        await a_collection(stage.sessions, kilo): "NOT_FOUND",
        gone: "NOT_FOUND",
        new_id("col"): "NOT_FOUND",
        "": "NOT_FOUND",
        nova.producer: "WRONG_ID_TYPE",
    }
    upload = await audio(stage, nova)
    async with stage.nothing_changes():
        for collection, code in wrong.items():
            payload = await create(stage, nova, bare(upload, collection, bpm=20))
            assert errors_of(payload) == [("input.collectionId", code), ("input.bpm", "OUT_OF_RANGE")]


async def test_the_same_upload_and_input_again_is_the_same_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection, other = [await a_collection(stage.sessions, nova) for _ in range(2)]
    upload = await audio(stage, nova)
    first = await create(stage, nova, bare(upload, collection))
    assert first["errors"] == []
    async with stage.nothing_changes():
        assert await create(stage, nova, bare(upload, collection)) == first
        again = errors_of(await create(stage, nova, bare(upload, other)))
    assert again == [("input.audioUploadId", "UPLOAD_USED")]
    assert await delete(stage, nova, collection) == []
    async with stage.nothing_changes():
        assert await create(stage, nova, bare(upload, collection)) == first
