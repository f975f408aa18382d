"""From a stored WAV to measured facts: the job, its repetition, and files that are gone."""

import asyncio
import os
import signal
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from api.catalog.analyses import have_missing_analysed
from api.uploads.dock import have_analysed
from api.uploads.rules import stored_key
from db.clock import now
from db.ids import UploadId
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.uploads import Upload
from db.queries import analyses
from db.queries.analyses import AnalysisRow
from db.sound import Sound, likeness, parse
from db.vocabulary import (
    BeatRequestStatus,
    JobKind,
    JobState,
    Scale,
    TrackStatus,
    UploadPurpose,
    UploadStatus,
)
from tests.catalog.entering import an_entry, create
from tests.factories import (
    Beatmaker,
    a_completed_upload,
    a_listener,
    a_producer,
    a_track,
    an_analysis,
    the_upload_of,
)
from tests.requests.wanted import a_request
from tests.tools.databases import on_sqlite
from tests.workers.studio import Beats, Studio
from workers.audio.measured import MODEL

pytestmark = pytest.mark.anyio

_WATCH = """subscription($id: ID!) { uploadChanged(id: $id) { status analysis { bpm key scale waveform(points: 10) } } }"""
_ANALYSIS = "query($id: ID!) { track(id: $id) { status analysis { bpm } } }"


async def uploaded(studio: Studio, who: Beatmaker, wav: Path) -> UploadId:
    """A completed upload whose job waits, as `finish` leaves it."""
    upload = await a_completed_upload(studio.stage.sessions, who)
    await stored(studio, upload, wav)
    return upload


async def stored(studio: Studio, upload: UploadId, wav: Path) -> None:
    """The bytes of an upload, and its job."""
    await studio.stage.services.storage.put(stored_key(UploadPurpose.TRACK_AUDIO, upload), wav.read_bytes())
    async with studio.stage.sessions.writing() as session:
        await have_analysed(session, upload)


async def measured(studio: Studio, upload: UploadId) -> AnalysisRow | None:
    async with studio.stage.sessions.reading() as session:
        rows = await analyses.analyses(session, [upload])
    return rows[0] if rows else None


async def to_match_again(studio: Studio) -> list[dict[str, str]]:
    """What jobs of matching are about."""
    kinds = (JobKind.MATCH_TRACK, JobKind.MATCH_REQUEST)
    async with studio.stage.sessions.reading() as session:
        jobs = await session.scalars(select(Job).where(col(Job.kind).in_(kinds)).order_by(col(Job.key)))
        return [job.payload for job in jobs]


async def waiting(studio: Studio) -> list[str]:
    """The files that a job is about."""
    async with studio.stage.sessions.reading() as session:
        jobs = await session.scalars(select(Job).where(col(Job.kind) == JobKind.ANALYSE))
        return sorted(job.payload["upload"] for job in jobs)


async def test_an_upload_is_heard_before_a_track_is_made_of_it_and_its_watcher_is_told(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await uploaded(studio, nova, beats.first)
    async with aclosing(studio.stage.watch(nova, _WATCH, id=upload)) as events:
        before = (await anext(events)).data["uploadChanged"]
        assert before == {"status": "COMPLETED", "analysis": None}
        await studio.work(JobKind.ANALYSE, upload)
        after = (await asyncio.wait_for(anext(events), 10)).data["uploadChanged"]["analysis"]
    assert (round(after["bpm"]), after["key"], after["scale"]) == (142, "A_SHARP", "MINOR")
    assert (len(after["waveform"]), max(after["waveform"])) == (10, 229)
    assert (await studio.job(JobKind.ANALYSE, upload)).state is JobState.DONE


async def test_what_was_measured_once_is_measured_again_into_the_same_row(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await uploaded(studio, nova, beats.first)
    await an_analysis(studio.stage.sessions, upload, bpm=61)
    await studio.work(JobKind.ANALYSE, upload)
    row = await measured(studio, upload)
    assert row
    assert (row.model, round(row.bpm), row.pitch_class, row.scale) == (MODEL, 142, 10, Scale.MINOR)
    async with studio.stage.nothing_changes():
        await studio.work(JobKind.ANALYSE, upload)


async def test_how_a_beat_sounds_is_kept_and_a_copy_without_its_start_sounds_like_it(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    sounds: list[Sound] = []
    for wav in (beats.first, beats.trimmed, beats.other):
        upload = await uploaded(studio, nova, wav)
        await studio.work(JobKind.ANALYSE, upload)
        row = await measured(studio, upload)
        assert row
        assert row.sound
        sounds.append(parse(row.sound))
    first, trimmed, other = sounds
    assert likeness(first, trimmed) > 0.8 > likeness(first, other)


async def test_whoever_depends_on_a_sound_is_matched_again_once_it_is_known(
    studio: Studio, beats: Beats
) -> None:
    sessions = studio.stage.sessions
    nova, vera = await a_producer(sessions), await a_listener(sessions)
    track, other = await a_track(sessions, nova), await a_track(sessions, nova)
    upload = await the_upload_of(sessions, track)
    await stored(studio, upload, beats.short)
    by_file = await a_request(sessions, vera, reference_upload_id=upload)
    by_track = await a_request(sessions, vera, reference_track_id=track)
    over = now() - timedelta(seconds=1)
    await a_request(sessions, vera, reference_track_id=track, expires_at=over)
    await a_request(sessions, vera, reference_track_id=track, status=BeatRequestStatus.DELETED)
    await a_request(sessions, vera, reference_track_id=other)
    await a_request(sessions, vera)
    await studio.work(JobKind.ANALYSE, upload)
    wanted = [{"request": one} for one in sorted((by_file, by_track))] + [{"track": track}]
    assert await to_match_again(studio) == wanted
    await studio.change_job(JobKind.ANALYSE, upload, state=JobState.READY)
    await studio.work(JobKind.ANALYSE, upload)
    assert await to_match_again(studio) == wanted


async def test_a_file_that_nothing_depends_on_has_nothing_matched(studio: Studio, beats: Beats) -> None:
    upload = await uploaded(studio, await a_producer(studio.stage.sessions), beats.short)
    await studio.work(JobKind.ANALYSE, upload)
    assert await to_match_again(studio) == []


async def test_neither_verdict_nor_publication_waits_for_the_analysis(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    shown = (await studio.stage.ask(nova, _ANALYSIS, id=track))["track"]
    assert shown == {"status": "PUBLISHED", "analysis": None}
    await studio.work(JobKind.ANALYSE, await the_upload_of(studio.stage.sessions, track))
    shown = (await studio.stage.ask(nova, _ANALYSIS, id=track))["track"]
    assert round(shown["analysis"]["bpm"]) == 142


async def test_a_track_of_an_upload_from_before_is_analysed_once(studio: Studio) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await a_completed_upload(studio.stage.sessions, nova)
    for _ in range(2):
        assert (await create(studio.stage, nova, an_entry(upload)))["errors"] == []
    assert await waiting(studio) == [upload]


async def test_a_file_that_is_gone_settles_its_job_and_leaves_nothing(studio: Studio) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await a_completed_upload(studio.stage.sessions, nova)
    async with studio.stage.sessions.writing() as session:
        await have_analysed(session, upload)
    await studio.work(JobKind.ANALYSE, upload)
    assert (await studio.job(JobKind.ANALYSE, upload)).state is JobState.DONE
    assert await measured(studio, upload) is None


async def test_an_upload_that_expires_while_it_is_heard_keeps_nothing(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await uploaded(studio, nova, beats.short)
    run = studio.analyst.run

    async def late(name: str, *args: object, timeout_s: float) -> object:
        found = await run(name, *args, timeout_s=timeout_s)
        async with studio.stage.sessions.writing() as session:
            await session.execute(update(Upload).values(status=UploadStatus.EXPIRED))
        return found

    monkeypatch.setattr(studio.analyst, "run", late)
    await studio.work(JobKind.ANALYSE, upload)
    assert (await studio.job(JobKind.ANALYSE, upload)).state is JobState.DONE
    assert await measured(studio, upload) is None


async def test_a_deleted_track_leaves_no_analysis_behind(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await a_track(studio.stage.sessions, nova)
    upload = await the_upload_of(studio.stage.sessions, track)
    await an_analysis(studio.stage.sessions, upload)
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    assert await measured(studio, upload) is None
    by_the_deletion = await to_match_again(studio)
    await stored(studio, upload, beats.short)
    await studio.work(JobKind.ANALYSE, upload)
    assert await measured(studio, upload) is None
    assert await to_match_again(studio) == by_the_deletion


async def test_the_sweep_has_tracks_analysed_that_were_missed(studio: Studio) -> None:
    sessions = studio.stage.sessions
    nova = await a_producer(sessions)
    missed, done, removed, older = [
        await a_track(sessions, nova, status)
        for status in (TrackStatus.PUBLISHED, TrackStatus.PUBLISHED, TrackStatus.REMOVED, TrackStatus.HIDDEN)
    ]
    await an_analysis(sessions, await the_upload_of(sessions, done), model=MODEL)
    await an_analysis(sessions, await the_upload_of(sessions, older), model="an older one")
    for _ in range(2):
        await have_missing_analysed(sessions, model=MODEL)
        wanted = [await the_upload_of(sessions, track) for track in (missed, older)]
        assert await waiting(studio) == sorted(wanted)
    assert await the_upload_of(sessions, removed) not in await waiting(studio)


async def test_the_sweep_has_samples_of_open_requests_analysed_too(studio: Studio) -> None:
    sessions = studio.stage.sessions
    vera = await a_listener(sessions)
    missed, done, older, closed = [await a_completed_upload(sessions, vera) for _ in range(4)]
    for sample in (missed, missed, done, older):
        await a_request(sessions, vera, reference_upload_id=sample)
    await a_request(sessions, vera, reference_upload_id=closed, status=BeatRequestStatus.EXPIRED)
    await an_analysis(sessions, done, model=MODEL)
    await an_analysis(sessions, older, model="an older one")
    for _ in range(2):
        await have_missing_analysed(sessions, model=MODEL)
        assert await waiting(studio) == sorted([missed, older])


async def test_the_sweep_adds_a_hundred_at_a_time(studio: Studio) -> None:
    sessions = studio.stage.sessions
    nova = await a_producer(sessions)
    for _ in range(103):
        await a_track(sessions, nova)
    for jobs in (100, 103, 103):
        await have_missing_analysed(sessions, model=MODEL)
        assert len(await waiting(studio)) == jobs


@on_sqlite
async def test_a_child_that_is_killed_is_replaced_and_the_job_done_by_the_next(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    upload = await uploaded(studio, nova, beats.first)
    await studio.analyst.warm()
    pid = studio.analyst.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    working = asyncio.create_task(studio.work(JobKind.ANALYSE, upload))
    await asyncio.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    await working
    failed = await studio.job(JobKind.ANALYSE, upload)
    assert (failed.state, "AudioChildDied" in (failed.last_error or "")) == (JobState.READY, True)
    assert await measured(studio, upload) is None
    await studio.change_job(JobKind.ANALYSE, upload, run_at=failed.created_at)
    await studio.work(JobKind.ANALYSE, upload)
    assert studio.analyst.pid not in {None, pid}
    assert await measured(studio, upload)


async def test_an_upload_that_is_gone_takes_its_analysis_along(studio: Studio) -> None:
    upload = await a_completed_upload(studio.stage.sessions, await a_producer(studio.stage.sessions))
    await an_analysis(studio.stage.sessions, upload)
    async with studio.stage.sessions.writing() as session:
        await session.execute(delete(Upload).where(col(Upload.id) == upload))
    async with studio.stage.sessions.reading() as session:
        assert await session.get(AudioAnalysis, upload) is None
