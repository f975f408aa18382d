"""Saving a track (D-11 to D-14, D-40)."""

import asyncio
from datetime import timedelta

import pytest

from api.covers.art.draw import preset_id_of
from api.terms import LICENCE
from db.clock import now
from db.ids import new_id
from db.vocabulary import UploadPurpose, UploadStatus
from tests.catalog.entering import READ, an_entry, audio, create, created, errors_of
from tests.factories import a_completed_upload, a_listener, a_producer
from tests.stage import Stage

pytestmark = pytest.mark.anyio

EXCLUSIVE = {"price": {"amount": "299.00", "currency": "CAD"}, "contactEmail": "buy@nova.test"}


async def test_a_track_has_everything_that_was_entered_and_waits_for_its_check(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await created(
        stage, nova, tags=["#808", "Night"], moods=["dark"], description="One\n\nTwo", genres=["trap", "My Own"],
        creditedProducerIds=[kilo.producer, nova.producer],
    )  # fmt: skip
    assert await stage.ask(nova, READ, id=track["id"]) == {"track": track}
    del track["id"], track["shareUrl"], track["cover"], track["fingerprint"]
    assert track == {
        "title": "Night Drive",
        "artists": ["Nova"],
        "bpm": 140,
        "key": "A_SHARP",
        "scale": "MINOR",
        "keyLabel": "B♭ minor",
        "camelot": "3A",
        "openKey": "8m",
        "status": "PROCESSING",
        "durationMs": 180_000,
        "genres": ["Trap", "My Own"],
        "tags": ["808", "night"],
        "moods": ["Dark"],
        "description": "One\n\nTwo",
        "metadataComplete": True,
        "credits": [{"name": "Nova"}, {"name": "Kilo"}],
        "licensing": {"model": "STANDARD", "exclusive": None},
        "previewUrl": None,
        "publishedAt": None,
    }


async def test_a_track_comes_with_its_check_in_the_queue(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await created(stage, nova)
    assert track["fingerprint"]["status"] == "PENDING"
    analysis, check = sorted((await stage.tables())["job"], key=lambda job: "CHECK_DUPLICATE:" in job)
    assert f"CHECK_DUPLICATE:{track['id']}" in check
    assert "ANALYSE:upl_" in analysis


async def test_all_problems_of_a_track_are_told_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    wrong = an_entry(
        new_id("upl"), title="beat_v2.wav", artists=None, bpm=20, moods=["Blue"], tags=["x" * 31],
        genres=["Trap", "Trap"], cover={"presetId": "cvr_nothing"}, creditedProducerIds=[new_id("pro")],
        licensing={"model": "EXCLUSIVE_ONLY"},
    )  # fmt: skip
    async with stage.nothing_changes():
        payload = await create(stage, nova, wrong)
    assert sorted(errors_of(payload)) == [
        ("input.artists", "REQUIRED"),
        ("input.audioUploadId", "NOT_FOUND"),
        ("input.bpm", "OUT_OF_RANGE"),
        ("input.cover.presetId", "NOT_FOUND"),
        ("input.creditedProducerIds.0", "NOT_FOUND"),
        ("input.genres.1", "REPEATED"),
        ("input.licensing.exclusive", "REQUIRED"),
        ("input.moods.0", "UNKNOWN_VALUE"),
        ("input.tags.0", "TOO_LONG"),
        ("input.title", "TITLE_LIKE_FILE_NAME"),
    ]
    [title] = [error for error in payload["errors"] if error["path"] == ["input", "title"]]
    assert title["suggestion"] == "Beat"


async def test_artists_cannot_be_left_out(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova))
    del entry["artists"]
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, entry)) == [("input.artists", "REQUIRED")]


async def test_the_same_upload_and_input_again_is_the_same_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova))
    first = await create(stage, nova, entry)
    async with stage.nothing_changes():
        again = await create(stage, nova, entry)
    assert again == first
    assert first["track"]


async def test_the_same_track_sent_five_times_at_once_is_one_track(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova))
    payloads = await asyncio.gather(*(create(stage, nova, entry) for _ in range(5)))
    assert [payload["errors"] for payload in payloads] == [[]] * 5
    assert len({payload["track"]["id"] for payload in payloads}) == 1
    tables = await stage.tables()
    assert [len(tables[name]) for name in ("track", "fingerprint", "track_credit")] == [1] * 3
    assert len(tables["job"]) == 2


async def test_the_same_upload_with_other_input_is_used(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    upload = await audio(stage, nova)
    track = (await create(stage, nova, an_entry(upload)))["track"]["id"]
    async with stage.nothing_changes():
        payload = await create(stage, nova, an_entry(upload, title="Day Drive"))
    [error] = payload["errors"]
    assert (error["path"], error["code"]) == (["input", "audioUploadId"], "UPLOAD_USED")
    assert error["object"] == {"__typename": "Track", "id": track}


async def test_a_deleted_tracks_upload_is_used_also_with_the_same_input(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova))
    track = (await create(stage, nova, entry))["track"]["id"]
    await stage.mutate(nova, "deleteTrack", "deletedTrackId", id=track)
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, entry)) == [("input.audioUploadId", "UPLOAD_USED")]


async def test_only_an_own_completed_wav_is_taken(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    refused = {
        await audio(stage, kilo): "NOT_FOUND",
        await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART): "UPLOAD_WRONG_PURPOSE",
        await audio(stage, nova, status=UploadStatus.RECEIVING): "UPLOAD_INCOMPLETE",
        await audio(stage, nova, status=UploadStatus.REJECTED): "UPLOAD_UNUSABLE",
        await audio(stage, nova, status=UploadStatus.EXPIRED): "UPLOAD_UNUSABLE",
        await audio(stage, nova, expires_at=now() - timedelta(seconds=1)): "UPLOAD_UNUSABLE",
        new_id("trk"): "WRONG_ID_TYPE",
    }
    async with stage.nothing_changes():
        for upload, code in refused.items():
            payload = await create(stage, nova, an_entry(upload))
            assert errors_of(payload) == [("input.audioUploadId", code)]


async def test_an_own_picture_is_a_cover_and_of_one_track_alone(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    picture = await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART)
    track = await created(stage, nova, cover={"uploadId": picture}, genres=None)
    assert track["cover"]["url"].endswith("/medium.jpg")
    assert "/pictures/pic_" in track["cover"]["url"]
    entry = an_entry(await audio(stage, nova), cover={"uploadId": picture})
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, entry)) == [("input.cover.uploadId", "UPLOAD_USED")]


async def test_anothers_picture_is_not_there(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    picture = await a_completed_upload(stage.sessions, kilo, UploadPurpose.COVER_ART)
    entry = an_entry(await audio(stage, nova), cover={"uploadId": picture})
    async with stage.nothing_changes():
        assert errors_of(await create(stage, nova, entry)) == [("input.cover.uploadId", "NOT_FOUND")]


@pytest.mark.parametrize("genres", [None, [], ["Bachata"], ["My Own"]])
async def test_a_preset_needs_a_genre_that_it_was_made_for(stage: Stage, genres: list[str] | None) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova), genres=genres)
    async with stage.nothing_changes():
        refused = errors_of(await create(stage, nova, entry))
    assert refused == [("input.cover.presetId", "PRESET_WITHOUT_GENRE")]


async def test_a_preset_of_a_parent_genre_fits_and_many_tracks_share_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    soul = preset_id_of("Soul", number=2)
    covers = [await created(stage, nova, cover={"presetId": soul}, genres=["Neo-Soul"]) for _ in range(2)]
    assert covers[0]["cover"] == covers[1]["cover"]


async def test_too_many_genres_are_not_also_told_of_as_a_wrong_preset(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    entry = an_entry(await audio(stage, nova), genres=["Trap", "Pop", "Soul", "Rock"])
    assert errors_of(await create(stage, nova, entry)) == [("input.genres", "TOO_LONG")]


async def test_exactly_one_cover_is_given(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    query = "mutation($input: CreateTrackInput!) { createTrack(input: $input) { track { id } } }"
    async with stage.nothing_changes():
        for cover in ({}, {"presetId": "cvr_x", "uploadId": "upl_x"}):
            entry = an_entry(new_id("upl"), cover=cover)
            assert await stage.fault(nova, query, input=entry) == "BAD_REQUEST"


async def test_an_exclusive_offer_is_shown_to_its_owner_with_all_about_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    exclusive = EXCLUSIVE | {"acceptedTermsVersion": LICENCE.current}
    track = await created(stage, nova, licensing={"model": "STANDARD_AND_EXCLUSIVE", "exclusive": exclusive})
    assert track["licensing"]["exclusive"] == {
        "availability": "AVAILABLE",
        "price": {"amount": "299.00", "currency": "CAD", "minorUnits": "29900"},
        "contactEmail": "buy@nova.test",
        "acceptedTermsVersion": LICENCE.current,
    }


async def test_old_terms_are_answered_with_the_current_ones(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    exclusive = EXCLUSIVE | {"acceptedTermsVersion": "2020-01-01"}
    entry = an_entry(await audio(stage, nova), licensing={"model": "EXCLUSIVE_ONLY", "exclusive": exclusive})
    async with stage.nothing_changes():
        [error] = (await create(stage, nova, entry))["errors"]
    assert error["path"] == ["input", "licensing", "exclusive", "acceptedTermsVersion"]
    assert (error["__typename"], error["current"]) == ("TermsChanged", {"version": LICENCE.current})


async def test_listeners_create_nothing(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    entry = an_entry(await a_completed_upload(stage.sessions, ari))
    async with stage.nothing_changes():
        assert errors_of(await create(stage, ari, entry)) == [("", "PRODUCER_REQUIRED")]


async def test_words_that_grow_when_folded_are_stored(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await created(stage, nova, title="ﷺ" * 100, tags=["ﷺ" * 30])
    assert track["tags"] == ["ﷺ" * 30]


async def test_ids_of_another_type_are_told_of_beside_everything_else(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    async with stage.nothing_changes():
        entry = an_entry(nova.account) | {"title": " ", "creditedProducerIds": [nova.account]}
        payload = await create(stage, nova, entry)
    assert set(errors_of(payload)) == {
        ("input.audioUploadId", "WRONG_ID_TYPE"),
        ("input.title", "REQUIRED"),
        ("input.creditedProducerIds.0", "WRONG_ID_TYPE"),
    }
