"""Changing, hiding and deleting a track (D-18, D-37, D-45, D-84)."""

from datetime import datetime
from typing import Any

import pytest

from api.catalog.completeness import note_completeness
from db.ids import new_id
from db.models.tracks import Track
from db.vocabulary import TrackStatus, UploadPurpose
from tests.catalog.entering import READ, an_entry, audio, create, created, errors_of
from tests.factories import a_completed_upload, a_listener, a_producer, a_track, staff
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

FOUND = "query($tag: String!) { tracks(where: {tag: {eq: $tag}}) { totalCount } }"


async def update(stage: Stage, who: Somebody, track: str, **changes: Any) -> list[tuple[str, str]]:
    return await stage.refusals(who, "updateTrack", id=track, input=changes)


async def show(stage: Stage, who: Somebody, track: str, *, visible: bool) -> list[tuple[str, str]]:
    return await stage.refusals(who, "setTrackVisibility", id=track, input={"visible": visible})


async def delete(stage: Stage, who: Somebody, track: str) -> list[tuple[str, str]]:
    return await stage.refusals(who, "deleteTrack", id=track)


async def read(stage: Stage, who: Somebody | None, track: str) -> Json:
    shown: Json = (await stage.ask(who, READ, id=track))["track"]
    return shown


async def test_what_is_left_out_stays(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["808"], description="Text")
    before = await read(stage, nova, track)
    assert await update(stage, nova, track, bpm=70) == []
    assert await read(stage, nova, track) == before | {"bpm": 70}
    async with stage.nothing_changes():
        assert await update(stage, nova, track) == []


async def test_null_clears_and_a_list_replaces_the_list(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova, tags=["808"], description="Text", credited=[kilo])
    changes = {"description": None, "tags": ["tape", "keys"], "moods": None, "creditedProducerIds": None}
    assert await update(stage, nova, track, **changes) == []
    after = await read(stage, nova, track)
    assert (after["description"], after["tags"], after["metadataComplete"]) == (None, ["tape", "keys"], False)
    assert after["credits"] == [{"name": "Nova"}]
    counts = [(await stage.ask(None, FOUND, tag=tag))["tracks"]["totalCount"] for tag in ("808", "tape")]
    assert counts == [0, 1]


@pytest.mark.parametrize("fact", ["title", "artists", "bpm", "key", "scale"])
async def test_what_a_track_needs_cannot_be_cleared(stage: Stage, fact: str) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        assert await update(stage, nova, track, **{fact: None}) == [(f"input.{fact}", "REQUIRED")]


async def test_all_problems_of_a_change_are_told_at_once_and_none_of_it_is_done(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        refused = await update(
            stage, nova, track, title="x.wav", bpm=1, description="Good",
            cover={"presetId": "cvr_x"}, creditedProducerIds=["pro_x"],
        )  # fmt: skip
    assert refused == [
        ("input.title", "TITLE_LIKE_FILE_NAME"),
        ("input.bpm", "OUT_OF_RANGE"),
        ("input.cover.presetId", "NOT_FOUND"),
        ("input.creditedProducerIds.0", "NOT_FOUND"),
    ]


async def test_genres_cannot_leave_a_preset_cover_behind(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        refused = await update(stage, nova, track, genres=["Bachata"])
    assert refused == [("input.genres", "PRESET_WITHOUT_GENRE")]


async def test_a_hidden_track_is_out_of_the_catalogue_and_comes_back(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    published = (await read(stage, None, track))["publishedAt"]
    for _ in range(2):
        assert await show(stage, nova, track, visible=False) == []
        assert await read(stage, None, track) is None
        assert (await read(stage, nova, track))["status"] == "HIDDEN"
    assert await show(stage, nova, track, visible=True) == []
    assert (await read(stage, None, track))["publishedAt"] == published


@pytest.mark.parametrize("status", [TrackStatus.PROCESSING, TrackStatus.DUPLICATE, TrackStatus.CHECK_FAILED])
async def test_nothing_gets_around_the_check_by_being_shown(stage: Stage, status: TrackStatus) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    async with stage.nothing_changes():
        for visible in (True, False):
            assert await show(stage, nova, track, visible=visible) == [("id", "NOT_PUBLISHED")]


async def test_a_deleted_track_is_gone_with_its_sound_and_its_files(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["808"])
    payload = await stage.mutate(nova, "deleteTrack", "deletedTrackId", id=track)
    assert payload == {"deletedTrackId": track, "errors": []}
    assert await read(stage, nova, track) is None
    assert (await stage.ask(nova, "query($id: ID!) { node(id: $id) { id } }", id=track)) == {"node": None}
    tables = await stage.tables()
    assert (tables["fingerprint"], tables["posting"], tables["track_label"]) == ([], [], [])
    [job] = [job for job in tables["job"] if "DELETE_FILES" in job]
    assert "DELETE_FILES" in job
    assert f"previews/{track}.mp3" in job
    async with stage.nothing_changes():
        assert await delete(stage, nova, track) == [("id", "NOT_FOUND")]


async def test_the_same_file_can_be_uploaded_again_after_its_track_is_deleted(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, audio_sha256="a" * 64)
    await delete(stage, nova, track)
    again = await create(stage, nova, an_entry(await audio(stage, nova, sha256="a" * 64)))
    assert (errors_of(again), again["track"]["status"]) == ([], "PROCESSING")


async def test_a_sold_track_is_locked_but_for_its_cover(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    picture = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    locked = [("id", "TRACK_LOCKED")]
    async with stage.nothing_changes():
        assert await update(stage, nova, track, bpm=70) == locked
        assert await update(stage, nova, track, bpm=70, cover={"uploadId": picture}) == locked
        assert await update(stage, nova, track, creditedProducerIds=[]) == locked
        assert await show(stage, nova, track, visible=False) == locked
        assert await delete(stage, nova, track) == locked
    assert await update(stage, nova, track, cover={"uploadId": picture}) == []
    assert "/pictures/" in (await read(stage, nova, track))["cover"]["url"]


async def test_a_lock_names_the_track_as_it_is(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    [error] = (await stage.mutate(nova, "deleteTrack", id=track))["errors"]
    assert error["object"] == {"__typename": "Track", "id": track}


async def test_nobody_changes_anothers_track(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova, credited=[kilo])
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)
    async with stage.nothing_changes():
        for who, refused in (
            (kilo, ("id", "NOT_YOURS")),
            (sam, ("", "PRODUCER_REQUIRED")),
            (ari, ("", "PRODUCER_REQUIRED")),
        ):
            assert await update(stage, who, track, bpm=70) == [refused]
            assert await show(stage, who, track, visible=False) == [refused]
            assert await delete(stage, who, track) == [refused]


async def test_what_is_no_track_is_not_changed(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        for track, code in (
            (new_id("trk"), "NOT_FOUND"),
            (nova.producer, "WRONG_ID_TYPE"),
            ("x", "NOT_FOUND"),
        ):
            assert await delete(stage, nova, track) == [("id", code)]


async def test_buttons_say_what_the_mutations_would(stage: Stage) -> None:
    nova, kilo, sam = (
        await a_producer(stage.sessions),
        await a_producer(stage.sessions, "Kilo"),
        await staff(stage.sessions),
    )
    track = await a_track(stage.sessions, nova)
    sold = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    query = (
        "query($id: ID!) { track(id: $id) { viewerCan { edit { allowed code } delete { allowed code } } } }"
    )

    async def buttons(who: Somebody | None, one: str) -> list[str | None]:
        can = (await stage.ask(who, query, id=one))["track"]["viewerCan"]
        assert all(button["allowed"] is (button["code"] is None) for button in can.values())
        return [can["edit"]["code"], can["delete"]["code"]]

    assert await buttons(nova, track) == [None, None]
    assert await buttons(nova, sold) == ["TRACK_LOCKED", "TRACK_LOCKED"]
    assert await buttons(kilo, track) == ["NOT_YOURS", "NOT_YOURS"]
    assert await buttons(None, track) == ["SIGN_IN_REQUIRED", "SIGN_IN_REQUIRED"]
    taken = {"role": "PRODUCER", "granted": False, "reason": "Gone"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    assert await buttons(nova, track) == ["PRODUCER_REQUIRED", "PRODUCER_REQUIRED"]


async def test_a_cover_cannot_be_cleared(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        assert await update(stage, nova, track, cover=None) == [("input.cover", "REQUIRED")]


SEARCH = "query($where: TrackWhere!) { tracks(where: $where) { nodes { title } } }"


@pytest.mark.parametrize("status", [TrackStatus.PUBLISHED, TrackStatus.HIDDEN])
async def test_facts_and_cover_stay_editable_after_publication_and_search_follows(
    stage: Stage, status: TrackStatus
) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(
        stage.sessions, nova, status, title="Night Drive", tags=["808"], description="Old words"
    )
    before = await read(stage, nova, track)
    picture = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    changes: Json = {
        "title": "Day Walk", "artists": ["Nova Keys"], "bpm": 90, "key": "F_SHARP", "scale": "MAJOR", "genres": ["Drill"],
        "tags": ["tape"], "moods": ["Dark"], "description": "New sentence",
    }  # fmt: skip
    assert await update(stage, nova, track, **changes, cover={"uploadId": picture}) == []
    after = await read(stage, nova, track)
    assert {name: after[name] for name in changes} == changes
    assert "/pictures/" in after["cover"]["url"]
    same = ("status", "publishedAt", "shareUrl", "durationMs", "fingerprint")
    assert [after[name] for name in same] == [before[name] for name in same]
    mine = {"status": {"eq": status.value}} if status is TrackStatus.HIDDEN else {}
    for words, found in (
        ("day walk", 1),
        ("tape", 1),
        ("sentence", 1),
        ("night drive", 0),
        ("808", 0),
        ("old", 0),
    ):
        asked = await stage.ask(nova, SEARCH, where={"search": words, **mine})
        assert (words, len(asked["tracks"]["nodes"])) == (words, found)


async def completed_at(stage: Stage, track: str) -> datetime | None:
    async with stage.sessions.reading() as session:
        return (await session.get_one(Track, track)).metadata_completed_at


async def test_a_track_is_complete_for_the_first_time_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = (await created(stage, nova, tags=["808"]))["id"]
    assert await completed_at(stage, track) is None
    await update(stage, nova, track, bpm=90)
    assert await completed_at(stage, track) is None, "it has no description"
    await update(stage, nova, track, description="Slow bells.")
    first = await completed_at(stage, track)
    assert first is not None
    assert (await read(stage, nova, track))["metadataComplete"]
    await update(stage, nova, track, tags=[])
    assert not (await read(stage, nova, track))["metadataComplete"]
    await update(stage, nova, track, tags=["tape"])
    assert await completed_at(stage, track) == first


async def test_a_track_may_be_complete_from_the_first(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await created(stage, nova, tags=["808"], description="Slow bells.")
    assert track["metadataComplete"]
    assert await completed_at(stage, track["id"]) is not None


async def test_that_a_track_is_complete_is_said_once_whoever_asks(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, tags=["808"], description="Text")
    answers: list[bool] = []
    for _ in range(2):
        async with stage.sessions.writing() as session:
            answers.append(await note_completeness(session, track))
    assert answers == [True, False]
