"""D-30, D-31, D-37: what becomes of an uploaded beat, with the real engine."""

import asyncio
import random
from typing import Any

import pytest

from db.vocabulary import JobKind
from tests.factories import a_producer
from tests.workers.studio import Beats, Interrupted, Studio

pytestmark = pytest.mark.anyio

EVIDENCE = """query($id: ID!) { track(id: $id) { status fingerprint { status sha256 checkedAt similarity
  duplicateOf { id } duplicate { similarity band track { id } original { title artists producerName }
    segments { queryStartMs queryEndMs referenceStartMs referenceEndMs similarity } } } } }"""


async def evidence(studio: Studio, who: Any, track: str) -> Any:
    return (await studio.stage.ask(who, EVIDENCE, id=track))["track"]


async def test_a_new_beat_is_published_and_waits_for_its_preview(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    shown = await studio.read(nova, track)
    assert shown["fingerprint"]["status"] == "VERIFIED_UNIQUE"
    assert shown["publishedAt"]
    assert (await studio.job(JobKind.MAKE_PREVIEW, track)).state == "READY"
    assert (await studio.job(JobKind.CHECK_DUPLICATE, track)).state == "DONE"
    assert (await studio.counts())["posting"] > 50


async def test_two_different_beats_are_both_published(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    tracks = [await studio.published(nova, wav) for wav in (beats.first, beats.other)]
    assert (await evidence(studio, nova, tracks[1]))["fingerprint"]["duplicate"] is None
    assert (await studio.counts())["recon_match"] == 0


async def test_a_trimmed_copy_is_blocked_and_its_producer_sees_why(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    original = await studio.published(nova, beats.first, title="Original")
    copy = await studio.upload(kilo, beats.trimmed)
    await studio.check(copy)
    shown = await evidence(studio, kilo, copy)
    assert (shown["status"], shown["fingerprint"]["status"]) == ("DUPLICATE", "DUPLICATE")
    assert shown["fingerprint"]["duplicateOf"] == {"id": original}
    duplicate = shown["fingerprint"]["duplicate"]
    assert duplicate["original"] == {"title": "Original", "artists": ["Nova"], "producerName": "Nova"}
    assert (duplicate["band"], duplicate["track"]) == ("VERY_HIGH", {"id": original})
    assert 0.9 <= duplicate["similarity"] == shown["fingerprint"]["similarity"] <= 1
    [segment] = duplicate["segments"]
    assert abs(segment["referenceStartMs"] - segment["queryStartMs"] - 3000) <= 100
    assert segment["queryEndMs"] - segment["queryStartMs"] >= 13_000


async def test_a_blocked_copy_leaves_nothing_in_the_index(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    await studio.published(nova, beats.first)
    before = (await studio.counts())["posting"]
    await studio.check(await studio.upload(nova, beats.trimmed))
    assert (await studio.counts())["posting"] == before


async def test_only_its_producer_sees_that_a_track_is_blocked(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    original = await studio.published(nova, beats.first)
    copy = await studio.upload(kilo, beats.trimmed)
    await studio.check(copy)
    assert await evidence(studio, nova, copy) is None
    seen = (await evidence(studio, kilo, original))["fingerprint"]
    assert (seen["status"], seen["sha256"], seen["duplicate"]) == ("VERIFIED_UNIQUE", None, None)


async def test_the_evidence_outlives_the_deleted_original(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    original = await studio.published(nova, beats.first, title="Original")
    copy = await studio.upload(kilo, beats.trimmed)
    await studio.check(copy)
    before = (await evidence(studio, kilo, copy))["fingerprint"]
    await studio.stage.mutate(nova, "deleteTrack", id=original)
    after = (await evidence(studio, kilo, copy))["fingerprint"]
    gone = {"duplicateOf": None, "duplicate": before["duplicate"] | {"track": None}}
    assert after == before | gone


async def test_the_very_same_file_is_known_by_its_hash_however_short(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    await studio.published(nova, beats.short)
    again = await studio.upload(nova, beats.short)
    await studio.check(again)
    duplicate = (await evidence(studio, nova, again))["fingerprint"]["duplicate"]
    assert (duplicate["similarity"], duplicate["band"]) == (1.0, "VERY_HIGH")
    [segment] = duplicate["segments"]
    assert (segment["queryStartMs"], segment["queryEndMs"]) == (0, 1500)


async def test_a_deleted_beat_can_be_published_again(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    track = await studio.published(nova, beats.first)
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    assert (await studio.counts())["posting"] == 0
    await studio.published(kilo, beats.first)


async def test_of_near_identical_uploads_that_race_exactly_one_wins(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    for round_number in range(8):
        files = [beats.first, beats.trimmed] if round_number % 2 else [beats.short, beats.short]
        tracks = [await studio.upload(nova, wav) for wav in files]
        await asyncio.gather(*(studio.check(track, engine=dawdling(studio)) for track in tracks))
        assert await studio.statuses(nova, tracks) == ["DUPLICATE", "PUBLISHED"]
        for track in tracks:
            await studio.stage.mutate(nova, "deleteTrack", id=track)


def dawdling(studio: Studio) -> Interrupted:
    """An engine that takes its time, so that checks meet in every order."""
    return Interrupted(studio.ears, lambda: asyncio.sleep(random.random() * 0.03))


async def test_six_copies_at_once_leave_one_winner(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    tracks = [await studio.upload(nova, beats.first, title=f"T{n}") for n in range(6)]
    await asyncio.gather(*(studio.check(track, engine=dawdling(studio)) for track in tracks))
    assert await studio.statuses(nova, tracks) == [*["DUPLICATE"] * 5, "PUBLISHED"]


@pytest.mark.parametrize("name", ["first", "short"])
async def test_a_copy_that_is_published_during_the_check_is_met_at_the_verdict(
    studio: Studio, beats: Beats, name: str
) -> None:
    nova = await a_producer(studio.stage.sessions)
    late, early = [await studio.upload(nova, getattr(beats, name)) for _ in range(2)]
    await studio.check(late, engine=Interrupted(studio.ears, lambda: studio.check(early)))
    assert (await studio.read(nova, early))["status"] == "PUBLISHED"
    assert (await studio.read(nova, late))["status"] == "DUPLICATE"


async def test_a_copy_that_was_half_in_the_index_is_found_once(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    late, early = [await studio.upload(nova, wav) for wav in (beats.trimmed, beats.first)]
    await half_check(studio, early)
    await studio.check(late, engine=Interrupted(studio.ears, lambda: studio.check(early)))
    assert (await studio.job(JobKind.CHECK_DUPLICATE, late)).last_error is None
    assert (await studio.read(nova, late))["status"] == "DUPLICATE"
    assert (await studio.counts())["recon_match"] == 2


async def half_check(studio: Studio, track: Any) -> None:
    """A worker that dies at the verdict: the postings are there, the recording is not yet."""
    job = await studio.job(JobKind.CHECK_DUPLICATE, track)

    async def lose_the_lease() -> None:
        await studio.change_job(JobKind.CHECK_DUPLICATE, track, fence=99)

    await studio.check(track, engine=Interrupted(studio.ears, lose_the_lease))
    back: dict[str, Any] = {"state": "READY", "attempts": 0, "lease_until": None, "run_at": job.run_at}
    await studio.change_job(JobKind.CHECK_DUPLICATE, track, **back)
    counts = await studio.counts()
    assert counts["posting"] > 0
    assert "fingerprint_index" in counts


async def test_a_check_that_breaks_off_is_shown_and_tried_again(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.upload(nova, beats.first)
    await studio.check(track, engine=Interrupted(studio.ears, break_off))
    assert (await studio.read(nova, track))["status"] == "CHECK_FAILED"
    assert (await evidence(studio, nova, track))["fingerprint"]["status"] == "FAILED"
    job = await studio.job(JobKind.CHECK_DUPLICATE, track)
    assert (job.state, job.attempts, job.last_error) == ("READY", 1, "RuntimeError('the plug was pulled')")
    await studio.check(track)
    assert (await studio.read(nova, track))["status"] == "CHECK_FAILED", "not before its time"
    await studio.wait_for_retry(track)
    await studio.check(track)
    assert (await studio.read(nova, track))["status"] == "PUBLISHED"


async def break_off() -> None:
    raise RuntimeError("the plug was pulled")


async def test_a_track_that_is_deleted_during_its_check_stays_deleted(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.upload(nova, beats.first)

    async def delete() -> None:
        await studio.stage.mutate(nova, "deleteTrack", id=track)

    await studio.check(track, engine=Interrupted(studio.ears, delete))
    assert await studio.read(nova, track) is None
    counts = await studio.counts()
    assert (counts["posting"], counts["fingerprint"], counts["recon_match"]) == (0, 0, 0)
    assert (await studio.job(JobKind.CHECK_DUPLICATE, track)).state == "DONE"


async def test_a_worker_that_lost_its_lease_changes_nothing_at_the_verdict(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.upload(nova, beats.first)

    async def another_claims_it() -> None:
        await studio.change_job(JobKind.CHECK_DUPLICATE, track, fence=2)

    await studio.check(track, engine=Interrupted(studio.ears, another_claims_it))
    assert (await studio.read(nova, track))["status"] == "PROCESSING"
    assert (await studio.job(JobKind.CHECK_DUPLICATE, track)).state == "LEASED"


async def test_a_slow_worker_does_not_undo_the_verdict_of_the_next(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    await studio.published(nova, beats.first)
    track = await studio.upload(nova, beats.trimmed)

    async def another_finishes_it() -> None:
        await studio.change_job(JobKind.CHECK_DUPLICATE, track, state="READY", lease_until=None)
        await studio.check(track)

    await studio.check(track, engine=Interrupted(studio.ears, another_finishes_it))
    shown = await evidence(studio, nova, track)
    assert (shown["status"], shown["fingerprint"]["status"]) == ("DUPLICATE", "DUPLICATE")
