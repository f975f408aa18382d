"""D-5(b), D-32: who may ask for a scan, of what, how often; and who may stop one."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from db.clock import now
from db.ids import ReconScanId
from db.models.fingerprints import Fingerprint
from db.models.recon import ReconScan
from db.models.uploads import Upload
from db.vocabulary import (
    JobKind,
    ReconScanStatus,
    ReconTrigger,
    Role,
    TrackStatus,
    UploadPurpose,
    UploadStatus,
)
from tests.factories import (
    Beatmaker,
    Person,
    a_completed_upload,
    a_listener,
    a_match,
    a_producer,
    a_scan,
    a_track,
    a_verified_producer,
    staff,
)
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

ALLOWANCE = "{ reconAllowance { limit remaining resetAt } }"
BUTTON = "query($id: ID!) { track(id: $id) { viewerCan { scan { allowed code message retryAt } } } }"
DOOR = "{ me { abilities { scan { allowed code message retryAt } } } }"
OPEN = {"allowed": True, "code": None, "message": None, "retryAt": None}
RUNNING = [TrackStatus.PROCESSING, TrackStatus.DUPLICATE, TrackStatus.CHECK_FAILED]


async def start(stage: Stage, who: Person, **subject: str) -> Json:
    payload: Json = await stage.mutate(who, "startReconScan", "scan { id status }", input=subject)
    return payload


async def started(stage: Stage, who: Person, **subject: str) -> str:
    payload = await start(stage, who, **subject)
    assert payload["errors"] == []
    return str(payload["scan"]["id"])


async def refused(stage: Stage, who: Person | None, **subject: str) -> list[tuple[str, str]]:
    """Why it was; and nothing has changed."""
    async with stage.nothing_changes():
        return await stage.refusals(who, "startReconScan", input=subject)


async def change(stage: Stage, scan: str, **values: Any) -> None:
    async with stage.sessions.writing() as session:
        await session.execute(update(ReconScan).where(col(ReconScan.id) == scan).values(**values))


async def over(stage: Stage, *scans: str, ago: timedelta = timedelta()) -> None:
    for scan in scans:
        times = {"created_at": now() - ago, "started_at": now() - ago, "finished_at": now() - ago}
        await change(stage, scan, status=ReconScanStatus.DONE, **times)


async def test_a_verified_producer_has_an_own_track_searched_for(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    payload = await start(stage, nova, trackId=track)
    assert payload["scan"] == {"id": payload["scan"]["id"], "status": "QUEUED"}
    tables = await stage.tables()
    assert [f"{JobKind.SCAN}:{payload['scan']['id']}" in row for row in tables["job"]] == [True]


async def test_nobody_else_may_scan_and_nothing_changes(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    uma, ari, sam = (
        await a_producer(stage.sessions, "Uma"),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track, hers = await a_track(stage.sessions, nova), await a_track(stage.sessions, uma)
    for who in (uma, ari, sam):
        assert await refused(stage, who, trackId=track) == [("", "VERIFIED_PRODUCER_REQUIRED")]
    assert await refused(stage, uma, trackId=hers) == [("", "VERIFIED_PRODUCER_REQUIRED")]
    assert await refused(stage, kilo, trackId=track) == [("input.trackId", "NOT_YOURS")]
    query = "mutation($id: ID!) { startReconScan(input: {trackId: $id}) { errors { code } } }"
    assert await stage.fault(None, query, id=track) == "UNAUTHENTICATED"


async def test_a_credited_producer_may_scan_too(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    assert await started(stage, kilo, trackId=track)


@pytest.mark.parametrize("status", sorted(TrackStatus))
async def test_a_track_is_scanned_in_the_states_that_have_a_fingerprint(
    stage: Stage, status: TrackStatus
) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    public = status in {TrackStatus.PUBLISHED, TrackStatus.SOLD}
    assert await refused(stage, kilo, trackId=track) == [
        ("input.trackId", "NOT_YOURS" if public else "NOT_FOUND")
    ]
    if status is TrackStatus.REMOVED:
        assert await refused(stage, nova, trackId=track) == [("input.trackId", "NOT_FOUND")]
    elif status in RUNNING:
        assert await refused(stage, nova, trackId=track) == [("input.trackId", "NOT_PUBLISHED")]
    else:
        assert await started(stage, nova, trackId=track)


async def test_what_is_no_track_is_refused(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    assert await refused(stage, nova, trackId="trk_01m84c7bhkv25yh45tj6rv882j") == [
        ("input.trackId", "NOT_FOUND")
    ]
    assert await refused(stage, nova, trackId=nova.producer) == [("input.trackId", "WRONG_ID_TYPE")]
    assert await refused(stage, nova, uploadId=nova.producer) == [("input.uploadId", "WRONG_ID_TYPE")]


async def test_a_sample_is_its_owners_complete_and_meant_for_it(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    purpose = UploadPurpose.RECON_SAMPLE
    sample = await a_completed_upload(stage.sessions, nova, purpose)
    half = await a_completed_upload(stage.sessions, nova, purpose, status=UploadStatus.RECEIVING)
    wrong = await a_completed_upload(stage.sessions, nova)
    assert await refused(stage, kilo, uploadId=sample) == [("input.uploadId", "NOT_FOUND")]
    assert await refused(stage, nova, uploadId=half) == [("input.uploadId", "UPLOAD_INCOMPLETE")]
    assert await refused(stage, nova, uploadId=wrong) == [("input.uploadId", "UPLOAD_WRONG_PURPOSE")]
    scan = await started(stage, nova, uploadId=sample)
    async with stage.sessions.reading() as session:
        assert (await session.get_one(Upload, sample)).used_by == scan
    used = await stage.ask(
        nova, "query($id: ID!) { node(id: $id) { ... on Upload { usedBy { id } } } }", id=sample
    )
    assert used == {"node": {"usedBy": {"id": scan}}}


async def test_a_scan_that_is_under_way_is_answered_to_everybody_credited(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    sample = await a_completed_upload(stage.sessions, nova, UploadPurpose.RECON_SAMPLE)
    for who, subject in ((kilo, {"trackId": track}), (nova, {"uploadId": sample})):
        first = await started(stage, nova, **subject)
        async with stage.nothing_changes():
            assert await started(stage, who, **subject) == first
        await change(stage, first, status=ReconScanStatus.RUNNING)
        async with stage.nothing_changes():
            assert await started(stage, who, **subject) == first


async def test_of_many_who_ask_at_once_all_get_one_scan(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    sample = await a_completed_upload(stage.sessions, nova, UploadPurpose.RECON_SAMPLE)
    scans = await asyncio.gather(
        *(started(stage, who, trackId=track) for who in (nova, kilo, nova, kilo)),
        *(started(stage, nova, uploadId=sample) for _ in range(3)),
    )
    assert (len(set(scans[:4])), len(set(scans[4:]))) == (1, 1)
    assert len((await stage.tables())["recon_scan"]) == 2


async def test_a_track_is_scanned_once_an_hour(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    first = await started(stage, nova, trackId=track)
    await over(stage, first, ago=timedelta(minutes=59))
    for who in (nova, kilo):
        async with stage.nothing_changes():
            [error] = (await start(stage, who, trackId=track))["errors"]
        assert (error["__typename"], error["code"], error["path"], error["limit"]) == (
            "LimitReached",
            "RECON_COOL_DOWN",
            ["input", "trackId"],
            1,
        )
        left = datetime.fromisoformat(error["retryAt"]) - now()
        assert timedelta(seconds=30) < left < timedelta(seconds=61)
        button = (await stage.ask(who, BUTTON, id=track))["track"]["viewerCan"]["scan"]
        assert button == {
            "allowed": False,
            "code": "RECON_COOL_DOWN",
            "message": error["message"],
            "retryAt": error["retryAt"],
        }
    await over(stage, first, ago=timedelta(minutes=61))
    assert await started(stage, kilo, trackId=track) != first


NOT_COUNTED: list[dict[str, Any]] = [
    {"status": ReconScanStatus.FAILED, "started_at": now()},
    {"status": ReconScanStatus.CANCELLED, "started_at": None},
    {"status": ReconScanStatus.DONE, "trigger": ReconTrigger.SCHEDULED},
    {"status": ReconScanStatus.DONE, "trigger": ReconTrigger.NEW_UPLOAD},
]


@pytest.mark.parametrize("facts", NOT_COUNTED, ids=lambda facts: f"{facts['status']}-{facts.get('trigger')}")
async def test_what_failed_never_began_or_was_not_asked_for_does_not_count(
    stage: Stage, facts: dict[str, Any]
) -> None:
    nova = await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    for _ in range(21):
        await a_scan(stage.sessions, nova, track=track, created_at=now(), **facts)
    assert (await stage.ask(nova, ALLOWANCE))["reconAllowance"]["remaining"] == 20
    assert (await stage.ask(nova, BUTTON, id=track))["track"]["viewerCan"]["scan"] == OPEN
    assert await started(stage, nova, trackId=track)


async def test_a_scan_that_was_stopped_at_work_counts(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    stopped: dict[str, Any] = {"status": ReconScanStatus.CANCELLED, "created_at": now(), "started_at": now()}
    await a_scan(stage.sessions, nova, track=track, **stopped)
    assert await refused(stage, nova, trackId=track) == [("input.trackId", "RECON_COOL_DOWN")]


async def used_up(stage: Stage, who: Beatmaker, number: int, at: datetime) -> None:
    for _ in range(number):
        track = await a_track(stage.sessions, who)
        await a_scan(stage.sessions, who, track=track, created_at=at)


async def test_twenty_scans_a_day_and_the_next_ones_after_midnight_utc(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions), await a_verified_producer(stage.sessions)
    midnight = now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await used_up(stage, nova, 3, midnight - timedelta(seconds=1))
    await used_up(stage, nova, 19, midnight)
    tomorrow = f"{(midnight + timedelta(days=1)).date()}T00:00:00.000Z"
    assert (await stage.ask(nova, ALLOWANCE))["reconAllowance"] == {
        "limit": 20,
        "remaining": 1,
        "resetAt": tomorrow,
    }
    assert (await stage.ask(nova, DOOR))["me"]["abilities"]["scan"] == OPEN
    track, other = [await a_track(stage.sessions, nova, credited=[kilo]) for _ in range(2)]
    await started(stage, nova, trackId=track)
    async with stage.nothing_changes():
        [error] = (await start(stage, nova, trackId=other))["errors"]
    assert (error["code"], error["limit"], error["path"], error["retryAt"]) == (
        "RECON_DAILY_LIMIT",
        20,
        [],
        tomorrow,
    )
    locked = {
        "allowed": False,
        "code": "RECON_DAILY_LIMIT",
        "message": "Today's scans are used.",
        "retryAt": tomorrow,
    }
    assert (await stage.ask(nova, BUTTON, id=other))["track"]["viewerCan"]["scan"] == locked
    assert (await stage.ask(nova, DOOR))["me"]["abilities"]["scan"] == locked
    assert (await stage.ask(nova, ALLOWANCE))["reconAllowance"]["remaining"] == 0
    assert (await stage.ask(nova, BUTTON, id=track))["track"]["viewerCan"]["scan"] == OPEN, "it is under way"
    assert await started(stage, kilo, trackId=other)


async def test_however_many_ask_at_once_the_allowance_holds(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova) for _ in range(26)]
    payloads = await asyncio.gather(*(start(stage, nova, trackId=track) for track in tracks))
    codes = [error["code"] for payload in payloads for error in payload["errors"]]
    assert codes == ["RECON_DAILY_LIMIT"] * 6
    async with stage.sessions.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ReconScan)) == 20


async def test_the_limits_are_settings(stage: Stage) -> None:
    assert (
        stage.settings.scan_cool_down_minutes,
        stage.settings.scans_a_day,
        stage.settings.rescan_days,
    ) == (
        60,
        20,
        30,
    )


BUTTONS: Sequence[tuple[str, str | None]] = [
    ("visitor", "SIGN_IN_REQUIRED"),
    ("listener", "VERIFIED_PRODUCER_REQUIRED"),
    ("unverified", "VERIFIED_PRODUCER_REQUIRED"),
    ("stranger", "NOT_YOURS"),
    ("credited", None),
    ("owner", None),
    ("staff", "VERIFIED_PRODUCER_REQUIRED"),
]


async def test_the_button_says_what_the_mutation_would(stage: Stage) -> None:
    sessions = stage.sessions
    people: dict[str, Any] = {
        "visitor": None,
        "listener": await a_listener(sessions),
        "unverified": await a_producer(sessions, "Uma"),
        "stranger": await a_verified_producer(sessions, "Sol"),
        "credited": await a_verified_producer(sessions, "Cora"),
        "owner": await a_verified_producer(sessions, "Olga"),
        "staff": await staff(sessions),
    }
    credited = [people["credited"], people["unverified"]]
    track = await a_track(sessions, people["owner"], credited=credited)
    for name, code in BUTTONS:
        button = (await stage.ask(people[name], BUTTON, id=track))["track"]["viewerCan"]["scan"]
        assert (name, button["allowed"], button["code"]) == (name, code is None, code)
    unsettled = await a_track(sessions, people["owner"], TrackStatus.DUPLICATE)
    button = (await stage.ask(people["owner"], BUTTON, id=unsettled))["track"]["viewerCan"]["scan"]
    assert (button["allowed"], button["code"]) == (False, "NOT_PUBLISHED")


async def test_who_asked_for_a_scan_may_stop_it_and_nobody_else(stage: Stage) -> None:
    nova, kilo, pat = [await a_verified_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Pat")]
    sam = await staff(stage.sessions)
    track = await a_track(stage.sessions, nova, credited=[kilo])
    scan = await started(stage, nova, trackId=track)
    outcomes = ((kilo, "NOT_YOURS"), (pat, "NOT_FOUND"), (sam, "VERIFIED_PRODUCER_REQUIRED"))
    for who, code in outcomes:
        async with stage.nothing_changes():
            [(_, came)] = await stage.refusals(who, "cancelReconScan", id=scan)
        assert (who.name, came) == (who.name, code)
    payload = await stage.mutate(nova, "cancelReconScan", "scan { status stage finishedAt }", id=scan)
    assert (payload["scan"]["status"], payload["scan"]["stage"]) == ("CANCELLED", "FINISHED")
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "cancelReconScan", id=scan) == [("id", "SCAN_OVER")]
        assert await stage.refusals(nova, "cancelReconScan", id=track) == [("id", "WRONG_ID_TYPE")]


async def test_a_regular_rescan_is_nobodys_to_stop(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    scan = await a_scan(stage.sessions, None, track=track, status=ReconScanStatus.QUEUED)
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "cancelReconScan", id=scan) == [("id", "NOT_YOURS")]


async def test_the_note_on_a_match_is_its_own_sides(stage: Stage) -> None:
    nova, kilo, pat = [await a_verified_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Pat")]
    sam, uma = await staff(stage.sessions), await a_producer(stage.sessions, "Uma")
    own = await a_track(stage.sessions, nova, credited=[kilo, uma])
    other = await a_track(stage.sessions, pat)
    match, mirrored = await a_match(stage.sessions, own, other), await a_match(stage.sessions, other, own)
    outcomes = ((pat, "NOT_FOUND"), (sam, "VERIFIED_PRODUCER_REQUIRED"), (uma, "VERIFIED_PRODUCER_REQUIRED"))
    for who, code in outcomes:
        async with stage.nothing_changes():
            [(_, came)] = await stage.refusals(who, "triageReconMatch", id=match, input={"triage": "SEEN"})
        assert (who.name, came) == (who.name, code)
    for who, note in ((nova, "SEEN"), (kilo, "DISMISSED"), (nova, "NEW")):
        answer = "match { id triage }"
        payload = await stage.mutate(who, "triageReconMatch", answer, id=match, input={"triage": note})
        assert payload["match"] == {"id": match, "triage": note}
    await stage.mutate(nova, "triageReconMatch", id=match, input={"triage": "SEEN"})
    node = "query($id: ID!) { node(id: $id) { ... on ReconMatch { triage } } }"
    assert (await stage.ask(pat, node, id=mirrored)) == {"node": {"triage": "NEW"}}


async def test_who_loses_the_badge_sees_no_scan_any_more(stage: Stage) -> None:
    nova, sam = await a_verified_producer(stage.sessions), await staff(stage.sessions)
    track = await a_track(stage.sessions, nova)
    scan = ReconScanId(await started(stage, nova, trackId=track))
    taken = {"role": Role.VERIFIED_PRODUCER, "granted": False, "reason": "Test"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    query = """query($id: ID!) { reconScan(id: $id) { id } reconScans { totalCount } reconMatches { totalCount }
      reconAllowance { limit } }"""
    nothing = {"reconScan": None, "reconScans": None, "reconMatches": None, "reconAllowance": None}
    assert await stage.ask(nova, query, id=scan) == nothing
    async with stage.nothing_changes():
        assert await stage.refusals(nova, "cancelReconScan", id=scan) == [("", "VERIFIED_PRODUCER_REQUIRED")]


async def test_a_fingerprint_is_not_touched_by_asking(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await started(stage, nova, trackId=track)
    async with stage.sessions.reading() as session:
        assert await session.scalar(select(col(Fingerprint.scanned_at))) is None
