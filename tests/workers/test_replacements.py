"""D-18: new audio of a track is checked against everything but the track, and swapped in while the old one plays."""

import asyncio
import random
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from api.catalog.edit import preview_key
from api.uploads.rules import stored_key
from db.clock import now
from db.ids import TrackId, UploadId
from db.jobs import MAX_ATTEMPTS
from db.models.tracks import Track
from db.vocabulary import JobKind, TrackStatus, UploadPurpose
from tests.factories import Beatmaker, Person, a_producer, a_verified_producer, staff, the_upload_of
from tests.stage import Json
from tests.workers.looking import matches, notices, two_that_share
from tests.workers.studio import Beats, Interrupted, Studio, Watched

pytestmark = pytest.mark.anyio

WAV = UploadPurpose.TRACK_AUDIO
AUDIO = """durationMs previewUrl publishedAt shareUrl status master { url } fingerprint { status sha256 duplicate { similarity } }
  analysis { bpm } replacement { submittedAt upload { id status sha256 usedBy { id } } fingerprint { status sha256 checkedAt
    similarity duplicateOf { id } duplicate { similarity band track { id } original { title producerName }
      segments { queryStartMs referenceStartMs } appeal { id } } } }"""


async def audio_of(studio: Studio, who: Person | None, track: str) -> Any:
    query = f"query($id: ID!) {{ track(id: $id) {{ {AUDIO} }} }}"
    return (await studio.stage.ask(who, query, id=track))["track"]


async def refused(studio: Studio, who: Person, track: str, upload: str) -> list[tuple[str, str]]:
    return await studio.stage.refusals(who, "replaceTrackAudio", id=track, input={"audioUploadId": upload})


async def asked_for(studio: Studio, who: Beatmaker, track: str, wav: Path) -> UploadId:
    """New audio that waits for its check."""
    upload = await studio.sent(who, wav)
    assert await refused(studio, who, track, upload) == []
    return upload


async def check(studio: Studio, upload: UploadId, **how: Any) -> None:
    await studio.work(JobKind.CHECK_REPLACEMENT, upload, **how)


async def replaced(studio: Studio, who: Beatmaker, track: str, wav: Path) -> UploadId:
    """New audio that a worker has checked."""
    upload = await asked_for(studio, who, track, wav)
    await check(studio, upload)
    return upload


async def master_of(studio: Studio, track: TrackId) -> bytes:
    key = stored_key(WAV, await the_upload_of(studio.stage.sessions, track))
    return await studio.stage.services.storage.get(key)


def status_of(shown: Json) -> str | None:
    replacement = shown["replacement"]
    return replacement["fingerprint"]["status"] if replacement else None


async def test_new_audio_takes_the_old_ones_place_and_everything_else_stays(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first, title="Night Drive")
    old, before = await the_upload_of(studio.stage.sessions, track), await audio_of(studio, nova, track)
    upload = await replaced(studio, nova, track, beats.other)
    after = await audio_of(studio, nova, track)
    assert await master_of(studio, track) == beats.other.read_bytes()
    assert (after["replacement"], after["fingerprint"]["status"]) == (None, "VERIFIED_UNIQUE")
    assert after["fingerprint"]["sha256"] != before["fingerprint"]["sha256"]
    same = ("publishedAt", "shareUrl", "status")
    assert [after[name] for name in same] == [before[name] for name in same]
    await studio.delete_files()
    assert [await studio.is_stored(one, WAV) for one in (old, upload)] == [False, True]
    assert (await studio.counts())["audio_replacement"] == 0


async def test_the_old_sound_leaves_the_catalogue_and_the_new_one_is_found_there(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    track = await studio.published(nova, beats.first)
    await replaced(studio, nova, track, beats.other)
    copy = await studio.upload(kilo, beats.other)
    await studio.check(copy)
    assert (await studio.read(kilo, copy))["status"] == "DUPLICATE"
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    assert (await studio.counts())["posting"] == 0
    await studio.published(kilo, beats.first)


@pytest.mark.parametrize("name", ["first", "trimmed"])
async def test_a_track_may_become_what_it_was_or_a_remaster_of_it(
    studio: Studio, beats: Beats, name: str
) -> None:
    nova = await a_verified_producer(studio.stage.sessions, "Nova")
    track = await studio.published(nova, beats.first)
    upload = await replaced(studio, nova, track, getattr(beats, name))
    assert await the_upload_of(studio.stage.sessions, track) == upload
    assert await matches(studio, nova) == []


async def test_a_copy_is_refused_with_the_evidence_and_the_old_audio_plays_on(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_verified_producer(studio.stage.sessions, "Nova")
    kilo = await a_producer(studio.stage.sessions, "Kilo")
    original = await studio.published(nova, beats.first, title="Original")
    track = await studio.published(kilo, beats.other)
    before, postings = await audio_of(studio, kilo, track), (await studio.counts())["posting"]
    upload = await replaced(studio, kilo, track, beats.trimmed)
    shown = await audio_of(studio, kilo, track)
    found = shown["replacement"]["fingerprint"]
    assert (found["status"], found["duplicateOf"], found["checkedAt"] is None) == (
        "DUPLICATE",
        {"id": original},
        False,
    )
    duplicate = found["duplicate"]
    assert (duplicate["track"], duplicate["original"]) == (
        {"id": original},
        {"title": "Original", "producerName": "Nova"},
    )
    assert (duplicate["band"], duplicate["appeal"]) == ("VERY_HIGH", None)
    assert 0.9 <= duplicate["similarity"] == found["similarity"] <= 1
    [segment] = duplicate["segments"]
    assert abs(segment["referenceStartMs"] - segment["queryStartMs"] - 3000) <= 100
    assert shown["replacement"]["upload"]["id"] == upload
    still = {name: shown[name] for name in ("durationMs", "fingerprint", "status")}
    assert still == {name: before[name] for name in still}
    assert await master_of(studio, track) == beats.other.read_bytes()
    assert (await studio.counts())["posting"] == postings
    assert (await matches(studio, nova), await notices(studio)) == ([], []), (
        "what never played accuses nobody"
    )


async def test_what_staff_cleared_for_one_audio_is_not_cleared_for_another(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    await studio.published(nova, beats.first)
    copy = await studio.upload(kilo, beats.trimmed)
    await studio.check(copy)
    mine = {"statement": "Both beats are mine, the demo and the finished mix."}
    payload = await studio.stage.mutate(kilo, "appealDuplicate", "appeal { id }", id=copy, input=mine)
    granted = {"decision": "APPROVE", "reason": "Proved."}
    sam = await staff(studio.stage.sessions)
    await studio.stage.mutate(sam, "reviewDuplicateAppeal", id=payload["appeal"]["id"], input=granted)
    before = await the_upload_of(studio.stage.sessions, copy)
    await replaced(studio, kilo, copy, beats.first)
    shown = await audio_of(studio, kilo, copy)
    assert (shown["status"], status_of(shown)) == ("PUBLISHED", "DUPLICATE")
    assert await the_upload_of(studio.stage.sessions, copy) == before


async def test_only_its_producer_and_staff_see_a_replacement(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    track = await studio.published(nova, beats.first)
    await asked_for(studio, nova, track, beats.other)
    shown = await audio_of(studio, nova, track)
    assert (status_of(shown), shown["replacement"]["upload"]["usedBy"]) == ("PENDING", {"id": track})
    assert status_of(await audio_of(studio, await staff(studio.stage.sessions), track)) == "PENDING"
    assert (await audio_of(studio, kilo, track))["replacement"] is None
    assert (await audio_of(studio, None, track))["replacement"] is None


async def test_of_a_replacement_and_a_new_track_that_race_exactly_one_wins(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    for round_number in range(2):
        track = await studio.published(nova, beats.other)
        upload = await asked_for(studio, nova, track, beats.first)
        late = await studio.upload(kilo, beats.first if round_number % 2 else beats.trimmed)
        await asyncio.gather(
            check(studio, upload, engine=dawdling(studio)), studio.check(late, engine=dawdling(studio))
        )
        swapped = await the_upload_of(studio.stage.sessions, track) == upload
        statuses = status_of(await audio_of(studio, nova, track)), (await studio.read(kilo, late))["status"]
        assert statuses == ((None, "DUPLICATE") if swapped else ("DUPLICATE", "PUBLISHED"))
        await studio.stage.mutate(nova, "deleteTrack", id=track)
        await studio.stage.mutate(kilo, "deleteTrack", id=late)


def dawdling(studio: Studio) -> Interrupted:
    """An engine that takes its time, so that checks meet in every order."""
    return Interrupted(studio.ears, lambda: asyncio.sleep(random.random() * 0.03))


async def test_of_two_replacements_by_one_sound_that_meet_one_wins(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    tracks = [await studio.published(nova, wav) for wav in (beats.other, beats.short)]
    uploads = [await asked_for(studio, nova, track, beats.medley) for track in tracks]
    await check(studio, uploads[0], engine=Interrupted(studio.ears, lambda: check(studio, uploads[1])))
    shown = [status_of(await audio_of(studio, nova, track)) for track in tracks]
    assert shown == ["DUPLICATE", None]


async def test_a_copy_of_the_old_audio_is_not_blocked_by_what_has_just_left(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    track = await studio.published(nova, beats.first)
    copy = await studio.upload(kilo, beats.trimmed)
    upload = await asked_for(studio, nova, track, beats.other)
    swaps = swap_before_comparing(studio, upload)
    await studio.check(copy, engine=swaps)
    assert (await studio.read(kilo, copy))["status"] == "CHECK_FAILED", "it is checked anew"
    await studio.wait_for_retry(copy)
    await studio.check(copy)
    assert (await studio.read(kilo, copy))["status"] == "PUBLISHED"
    assert (await studio.counts())["recon_match"] == 0


def swap_before_comparing(studio: Studio, upload: UploadId) -> Watched:
    """An engine that meets the old audio in the index, and compares when it has just left."""

    async def swap(step: str) -> None:
        if step == "compare" and (await studio.job(JobKind.CHECK_REPLACEMENT, upload)).state == "READY":
            await check(studio, upload)

    return Watched(studio.ears, swap)


async def test_a_scan_of_the_old_audio_begins_anew_with_the_new(studio: Studio, beats: Beats) -> None:
    nova, kilo, original, _ = await two_that_share(studio, beats)
    await studio.forget_what_was_found()
    upload = await asked_for(studio, nova, original, beats.other)
    scan = await studio.asked_for(nova, trackId=original)
    await studio.work(JobKind.SCAN, scan, engine=swap_before_comparing(studio, upload))
    shown = await studio.stage.ask(
        nova, "query($id: ID!) { reconScan(id: $id) { status matches { totalCount } } }", id=scan
    )
    assert shown["reconScan"] == {"status": "DONE", "matches": {"totalCount": 0}}
    assert (await matches(studio, nova), await matches(studio, kilo)) == ([], [])
    assert (await studio.job(JobKind.SCAN, scan)).last_error is None


async def test_a_scan_that_met_the_old_audio_of_another_track_reports_nothing_of_it(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo, original, medley = await two_that_share(studio, beats)
    await studio.forget_what_was_found()
    upload = await asked_for(studio, nova, original, beats.other)
    await studio.scanned(kilo, trackId=medley, engine=swap_before_comparing(studio, upload))
    assert (await matches(studio, nova), await matches(studio, kilo)) == ([], [])


async def test_matches_of_the_old_audio_go_from_its_own_side_and_stay_with_the_others(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo, original, _ = await two_that_share(studio, beats)
    kept = await matches(studio, kilo)
    await replaced(studio, nova, original, beats.other)
    assert await matches(studio, nova) == []
    assert await matches(studio, kilo) == kept


async def test_new_audio_that_is_like_the_same_track_keeps_the_match_and_tells_nobody_again(
    studio: Studio, beats: Beats
) -> None:
    nova, _, original, _ = await two_that_share(studio, beats)
    before, told = await matches(studio, nova), len(await notices(studio))
    await replaced(studio, nova, original, beats.trimmed)
    [after] = await matches(studio, nova)
    assert (after["id"], after["firstSeenAt"]) == (before[0]["id"], before[0]["firstSeenAt"])
    assert after["segments"] != before[0]["segments"]
    assert len(await notices(studio)) == told == 2


async def test_new_audio_that_is_like_another_track_tells_both_sides_once(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = [await a_verified_producer(studio.stage.sessions, name) for name in ("Nova", "Kilo")]
    original = await studio.published(nova, beats.first)
    track = await studio.published(kilo, beats.other)
    assert await notices(studio) == []
    await replaced(studio, kilo, track, beats.medley)
    [own], [others] = await matches(studio, kilo), await matches(studio, nova)
    assert (own["ownTrack"], own["track"]) == ({"id": track}, {"id": original})
    assert (others["ownTrack"], others["track"]) == ({"id": original}, {"id": track})
    assert sorted(one.subject_id for one in await notices(studio)) == sorted([own["id"], others["id"]])


async def test_the_evidence_of_a_copy_that_was_blocked_survives_the_new_audio(
    studio: Studio, beats: Beats
) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    original = await studio.published(nova, beats.first, title="Original")
    copy = await studio.upload(kilo, beats.trimmed)
    await studio.check(copy)
    before = await audio_of(studio, kilo, copy)
    assert before["fingerprint"]["duplicate"]
    await replaced(studio, nova, original, beats.other)
    after = await audio_of(studio, kilo, copy)
    assert (after["status"], after["fingerprint"]) == ("DUPLICATE", before["fingerprint"])


async def test_the_preview_is_cut_anew_and_the_old_one_plays_until_then(studio: Studio, beats: Beats) -> None:
    nova, storage = await a_producer(studio.stage.sessions), studio.stage.services.storage
    track = await studio.published(nova, beats.first)
    await studio.work(JobKind.MAKE_PREVIEW, track)
    old, address = await storage.get(preview_key(track)), (await audio_of(studio, nova, track))["previewUrl"]
    upload = await replaced(studio, nova, track, beats.other)
    assert (await audio_of(studio, nova, track))["previewUrl"] == address
    assert await storage.get(preview_key(track)) == old
    await studio.work(JobKind.MAKE_PREVIEW, f"{track}:{upload}")
    assert await storage.get(preview_key(track)) != old


async def test_a_preview_of_the_old_audio_that_is_late_is_cut_anew(
    studio: Studio, beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, storage = await a_producer(studio.stage.sessions), studio.stage.services.storage
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)
    put, cut = storage.put, list[bytes]()

    async def late(key: str, data: bytes, *, content_type: str) -> None:
        cut.append(data)
        if len(cut) == 1:
            await check(studio, upload)
            await studio.work(JobKind.MAKE_PREVIEW, f"{track}:{upload}")
        await put(key, data, content_type=content_type)

    monkeypatch.setattr(storage, "put", late)
    await studio.work(JobKind.MAKE_PREVIEW, track)
    assert (len(cut), cut[1] == cut[2], cut[0] == cut[1]) == (3, True, False)
    assert await storage.get(preview_key(track)) == cut[1]


async def test_a_hidden_track_gets_its_audio_and_stays_hidden(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    await studio.stage.mutate(nova, "setTrackVisibility", id=track, input={"visible": False})
    upload = await replaced(studio, nova, track, beats.other)
    assert (
        await the_upload_of(studio.stage.sessions, track),
        (await studio.read(nova, track))["status"],
    ) == (
        upload,
        "HIDDEN",
    )


async def test_a_check_that_breaks_off_is_shown_and_tried_again(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def break_off() -> None:
        raise RuntimeError("the plug was pulled")

    await check(studio, upload, engine=Interrupted(studio.ears, break_off))
    shown = await audio_of(studio, nova, track)
    assert (status_of(shown), shown["status"]) == ("FAILED", "PUBLISHED")
    assert await master_of(studio, track) == beats.first.read_bytes()
    job = await studio.job(JobKind.CHECK_REPLACEMENT, upload)
    assert (job.state, job.attempts, job.last_error) == ("READY", 1, "RuntimeError('the plug was pulled')")
    await studio.change_job(JobKind.CHECK_REPLACEMENT, upload, run_at=now())
    await check(studio, upload)
    assert await the_upload_of(studio.stage.sessions, track) == upload


async def test_a_check_that_was_given_up_is_done_anew_when_the_same_file_is_asked_for_again(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def break_off() -> None:
        raise RuntimeError("the plug was pulled")

    await studio.change_job(JobKind.CHECK_REPLACEMENT, upload, attempts=MAX_ATTEMPTS - 1)
    await check(studio, upload, engine=Interrupted(studio.ears, break_off))
    assert (await studio.job(JobKind.CHECK_REPLACEMENT, upload)).state == "DEAD"
    assert await refused(studio, nova, track, upload) == []
    assert status_of(await audio_of(studio, nova, track)) == "PENDING"
    again = [job.key for job in await studio.jobs(JobKind.CHECK_REPLACEMENT) if job.state == "READY"]
    await check(studio, UploadId(again[0].partition(":")[2]))
    assert await the_upload_of(studio.stage.sessions, track) == upload


async def test_a_worker_that_dies_at_the_verdict_swaps_nothing_and_the_next_one_does(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def lose_the_lease() -> None:
        await studio.change_job(JobKind.CHECK_REPLACEMENT, upload, fence=99)

    await check(studio, upload, engine=Interrupted(studio.ears, lose_the_lease))
    assert await master_of(studio, track) == beats.first.read_bytes()
    assert status_of(await audio_of(studio, nova, track)) == "CHECKING"
    await studio.change_job(JobKind.CHECK_REPLACEMENT, upload, lease_until=now())
    await check(studio, upload)
    assert await the_upload_of(studio.stage.sessions, track) == upload
    postings = (await studio.counts())["posting"]
    await studio.stage.mutate(nova, "deleteTrack", id=track)
    assert postings > 0
    assert (await studio.counts())["posting"] == 0, "no term of either recording is left"


async def test_a_slow_worker_does_not_undo_what_the_next_one_swapped_in(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def another_finishes_it() -> None:
        await studio.change_job(JobKind.CHECK_REPLACEMENT, upload, state="READY", lease_until=None)
        await check(studio, upload)

    await check(studio, upload, engine=Interrupted(studio.ears, another_finishes_it))
    assert await the_upload_of(studio.stage.sessions, track) == upload
    copy = await studio.upload(nova, beats.other)
    await studio.check(copy)
    assert (await studio.read(nova, copy))["status"] == "DUPLICATE", "its terms are still there"


async def test_a_second_replacement_takes_the_place_of_the_one_under_check(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    first = await asked_for(studio, nova, track, beats.medley)
    late: list[UploadId] = []

    async def another_is_asked_for() -> None:
        late.append(await asked_for(studio, nova, track, beats.other))

    await check(studio, first, engine=Interrupted(studio.ears, another_is_asked_for))
    assert (await studio.job(JobKind.CHECK_REPLACEMENT, first)).state == "DONE"
    shown = await audio_of(studio, nova, track)
    assert (shown["replacement"]["upload"]["id"], status_of(shown)) == (late[0], "PENDING")
    await studio.delete_files()
    assert [await studio.is_stored(one, WAV) for one in (first, late[0])] == [False, True]
    await check(studio, late[0])
    assert await the_upload_of(studio.stage.sessions, track) == late[0]


async def test_a_refused_one_is_shown_until_another_is_tried(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    await studio.published(nova, beats.first)
    track = await studio.published(kilo, beats.other)
    copy = await replaced(studio, kilo, track, beats.trimmed)
    async with studio.stage.nothing_changes():
        assert await refused(studio, kilo, track, copy) == []
        assert status_of(await audio_of(studio, kilo, track)) == "DUPLICATE"
    await replaced(studio, kilo, track, beats.short)
    assert (await audio_of(studio, kilo, track))["replacement"] is None
    assert await master_of(studio, track) == beats.short.read_bytes()
    await studio.delete_files()
    assert not await studio.is_stored(copy, WAV)


async def test_asking_for_the_audio_that_plays_puts_a_refused_one_away(studio: Studio, beats: Beats) -> None:
    nova, kilo = await a_producer(studio.stage.sessions), await a_producer(studio.stage.sessions, "Kilo")
    await studio.published(nova, beats.first)
    track = await studio.published(kilo, beats.other)
    plays = await the_upload_of(studio.stage.sessions, track)
    await replaced(studio, kilo, track, beats.trimmed)
    tasks = "{ backstage { tasks { kind title target { id } } } }"
    [told] = [
        task
        for task in (await studio.stage.ask(kilo, tasks))["backstage"]["tasks"]
        if task["kind"] == "SOLVE_DUPLICATE"
    ]
    assert (told["target"]["id"], "was refused" in told["title"]) == (track, True)
    assert await refused(studio, kilo, track, plays) == []
    shown = await audio_of(studio, kilo, track)
    assert (shown["replacement"], shown["status"]) == (None, "PUBLISHED")
    assert await the_upload_of(studio.stage.sessions, track) == plays


async def test_a_track_that_is_deleted_takes_its_replacement_with_it(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def delete() -> None:
        await studio.stage.mutate(nova, "deleteTrack", id=track)

    await check(studio, upload, engine=Interrupted(studio.ears, delete))
    counts = await studio.counts()
    names = ("posting", "fingerprint", "audio_replacement", "recon_match", "audio_analysis")
    assert {counts[name] for name in names} == {0}
    assert (await studio.job(JobKind.CHECK_REPLACEMENT, upload)).state == "DONE"
    await studio.delete_files()
    assert not await studio.is_stored(upload, WAV)


async def test_a_track_that_is_sold_meanwhile_keeps_the_audio_it_was_sold_with(
    studio: Studio, beats: Beats
) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    upload = await asked_for(studio, nova, track, beats.other)

    async def sell() -> None:
        async with studio.stage.sessions.writing() as session:
            (await session.get_one(Track, track)).status = TrackStatus.SOLD

    await check(studio, upload, engine=Interrupted(studio.ears, sell))
    assert await master_of(studio, track) == beats.first.read_bytes()
    assert (await audio_of(studio, nova, track))["replacement"] is None


async def test_who_watches_the_track_sees_every_step(studio: Studio, beats: Beats) -> None:
    nova = await a_producer(studio.stage.sessions)
    track = await studio.published(nova, beats.first)
    watch = f"subscription($id: ID!) {{ trackChanged(id: $id) {{ {AUDIO} }} }}"
    mine = "subscription { myTracksChanged { replacement { fingerprint { status } } } }"
    async with aclosing(studio.stage.watch(nova, watch, id=track)) as answers:
        assert status_of((await anext(answers)).data["trackChanged"]) is None
        upload = await asked_for(studio, nova, track, beats.other)
        async with aclosing(studio.stage.watch(nova, mine)) as unsettled:
            assert status_of((await anext(unsettled)).data["myTracksChanged"]) == "PENDING"
        work = asyncio.create_task(check(studio, upload))
        seen = [await asyncio.wait_for(anext(answers), 10)]
        while status_of(seen[-1].data["trackChanged"]):
            seen.append(await asyncio.wait_for(anext(answers), 10))
        await work
    assert seen[-1].data["trackChanged"]["fingerprint"]["sha256"]
