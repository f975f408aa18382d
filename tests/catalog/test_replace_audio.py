"""Asking for new audio of a track (D-18): who may, for which tracks, with which files."""

import pytest
from sqlalchemy import select

from db.ids import new_id
from db.models.jobs import Job
from db.models.replacements import AudioReplacement
from db.session import Sessions
from db.vocabulary import FingerprintStatus, JobKind, TrackStatus, UploadPurpose, UploadStatus
from tests.catalog.entering import audio
from tests.factories import (
    a_completed_upload,
    a_producer,
    a_replacement,
    a_track,
    an_analysis,
    staff,
    the_upload_of,
)
from tests.stage import Somebody, Stage

pytestmark = pytest.mark.anyio

ABILITY = """query($id: ID!) { track(id: $id) { viewerCan { replaceAudio { allowed code } } } }"""


async def replace(stage: Stage, who: Somebody | None, track: str, upload: str) -> list[tuple[str, str]]:
    return await stage.refusals(who, "replaceTrackAudio", id=track, input={"audioUploadId": upload})


async def jobs_of(sessions: Sessions, upload: str) -> set[str]:
    async with sessions.reading() as session:
        rows = await session.scalars(select(Job))
        return {row.kind.value for row in rows if row.payload.get("upload") == upload}


async def test_new_audio_waits_for_its_check_and_is_measured(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track, upload = await a_track(stage.sessions, nova), await audio(stage, nova)
    assert await replace(stage, nova, track, upload) == []
    assert await jobs_of(stage.sessions, upload) == {JobKind.CHECK_REPLACEMENT.value, JobKind.ANALYSE.value}
    async with stage.sessions.reading() as session:
        row = await session.get_one(AudioReplacement, track)
    assert (row.upload_id, row.status) == (upload, FingerprintStatus.PENDING)


async def test_asking_again_changes_nothing(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track, upload = await a_track(stage.sessions, nova), await audio(stage, nova)
    await replace(stage, nova, track, upload)
    playing = await the_upload_of(stage.sessions, track)
    async with stage.nothing_changes():
        assert await replace(stage, nova, track, upload) == []
    for _ in range(2):
        assert await replace(stage, nova, track, playing) == [], "it plays already: what waits is put away"
        assert await the_upload_of(stage.sessions, track) == playing
    async with stage.sessions.reading() as session:
        assert await session.get(AudioReplacement, track) is None


async def test_another_upload_takes_the_place_of_the_one_that_waits(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track, upload = await a_track(stage.sessions, nova), await audio(stage, nova)
    first = await a_replacement(stage.sessions, nova, track)
    assert await replace(stage, nova, track, upload) == []
    async with stage.sessions.reading() as session:
        assert (await session.get_one(AudioReplacement, track)).upload_id == upload
    async with stage.nothing_changes():
        assert await replace(stage, nova, track, first) == [("input.audioUploadId", "UPLOAD_UNUSABLE")]


NOT_LIVE = {
    TrackStatus.PROCESSING: "NOT_PUBLISHED",
    TrackStatus.DUPLICATE: "NOT_PUBLISHED",
    TrackStatus.CHECK_FAILED: "NOT_PUBLISHED",
    TrackStatus.SOLD: "TRACK_LOCKED",
    TrackStatus.REMOVED: "NOT_FOUND",
}


@pytest.mark.parametrize("status", NOT_LIVE)
async def test_only_a_track_that_is_live_gets_new_audio(stage: Stage, status: TrackStatus) -> None:
    nova = await a_producer(stage.sessions)
    track, upload = await a_track(stage.sessions, nova, status), await audio(stage, nova)
    async with stage.nothing_changes():
        assert await replace(stage, nova, track, upload) == [("id", NOT_LIVE[status])]
    if status is not TrackStatus.REMOVED:
        button = (await stage.ask(nova, ABILITY, id=track))["track"]["viewerCan"]["replaceAudio"]
        assert button == {"allowed": False, "code": NOT_LIVE[status]}


@pytest.mark.parametrize("status", [TrackStatus.PUBLISHED, TrackStatus.HIDDEN])
async def test_the_button_is_open_for_a_track_that_is_live(stage: Stage, status: TrackStatus) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    button = (await stage.ask(nova, ABILITY, id=track))["track"]["viewerCan"]["replaceAudio"]
    assert button == {"allowed": True, "code": None}


async def test_nobody_else_puts_audio_under_a_track(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track, hidden = [
        await a_track(stage.sessions, nova, one) for one in (TrackStatus.PUBLISHED, TrackStatus.HIDDEN)
    ]
    upload, sam = await audio(stage, kilo), await staff(stage.sessions)
    async with stage.nothing_changes():
        assert await replace(stage, kilo, track, upload) == [("id", "NOT_YOURS")]
        assert await replace(stage, kilo, hidden, upload) == [("id", "NOT_FOUND")]
        assert await replace(stage, sam, track, upload) == [("", "PRODUCER_REQUIRED")]
    assert (await stage.ask(kilo, ABILITY, id=track))["track"]["viewerCan"]["replaceAudio"][
        "code"
    ] == "NOT_YOURS"


async def test_only_an_own_completed_wav_is_taken(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova)
    other = await a_track(stage.sessions, nova)
    refused = {
        new_id("upl"): "NOT_FOUND",
        new_id("trk"): "WRONG_ID_TYPE",
        await audio(stage, kilo): "NOT_FOUND",
        await a_completed_upload(stage.sessions, nova, UploadPurpose.COVER_ART): "UPLOAD_WRONG_PURPOSE",
        await audio(stage, nova, status=UploadStatus.RECEIVING): "UPLOAD_INCOMPLETE",
        await audio(stage, nova, status=UploadStatus.REJECTED): "UPLOAD_UNUSABLE",
        await the_upload_of(stage.sessions, other): "UPLOAD_USED",
        await a_replacement(stage.sessions, nova, other): "UPLOAD_USED",
    }
    await a_replacement(stage.sessions, nova, track)
    async with stage.nothing_changes():
        for upload, code in refused.items():
            assert await replace(stage, nova, track, upload) == [("input.audioUploadId", code)]


async def test_a_deleted_track_takes_what_waits_for_it_along(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    upload = await a_replacement(stage.sessions, nova, track)
    await an_analysis(stage.sessions, upload)
    await stage.mutate(nova, "deleteTrack", id=track)
    tables = await stage.tables()
    assert (tables["audio_replacement"], tables["audio_analysis"]) == ([], [])
    assert [f"masters/{upload}.wav" in job for job in tables["job"]].count(True) == 1
