"""D-32 to D-34: scans of tracks and samples at work, with the real engine."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.models.fingerprints import Fingerprint
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.recon import ReconScan
from db.vocabulary import JobKind, ReconTrigger, TrackStatus
from tests.factories import (
    Beatmaker,
    Person,
    a_listener,
    a_producer,
    a_scan,
    a_track,
    a_verified_producer,
    staff,
)
from tests.stage import Json
from tests.workers.studio import MEDLEY_AFTER_S, Beats, Studio, Watched

pytestmark = pytest.mark.anyio

SCAN = """query($id: ID!) { reconScan(id: $id) { id status stage progress comparedCount trigger
  startedAt finishedAt error { message retryable } track { id } upload { id }
  matches { totalCount nodes { id } } } }"""
MATCH = """id matchClass relation similarity band queryCoverage referenceCoverage speedRatio pitchShiftSemitones
  triage firstSeenAt ownTrack { id } track { id } found { title artists producerName }
  segments { queryStartMs queryEndMs referenceStartMs referenceEndMs similarity }"""
MATCHES = f"{{ reconMatches {{ totalCount nodes {{ {MATCH} }} }} }}"
SCANS = "{ reconScans { nodes { id trigger status comparedCount track { id } matches { nodes { id } } } } }"


async def read_scan(studio: Studio, who: Person, scan: str) -> Json:
    shown: Json = (await studio.stage.ask(who, SCAN, id=scan))["reconScan"]
    return shown


async def matches(studio: Studio, who: Person) -> list[Json]:
    listed: Json = (await studio.stage.ask(who, MATCHES))["reconMatches"]
    assert listed["totalCount"] == len(listed["nodes"])
    found: list[Json] = listed["nodes"]
    return found


async def notices(studio: Studio) -> list[Notification]:
    async with studio.stage.sessions.reading() as session:
        return list(await session.scalars(select(Notification)))


async def two_that_share(studio: Studio, beats: Beats) -> tuple[Beatmaker, Beatmaker, str, str]:
    """Nova's beat, and Kilo's medley of which it is a part; both published, both verified."""
    nova, kilo = [await a_verified_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    original = await studio.published(nova, beats.first, title="Original")
    medley = await studio.published(kilo, beats.medley, title="Grand Medley")
    return nova, kilo, original, medley


async def test_a_scan_finds_who_has_a_part_of_it_and_raises_both_sides(studio: Studio, beats: Beats) -> None:
    nova, kilo, original, medley = await two_that_share(studio, beats)
    await studio.published(kilo, beats.other)
    await studio.forget_what_was_found()
    scan = await read_scan(studio, nova, await studio.scanned(nova, trackId=original))
    over = {"status": "DONE", "stage": "FINISHED", "progress": 1.0, "comparedCount": 2, "error": None}
    assert {name: scan[name] for name in over} == over
    assert (scan["trigger"], scan["track"], scan["upload"]) == ("MANUAL", {"id": original}, None)
    [own], [others] = await matches(studio, nova), await matches(studio, kilo)
    assert scan["matches"]["nodes"] == [{"id": own["id"]}]
    assert (own["ownTrack"], own["track"]) == ({"id": original}, {"id": medley})
    assert (own["matchClass"], own["relation"]) == ("PARTIAL", "SAME_RECORDING")
    assert own["found"] == {"title": "Grand Medley", "artists": ["Nova"], "producerName": "Kilo"}
    [segment] = own["segments"]
    assert abs(segment["referenceStartMs"] - segment["queryStartMs"] - 1000 * MEDLEY_AFTER_S) <= 500
    assert others["id"] != own["id"]


async def test_the_two_sides_mirror_each_other(studio: Studio, beats: Beats) -> None:
    nova, kilo, original, medley = await two_that_share(studio, beats)
    [own], [other] = await matches(studio, nova), await matches(studio, kilo)
    same = ("matchClass", "relation", "similarity", "band", "triage")
    assert [own[name] for name in same] == [other[name] for name in same]
    assert (own["ownTrack"], own["track"]) == (other["track"], other["ownTrack"])
    assert (own["ownTrack"], own["track"]) == ({"id": original}, {"id": medley})
    assert (own["queryCoverage"], own["referenceCoverage"]) == (
        other["referenceCoverage"],
        other["queryCoverage"],
    )
    assert (other["speedRatio"], str(other["pitchShiftSemitones"])) == (1.0, "0.0")
    assert [turned(segment) for segment in own["segments"]] == other["segments"]


def turned(segment: Json) -> Json:
    """The same stretch from the other side."""
    ends = [(f"query{end}", f"reference{end}") for end in ("StartMs", "EndMs")]
    swapped = {name: segment[other] for pair in ends for name, other in (pair, pair[::-1])}
    return segment | swapped


async def test_a_scan_shows_each_step_and_its_progress_never_falls(studio: Studio, beats: Beats) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)
    seen: list[tuple[str, float]] = []
    asked = await studio.asked_for(nova, trackId=original)

    async def look(_: str) -> None:
        scan = await read_scan(studio, nova, asked)
        seen.append((scan["stage"], scan["progress"]))

    await look("")
    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, look))
    await look("")
    assert seen == [
        ("WAITING", 0.0),
        ("FINGERPRINTING", 0.1),
        ("SEARCHING", 0.5),
        ("COMPARING", 0.6),
        ("FINISHED", 1.0),
    ]


async def test_who_watches_a_scan_sees_its_steps_and_its_matches_come(studio: Studio, beats: Beats) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)
    asked = await studio.asked_for(nova, trackId=original)
    watch = """subscription($id: ID!) { reconScanChanged(id: $id) {
      status stage progress matches { totalCount } } }"""
    async with aclosing(studio.stage.watch(nova, watch, id=asked)) as answers:
        first = (await anext(answers)).data["reconScanChanged"]
        assert (first["status"], first["stage"], first["progress"]) == ("QUEUED", "WAITING", 0.0)
        work = asyncio.create_task(studio.work(JobKind.SCAN, asked))
        heard = [first]
        while heard[-1]["status"] != "DONE":
            heard.append((await asyncio.wait_for(anext(answers), 10)).data["reconScanChanged"])
        await work
    shares = [one["progress"] for one in heard]
    assert (shares, heard[-1]["matches"]) == (sorted(shares), {"totalCount": 1})


async def test_a_sample_finds_what_it_is_of_and_nobody_else_is_told(studio: Studio, beats: Beats) -> None:
    nova, kilo = [await a_verified_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    original = await studio.published(nova, beats.first)
    sample = await studio.sample(kilo, beats.trimmed)
    scan = await read_scan(studio, kilo, await studio.scanned(kilo, uploadId=sample))
    assert (scan["status"], scan["comparedCount"], scan["upload"]) == ("DONE", 1, {"id": sample})
    assert scan["matches"]["totalCount"] == 1
    node = f"query($id: ID!) {{ node(id: $id) {{ ... on ReconMatch {{ {MATCH} }} }} }}"
    match = (await studio.stage.ask(kilo, node, id=scan["matches"]["nodes"][0]["id"]))["node"]
    assert (match["ownTrack"], match["track"]) == (None, {"id": original})
    assert match["segments"][0]["queryStartMs"] <= 200
    assert [await matches(studio, who) for who in (nova, kilo)] == [[], []]
    assert await notices(studio) == []
    sam = await staff(studio.stage.sessions)
    assert (await read_scan(studio, sam, scan["id"]))["matches"]["totalCount"] == 1
    for who in (nova, await a_listener(studio.stage.sessions), None):
        assert (await studio.stage.ask(who, SCAN, id=scan["id"])) == {"reconScan": None}
        assert (await studio.stage.ask(who, node, id=scan["matches"]["nodes"][0]["id"])) == {"node": None}


async def test_a_sample_may_be_scanned_again_by_its_owner_after_the_cool_down(
    studio: Studio, beats: Beats
) -> None:
    kilo = await a_verified_producer(studio.stage.sessions)
    sample = await studio.sample(kilo, beats.short)
    first = await studio.scanned(kilo, uploadId=sample)
    again = {"input": {"uploadId": sample}}
    assert await studio.stage.refusals(kilo, "startReconScan", **again) == [
        ("input.uploadId", "RECON_COOL_DOWN")
    ]
    await long_ago(studio)
    assert await studio.scanned(kilo, uploadId=sample) != first


async def long_ago(studio: Studio, days: int = 31) -> None:
    """As if everything had happened that many days earlier."""
    async with studio.stage.sessions.writing() as session:
        for scan in await session.scalars(select(ReconScan)):
            scan.created_at -= timedelta(days=days)
        for fingerprint in await session.scalars(select(Fingerprint)):
            fingerprint.scanned_at = now() - timedelta(days=days)


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


async def test_a_stopped_scan_ends_at_the_next_step_and_keeps_its_matches(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.recon.scanning._SUSPECTS_AT_ONCE", 1)
    sessions = studio.stage.sessions
    nova, kilo = [await a_verified_producer(sessions, name) for name in ("Nova", "Kilo")]
    original = await studio.published(nova, beats.first)
    await studio.published(kilo, beats.medley)
    await studio.published(kilo, beats.short)
    sample = await studio.sample(nova, beats.medley)
    compared: list[str] = []
    asked = await studio.asked_for(nova, uploadId=sample)

    async def stop(step: str) -> None:
        compared.append(step)
        if compared.count("compare") == 1 and step == "compare":
            await studio.stage.mutate(nova, "cancelReconScan", id=asked)

    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, stop))
    scan = await read_scan(studio, nova, asked)
    assert (scan["status"], scan["stage"], scan["error"]) == ("CANCELLED", "FINISHED", None)
    assert scan["finishedAt"]
    assert scan["progress"] < 1
    assert scan["matches"]["totalCount"] == 1, (
        "the very same file is known before anything is compared by ear"
    )
    assert (await studio.job(JobKind.SCAN, asked)).state == "DONE"
    assert await studio.stage.refusals(nova, "cancelReconScan", id=asked) == [("id", "SCAN_OVER")]
    assert original


async def test_a_scan_that_was_stopped_before_it_began_does_nothing(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    asked = await studio.asked_for(nova, trackId=track)
    await studio.stage.mutate(nova, "cancelReconScan", id=asked)
    await studio.work(JobKind.SCAN, asked)
    assert (await read_scan(studio, nova, asked))["startedAt"] is None
    assert (await studio.job(JobKind.SCAN, asked)).state == "DONE"


async def break_off(step: str) -> None:
    raise RuntimeError(f"the plug was pulled at {step}")


async def test_a_scan_that_breaks_off_is_tried_again_and_keeps_its_progress(
    studio: Studio, beats: Beats
) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)

    async def late(step: str) -> None:
        if step == "compare":
            await break_off(step)

    asked = await studio.scanned(nova, trackId=original, engine=Watched(studio.ears, late))
    broken = await read_scan(studio, nova, asked)
    assert (broken["status"], broken["progress"], broken["error"]) == ("RUNNING", 0.6, None)
    await studio.change_job(JobKind.SCAN, asked, run_at=now())
    seen: list[float] = []

    async def look(_: str) -> None:
        seen.append((await read_scan(studio, nova, asked))["progress"])

    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, look))
    done = await read_scan(studio, nova, asked)
    assert (seen, done["status"], done["startedAt"]) == ([0.6, 0.6, 0.6], "DONE", broken["startedAt"])


async def test_after_its_last_attempt_a_scan_has_failed_and_does_not_count(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    asked = await studio.asked_for(nova, trackId=track)
    await studio.change_job(JobKind.SCAN, asked, attempts=jobs.MAX_ATTEMPTS - 1)
    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, break_off))
    scan = await read_scan(studio, nova, asked)
    assert (scan["status"], scan["stage"]) == ("FAILED", "FINISHED")
    assert scan["error"] == {
        "message": "The scan broke off. It does not count; start it again.",
        "retryable": True,
    }
    assert (await studio.job(JobKind.SCAN, asked)).state == "DEAD"
    assert await studio.scanned(nova, trackId=track) != asked


async def test_a_worker_that_lost_its_lease_changes_nothing(studio: Studio, beats: Beats) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)
    await studio.forget_what_was_found()
    asked = await studio.asked_for(nova, trackId=original)

    async def another_claims_it(step: str) -> None:
        if step == "compare":
            await studio.change_job(JobKind.SCAN, asked, fence=2)

    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, another_claims_it))
    scan = await read_scan(studio, nova, asked)
    assert (scan["status"], scan["stage"], scan["matches"]["totalCount"]) == ("RUNNING", "COMPARING", 0)
    assert (await studio.counts())["recon_match"] == 0
    assert (await studio.job(JobKind.SCAN, asked)).state == "LEASED"


async def test_a_track_that_is_deleted_while_it_is_scanned_ends_the_scan(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo, original, _ = await two_that_share(studio, beats)
    asked = await studio.asked_for(nova, trackId=original)

    async def delete(step: str) -> None:
        if step == "compare":
            await studio.stage.mutate(nova, "deleteTrack", id=original)

    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, delete))
    assert (await studio.job(JobKind.SCAN, asked)).state == "DONE"
    async with studio.stage.sessions.reading() as session:
        scan = await session.get_one(ReconScan, asked)
    assert (scan.status, scan.error_message, scan.error_retryable) == (
        "FAILED",
        "The track was deleted.",
        False,
    )
    assert await matches(studio, nova) == []
    [left] = await matches(studio, kilo)
    assert (left["track"], left["found"]["title"]) == (None, "Original")


async def test_a_hidden_other_side_keeps_its_facts_and_shows_no_track(studio: Studio, beats: Beats) -> None:
    nova, kilo, _, medley = await two_that_share(studio, beats)
    await studio.stage.mutate(kilo, "setTrackVisibility", id=medley, input={"visible": False})
    [match] = await matches(studio, nova)
    assert (match["track"], match["found"]["title"]) == (None, "Grand Medley")


async def test_two_scans_that_find_each_other_do_not_wait_for_each_other(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo, original, medley = await two_that_share(studio, beats)
    await studio.forget_what_was_found()
    scans = await studio.asked_for(nova, trackId=original), await studio.asked_for(kilo, trackId=medley)
    await asyncio.gather(*(studio.work(JobKind.SCAN, scan) for scan in scans))
    for who, scan in ((nova, scans[0]), (kilo, scans[1])):
        assert (await read_scan(studio, who, scan))["status"] == "DONE"
    assert (await studio.counts())["recon_match"] == 2
    assert len(await notices(studio)) == 2


async def test_a_scan_of_nothing_alike_is_done_without_a_match(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.other)
    await studio.published(nova, beats.first)
    scan = await read_scan(studio, nova, await studio.scanned(nova, trackId=track))
    assert (scan["status"], scan["comparedCount"], scan["matches"]["totalCount"]) == ("DONE", 1, 0)


async def test_a_scan_that_is_over_is_not_done_again(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    asked: Any = await a_scan(studio.stage.sessions, nova, track=track)
    async with studio.stage.sessions.writing() as session:
        await jobs.add(session, JobKind.SCAN, key=asked, scan=asked)
    before = await read_scan(studio, nova, asked)
    await studio.work(JobKind.SCAN, asked)
    assert await read_scan(studio, nova, asked) == before
    assert (await studio.job(JobKind.SCAN, asked)).state == "DONE"
