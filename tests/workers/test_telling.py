"""D-32, D-34: new uploads are reported at once, everybody is told once, and a rescan repeats nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.models.fingerprints import Fingerprint
from db.models.jobs import Job
from db.models.recon import ReconScan
from db.vocabulary import JobKind, ReconTrigger, TrackStatus
from tests.factories import (
    a_producer,
    a_track,
    a_verified_producer,
)
from tests.workers.looking import MATCHES, SCANS, long_ago, matches, notices, read_scan, two_that_share
from tests.workers.studio import Beats, Studio

pytestmark = pytest.mark.anyio


async def test_a_new_upload_is_reported_at_once_on_both_sides(studio: Studio, beats: Beats) -> None:
    nova, kilo, original, medley = await two_that_share(studio, beats)
    [scan] = (await studio.stage.ask(nova, SCANS))["reconScans"]["nodes"]
    [match] = await matches(studio, nova)
    assert scan == {
        "id": scan["id"],
        "trigger": "NEW_UPLOAD",
        "status": "DONE",
        "comparedCount": 1,
        "track": {"id": original},
        "matches": {"nodes": [{"id": match["id"]}]},
    }
    assert (await studio.stage.ask(kilo, SCANS))["reconScans"]["nodes"] == []
    assert {notice.account_id for notice in await notices(studio)} == {nova.account, kilo.account}
    assert match["track"] == {"id": medley}


async def test_a_blocked_copy_is_reported_to_the_producer_of_the_original(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = (
        await a_verified_producer(studio.stage.sessions, "Nova"),
        await a_producer(studio.stage.sessions, "Kilo"),
    )
    await studio.published(nova, beats.first, title="Original")
    await studio.check(await studio.upload(kilo, beats.trimmed, title="Midnight Ride"))
    [match] = await matches(studio, nova)
    assert (match["track"], match["found"]["title"]) == (None, "Midnight Ride")
    [notice] = await notices(studio)
    assert (notice.account_id, notice.subject_id) == (nova.account, match["id"])
    assert (notice.title, notice.path) == ("Similar audio found: Original", f"/recon/matches/{match['id']}")
    assert notice.body.startswith(
        "“Midnight Ride” by Kilo sounds like your track “Original”: very high similarity ("
    )
    assert "proof" not in notice.body
    assert (await studio.stage.ask(kilo, MATCHES)) == {"reconMatches": None}


async def test_what_one_uploader_repeats_is_listed_and_told_to_nobody(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions, "Nova")
    for wav in (beats.first, beats.medley):
        await studio.published(nova, wav)
    assert len(await matches(studio, nova)) == 2
    assert await notices(studio) == []
    assert (await studio.stage.ask(nova, SCANS))["reconScans"]["nodes"] == []


async def test_all_verified_producers_credited_are_told_once_and_the_others_not(
    studio: Studio, beats: Beats
) -> None:
    sessions = studio.stage.sessions
    nova, vera, uma, kilo = (
        await a_verified_producer(sessions, "Nova"),
        await a_verified_producer(sessions, "Vera"),
        await a_producer(sessions, "Uma"),
        await a_producer(sessions, "Kilo"),
    )
    credited = {"creditedProducerIds": [vera.producer, uma.producer]}
    original = await studio.published(nova, beats.first, **credited)
    await studio.published(kilo, beats.medley)
    told = await notices(studio)
    assert sorted(one.account_id for one in told) == sorted([nova.account, vera.account])
    for who in (nova, vera):
        [match] = await matches(studio, who)
        assert {one.subject_id for one in told} == {match["id"]}
    await studio.scanned(vera, trackId=original)
    assert len(await notices(studio)) == 2


async def test_a_rescan_repeats_nothing(studio: Studio, beats: Beats) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)
    [before], told = await matches(studio, nova), await notices(studio)
    await studio.stage.mutate(nova, "triageReconMatch", id=before["id"], input={"triage": "DISMISSED"})
    await long_ago(studio)
    await start_rescans(studio)
    rescan = await scheduled(studio, original)
    await studio.work(JobKind.RESCAN, rescan)
    scan = await read_scan(studio, nova, rescan)
    assert (scan["status"], scan["trigger"], scan["matches"]["nodes"]) == (
        "DONE",
        "SCHEDULED",
        [{"id": before["id"]}],
    )
    assert await matches(studio, nova) == [before | {"triage": "DISMISSED"}]
    assert [one.id for one in await notices(studio)] == [one.id for one in told]
    assert (await studio.counts())["recon_match"] == 2


async def start_rescans(studio: Studio) -> None:
    """What relay has done each hour."""
    key = f"hour-{now().isoformat()}"
    async with studio.stage.sessions.writing() as session:
        await jobs.add(session, JobKind.START_RESCANS, key=key)
    await studio.work(JobKind.START_RESCANS, key)


async def scheduled(studio: Studio, track: str) -> str:
    async with studio.stage.sessions.reading() as session:
        own = col(ReconScan.track_id) == track, col(ReconScan.trigger) == ReconTrigger.SCHEDULED
        return (await session.scalars(select(col(ReconScan.id)).where(*own))).one()


async def test_rescans_begin_for_what_is_due_the_oldest_first_and_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.recon.rescans.RESCANS_AT_ONCE", 2)
    nova = await a_producer(studio.stage.sessions)
    tracks = [await a_track(studio.stage.sessions, nova) for _ in range(5)]
    hidden = await a_track(studio.stage.sessions, nova, TrackStatus.HIDDEN)
    ages = {tracks[0]: 31, tracks[1]: 33, tracks[2]: 29, tracks[3]: 40, tracks[4]: 32, hidden: 50}
    async with studio.stage.sessions.writing() as session:
        for number, (track, days) in enumerate(ages.items()):
            scanned = update(Fingerprint).where(col(Fingerprint.track_id) == track)
            await session.execute(
                scanned.values(scanned_at=now() - timedelta(days=days), sequence=number + 1)
            )
    begun: list[set[str]] = []
    for _ in range(3):
        await start_rescans(studio)
        begun.append(await scanned_tracks(studio))
    oldest = {tracks[3], tracks[1]}
    assert begun == [oldest, oldest | {tracks[4], tracks[0]}, oldest | {tracks[4], tracks[0]}]
    async with studio.stage.sessions.reading() as session:
        added = list(await session.scalars(select(Job).where(col(Job.kind) == JobKind.RESCAN)))
    assert len(added) == 4


async def scanned_tracks(studio: Studio) -> set[str]:
    async with studio.stage.sessions.reading() as session:
        return {track for track in await session.scalars(select(col(ReconScan.track_id))) if track}


async def test_a_scan_of_a_track_puts_off_its_regular_rescan(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    await long_ago(studio)
    await studio.scanned(nova, trackId=track)
    async with studio.stage.sessions.reading() as session:
        scanned_at = await session.scalar(select(col(Fingerprint.scanned_at)))
    assert scanned_at
    assert now() - scanned_at < timedelta(minutes=1)
    before = await scanned_tracks(studio)
    await start_rescans(studio)
    assert (await studio.counts())["recon_scan"] == len(before) == 1


async def test_a_regular_rescan_that_waits_is_answered_and_moved_up(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    await long_ago(studio)
    await start_rescans(studio)
    waiting = await scheduled(studio, track)
    assert await studio.scanned(nova, trackId=track) == waiting
    assert (await read_scan(studio, nova, waiting))["status"] == "DONE"
    async with studio.stage.sessions.reading() as session:
        assert len(list(await session.scalars(select(ReconScan)))) == 1
    await studio.work(JobKind.RESCAN, waiting)
    assert (await studio.job(JobKind.RESCAN, waiting)).state == "DONE"


async def test_a_hidden_other_side_keeps_its_facts_and_shows_no_track(studio: Studio, beats: Beats) -> None:
    nova, kilo, _, medley = await two_that_share(studio, beats)
    await studio.stage.mutate(kilo, "setTrackVisibility", id=medley, input={"visible": False})
    [match] = await matches(studio, nova)
    assert (match["track"], match["found"]["title"]) == (None, "Grand Medley")
