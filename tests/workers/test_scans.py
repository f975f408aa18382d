"""D-32 to D-34: scans of tracks and samples at work, with the real engine."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from db import jobs
from db.clock import now
from db.models.recon import ReconScan
from db.vocabulary import JobKind
from tests.factories import (
    a_listener,
    a_scan,
    a_verified_producer,
    staff,
)
from tests.stage import Json
from tests.workers.looking import (
    MATCH,
    SCAN,
    long_ago,
    matches,
    notices,
    read_scan,
    two_that_share,
)
from tests.workers.studio import MEDLEY_AFTER_S, Beats, Studio, Watched

pytestmark = pytest.mark.anyio


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


async def test_after_three_tries_a_scan_has_failed_and_does_not_count(studio: Studio, beats: Beats) -> None:
    nova = await a_verified_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.short)
    asked = await studio.asked_for(nova, trackId=track)
    await studio.change_job(JobKind.SCAN, asked, attempts=2)
    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, break_off))
    scan = await read_scan(studio, nova, asked)
    assert (scan["status"], scan["stage"]) == ("FAILED", "FINISHED")
    assert scan["error"] == {
        "message": "The scan broke off. It does not count; start it again.",
        "retryable": True,
    }
    assert await studio.scanned(nova, trackId=track) != asked
    await studio.change_job(JobKind.SCAN, asked, run_at=now())
    await studio.work(JobKind.SCAN, asked, engine=Watched(studio.ears, break_off))
    assert (await studio.job(JobKind.SCAN, asked)).state == "DONE", "what is over stays over"


async def test_a_sample_that_is_deleted_before_its_scan_ends_the_scan(studio: Studio, beats: Beats) -> None:
    kilo = await a_verified_producer(studio.stage.sessions)
    sample = await studio.sample(kilo, beats.short)
    asked = await studio.asked_for(kilo, uploadId=sample)
    await studio.sweep(sample, days=31)
    await studio.work(JobKind.SCAN, asked)
    scan = await read_scan(studio, kilo, asked)
    assert scan["status"] == "FAILED"
    assert scan["error"] == {"message": "The sample was deleted.", "retryable": False}


async def test_a_sample_goes_a_month_after_its_last_scan_and_what_was_found_stays(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = [await a_verified_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    await studio.published(nova, beats.first)
    sample = await studio.sample(kilo, beats.trimmed)
    asked = await studio.scanned(kilo, uploadId=sample)
    await studio.sweep(sample, days=29)
    assert await studio.is_stored(sample)
    await studio.sweep(sample, days=2)
    assert not await studio.is_stored(sample)
    assert (await read_scan(studio, kilo, asked))["matches"]["totalCount"] == 1
    await long_ago(studio)
    again = {"input": {"uploadId": sample}}
    assert await studio.stage.refusals(kilo, "startReconScan", **again) == [
        ("input.uploadId", "UPLOAD_UNUSABLE")
    ]


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
