"""Making, changing and deleting a collection (D-14, D-15)."""

from typing import Any

import pytest

from api.covers.presets import GeneratedArt
from db.ids import new_id
from db.vocabulary import TrackStatus, UploadPurpose
from tests.collections.packs import (
    COLLECTION,
    COLLECTION_OF,
    a_collection,
    a_pack,
    created,
    delete,
    listed,
    read,
    update,
)
from tests.factories import a_completed_upload, a_listener, a_producer, a_track, staff
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def test_a_collection_has_everything_that_was_entered(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova) for _ in range(3)]
    wanted = [tracks[2], tracks[0], tracks[1]]
    made = await created(
        stage, nova, name="  Night\tTapes ", genres=["trap", "My Own"], description="One\n\nTwo", trackIds=wanted
    )  # fmt: skip
    assert await read(stage, nova, made["id"]) == made
    address = made.pop("shareUrl")
    assert address.startswith("https://beatpass.test/c/night-tapes-")
    del made["id"], made["createdAt"], made["cover"]
    assert made == {
        "name": "Night Tapes",
        "artists": ["Nova"],
        "genres": ["Trap", "My Own"],
        "tags": ["tape"],
        "description": "One\n\nTwo",
        "producer": {"name": "Nova"},
        "tracks": {"totalCount": 3, "nodes": [{"id": one, "status": "PUBLISHED"} for one in wanted]},
    }


@on_sqlite
async def test_a_collection_may_be_empty_and_go_by_the_name_of_a_version(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    made = await created(stage, nova, name="Drums V2 (2)", genres=["Trap"], tags=None, trackIds=None)
    assert (made["name"], made["tags"], made["tracks"]["nodes"]) == ("Drums V2 (2)", [], [])
    bare = await created(stage, nova, name="夜", trackIds=[])
    assert bare["shareUrl"].startswith("https://beatpass.test/c/collection-")


async def test_all_problems_of_a_collection_are_told_at_once(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    own = await a_track(stage.sessions, nova)
    used = await a_track(stage.sessions, nova)
    await a_collection(stage.sessions, nova, [used])
    given = [own, used, own, await a_track(stage.sessions, kilo), new_id("trk"), nova.producer]
    wrong = a_pack(
        name="\u200b \x07", artists=[], genres=["Trap", "trap"], tags=["x" * 31], description="x" * 5001,
        cover={"presetId": "cvr_nothing"}, trackIds=given,
    )  # fmt: skip
    async with stage.nothing_changes():
        payload = await stage.mutate(nova, "createCollection", COLLECTION, input=wrong)
    assert payload["collection"] is None
    assert [(".".join(error["path"]), error["code"]) for error in payload["errors"]] == [
        ("input.name", "REQUIRED"),
        ("input.artists", "REQUIRED"),
        ("input.genres.1", "REPEATED"),
        ("input.tags.0", "TOO_LONG"),
        ("input.description", "TOO_LONG"),
        ("input.cover.presetId", "NOT_FOUND"),
        ("input.trackIds.1", "IN_OTHER_COLLECTION"),
        ("input.trackIds.2", "REPEATED"),
        ("input.trackIds.3", "NOT_YOURS"),
        ("input.trackIds.4", "NOT_FOUND"),
        ("input.trackIds.5", "WRONG_ID_TYPE"),
    ]
    taken = next(error for error in payload["errors"] if error["code"] == "IN_OTHER_COLLECTION")
    assert (taken["__typename"], taken["object"]) == ("WrongState", {"__typename": "Track", "id": used})


@on_sqlite
async def test_a_name_has_1_to_100_characters_that_can_be_seen(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova)
    wrong = {"x" * 101: "TOO_LONG", "": "REQUIRED", " ": "REQUIRED", "\u202e\x07": "REQUIRED"}
    async with stage.nothing_changes():
        for name, code in wrong.items():
            refused = await stage.refusals(nova, "createCollection", input=a_pack(name=name))
            assert refused == [("input.name", code)]
            assert await update(stage, nova, collection, name=name) == [("input.name", code)]
    assert (await created(stage, nova, name="x" * 100))["name"] == "x" * 100


@on_sqlite
async def test_markup_is_text_like_any_other(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    made = await created(stage, nova, name="<b>Night</b>\x1b[1m", description="<script>\x07</script>")
    assert (made["name"], made["description"]) == ("<b>Night</b>[1m", "<script></script>")
    assert made["shareUrl"].startswith("https://beatpass.test/c/b-night-b-1m-")


@on_sqlite
async def test_what_a_collection_needs_has_to_be_given(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    query = (
        "mutation($input: CreateCollectionInput!) { createCollection(input: $input) { collection { id } } }"
    )
    async with stage.nothing_changes():
        for missing in ("name", "artists", "cover"):
            given = {name: value for name, value in a_pack().items() if name != missing}
            assert await stage.fault(nova, query, input=given) == "BAD_REQUEST"
        for cover in ({}, {"presetId": "cvr_x", "uploadId": "upl_x"}):
            assert await stage.fault(nova, query, input=a_pack(cover=cover)) == "BAD_REQUEST"


async def test_a_preset_needs_a_genre_of_the_collection(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    refused = [("input.cover.presetId", "PRESET_WITHOUT_GENRE")]
    collection = await a_collection(stage.sessions, nova)
    async with stage.nothing_changes():
        for genres in (None, [], ["Bachata"]):
            assert await stage.refusals(nova, "createCollection", input=a_pack(genres=genres)) == refused
            told = await update(stage, nova, collection, genres=genres)
            assert told == [("input.genres", "PRESET_WITHOUT_GENRE")]
    soul = (await GeneratedArt().presets_for(["Soul"]))[0].id
    assert await update(stage, nova, collection, genres=["Soul"], cover={"presetId": soul}) == []


async def test_an_own_picture_is_a_cover_of_one_thing_alone(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    picture = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    made = await created(stage, nova, cover={"uploadId": picture}, genres=None)
    assert "/pictures/pic_" in made["cover"]["url"]
    shown = await stage.ask(
        nova, "query($id: ID!) { node(id: $id) { ... on Upload { usedBy { id } } } }", id=picture
    )
    assert shown == {"node": {"usedBy": {"id": made["id"]}}}
    refused = {
        picture: "UPLOAD_USED",
        await a_completed_upload(stage.sessions, kilo, UploadPurpose.COVER_ART): "NOT_FOUND",
        await a_completed_upload(stage.sessions, nova): "UPLOAD_WRONG_PURPOSE",
        made["id"]: "WRONG_ID_TYPE",
        new_id("upl"): "NOT_FOUND",
    }
    async with stage.nothing_changes():
        for upload, code in refused.items():
            pack = a_pack(cover={"uploadId": upload})
            assert await stage.refusals(nova, "createCollection", input=pack) == [
                ("input.cover.uploadId", code)
            ]


async def test_what_is_left_out_of_a_change_stays_and_null_clears(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova, description="Text")
    before = await read(stage, nova, collection)
    async with stage.nothing_changes():
        assert await update(stage, nova, collection) == []
    assert await update(stage, nova, collection, name="Day Tapes", artists=["Nova", "Kilo"]) == []
    changed = before | {"name": "Day Tapes", "artists": ["Nova", "Kilo"]}
    assert await read(stage, nova, collection) == changed
    assert await update(stage, nova, collection, description=None, tags=None) == []
    assert await read(stage, nova, collection) == changed | {"description": None, "tags": []}


async def test_all_problems_of_a_change_are_told_at_once_and_none_of_it_is_done(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    collection = await a_collection(stage.sessions, nova)
    async with stage.nothing_changes():
        refused = await update(
            stage, nova, collection, name=None, artists=None, cover=None, description="Good"
        )
    assert refused == [("input.name", "REQUIRED"), ("input.artists", "REQUIRED"), ("input.cover", "REQUIRED")]


async def test_the_files_of_a_picture_go_when_another_cover_takes_its_place(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    first, second = [
        await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART) for _ in range(2)
    ]
    collection = (await created(stage, nova, cover={"uploadId": first}))["id"]
    before = (await read(stage, nova, collection))["cover"]["url"]
    assert await update(stage, nova, collection, cover={"uploadId": first}) == []
    assert (await stage.tables())["job"] == []
    assert await update(stage, nova, collection, cover={"uploadId": second}) == []
    [job] = (await stage.tables())["job"]
    assert "DELETE_FILES" in job
    assert before.split("/pictures/")[1].split("/")[0] in job
    assert (await read(stage, nova, collection))["cover"]["url"] != before


async def test_a_deleted_collection_is_gone_with_its_picture_and_keeps_its_tracks(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    statuses = [TrackStatus.PUBLISHED, TrackStatus.PROCESSING, TrackStatus.HIDDEN, TrackStatus.SOLD]
    tracks = [await a_track(stage.sessions, nova, status) for status in statuses]
    picture = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    collection = (await created(stage, nova, cover={"uploadId": picture}, trackIds=tracks[:3]))["id"]
    await a_collection(stage.sessions, nova, [tracks[3]])
    payload = await stage.mutate(nova, "deleteCollection", "deletedCollectionId", id=collection)
    assert payload == {"deletedCollectionId": collection, "errors": []}
    for track in tracks[:3]:
        assert (await stage.ask(nova, COLLECTION_OF, id=track)) == {"track": {"collection": None}}
    assert await read(stage, nova, collection) is None
    tables = await stage.tables()
    assert (
        len(tables["collection"]),
        [term for term in tables["collection_term"] if collection in term],
    ) == (1, [])
    assert "pictures/pic_" in tables["job"][0]
    async with stage.nothing_changes():
        assert await delete(stage, nova, collection) == [("id", "NOT_FOUND")]
        assert await update(stage, nova, collection, name="X") == [("id", "NOT_FOUND")]


async def test_nobody_changes_anothers_collection(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    shown = await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova)])
    empty = await a_collection(stage.sessions, nova)
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    own = await a_track(stage.sessions, kilo)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("updateCollection", {"input": {"name": "Mine"}}),
        ("addTracksToCollection", {"input": {"trackIds": [own]}}),
        ("removeTracksFromCollection", {"input": {"trackIds": [own]}}),
        ("moveTrackInCollection", {"input": {"trackId": own}}),
        ("deleteCollection", {}),
    ]
    wrong = [
        (kilo, shown, ("id", "NOT_YOURS")), (kilo, empty, ("id", "NOT_FOUND")),
        (kilo, new_id("col"), ("id", "NOT_FOUND")), (kilo, "x", ("id", "NOT_FOUND")),
        (kilo, own, ("id", "WRONG_ID_TYPE")),
        (sam, shown, ("", "PRODUCER_REQUIRED")), (ari, shown, ("", "PRODUCER_REQUIRED")),
    ]  # fmt: skip
    async with stage.nothing_changes():
        for name, arguments in acts:
            for who, collection, refused in wrong:
                came = await stage.refusals(who, name, id=collection, **arguments)
                assert (name, collection, came) == (name, collection, [refused])
        assert await stage.refusals(ari, "createCollection", input=a_pack()) == [("", "PRODUCER_REQUIRED")]


async def test_a_deleted_track_leaves_its_collection(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova) for _ in range(3)]
    collection = await a_collection(stage.sessions, nova, tracks)
    assert await stage.refusals(nova, "deleteTrack", id=tracks[1]) == []
    assert await listed(stage, nova, collection) == [tracks[0], tracks[2]]
    assert await delete(stage, nova, collection) == []
