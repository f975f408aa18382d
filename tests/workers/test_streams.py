"""D-51: what listeners hear of whole tracks is made when a track is published, and goes when nobody plays it."""

from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from api.catalog.streams import have_missing_streams_made
from api.uploads.rules import stream_key
from db.ids import UploadId
from db.models.jobs import Job
from db.models.plays import AudioStream
from db.vocabulary import JobKind, TrackStatus
from tests.audio.streams import stream_of
from tests.factories import a_listener, a_producer, a_track, the_upload_of
from tests.licences.licensed import a_subscriber, licensed
from tests.plays.listening import opening
from tests.workers.studio import Beats, Studio
from tests.workers.test_replacements import replaced

pytestmark = pytest.mark.anyio
STREAM = JobKind.MAKE_STREAM


async def streams(studio: Studio) -> list[UploadId]:
    async with studio.stage.sessions.reading() as session:
        return list(await session.scalars(select(col(AudioStream.upload_id))))


async def stored(studio: Studio, upload: UploadId) -> int | None:
    return await studio.stage.services.storage.size(stream_key(upload))


async def test_the_stream_is_the_whole_track_in_160_kbit_and_made_once(
    studio: Studio, beats: Beats, tmp_path: Path
) -> None:
    sessions = studio.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    track = await studio.published(nova, beats.first)
    upload = await the_upload_of(sessions, track)
    assert "/previews/" in (await opening(studio.stage, ari, track))["streamUrl"]
    await studio.work(STREAM, upload)
    play = await opening(studio.stage, ari, track)
    assert f"/streams/{upload}.mp3?" in play["streamUrl"]
    file = tmp_path / "made.mp3"
    file.write_bytes(await studio.stage.services.storage.get(stream_key(upload)))
    assert stream_of(file) == "Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 160 kb/s"
    assert file.stat().st_size == pytest.approx(20 * 160_000 / 8, rel=0.02)
    async with studio.stage.nothing_changes():
        await studio.work(STREAM, upload)


async def test_a_stream_goes_with_its_track_also_where_a_licensee_keeps_the_wav(
    studio: Studio, beats: Beats
) -> None:
    sessions = studio.stage.sessions
    nova, ari = await a_producer(sessions), await a_subscriber(sessions)
    kept, free = await studio.published(nova, beats.first), await studio.published(nova, beats.other)
    await licensed(studio.stage, ari, kept)
    uploads = [await the_upload_of(sessions, track) for track in (kept, free)]
    for track, upload in zip((kept, free), uploads, strict=True):
        await studio.work(STREAM, upload)
        await studio.stage.mutate(nova, "deleteTrack", id=track)
    await studio.delete_files()
    assert await streams(studio) == []
    assert [await stored(studio, upload) for upload in uploads] == [None, None]


async def test_a_track_that_is_deleted_while_its_stream_is_made_leaves_none(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await the_upload_of(studio.stage.sessions, track)
    storage = studio.stage.services.storage
    put = storage.put

    async def late(key: str, data: bytes, *, content_type: str) -> None:
        await studio.stage.mutate(nova, "deleteTrack", id=track)
        await studio.delete_files()
        await put(key, data, content_type=content_type)

    monkeypatch.setattr(storage, "put", late)
    await studio.work(STREAM, upload)
    await studio.work(JobKind.DELETE_FILES, f"stream:{upload}")
    assert (await stored(studio, upload), await streams(studio)) == (None, [])
    assert (await studio.job(STREAM, upload)).state == "DONE"


async def test_new_audio_has_a_stream_of_its_own_and_the_old_one_goes(studio: Studio, beats: Beats) -> None:
    sessions = studio.stage.sessions
    nova = await a_producer(sessions)
    track = await studio.published(nova, beats.first)
    old = await the_upload_of(sessions, track)
    await studio.work(STREAM, old)
    new = await replaced(studio, nova, track, beats.other)
    assert await streams(studio) == []
    await studio.work(STREAM, new)
    await studio.delete_files()
    assert await streams(studio) == [new]
    assert await stored(studio, old) is None


async def test_the_sweep_has_streams_made_that_are_missing(studio: Studio, beats: Beats) -> None:
    sessions = studio.stage.sessions
    nova = await a_producer(sessions)
    shown, hidden = await a_track(sessions, nova), await a_track(sessions, nova, TrackStatus.HIDDEN)
    for status in (TrackStatus.SOLD, TrackStatus.DUPLICATE, TrackStatus.REMOVED, TrackStatus.PROCESSING):
        await a_track(sessions, nova, status)
    there = await studio.published(nova, beats.first)
    await studio.work(STREAM, await the_upload_of(sessions, there))
    async with sessions.writing() as session:
        await session.execute(delete(Job).where(col(Job.kind) == STREAM))
    await have_missing_streams_made(sessions)
    async with sessions.reading() as session:
        found = await session.scalars(select(col(Job.payload)).where(col(Job.kind) == STREAM))
        missing = sorted(payload["upload"] for payload in found)
    assert missing == sorted([await the_upload_of(sessions, track) for track in (shown, hidden)])
