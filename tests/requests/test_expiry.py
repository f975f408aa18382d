"""D-60, D-70: requests close by the minute, and their requesters are told three hours before."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from api.uploads.dock import Dock
from api.uploads.sweep import sweep_uploads
from db import jobs
from db.clock import now
from db.ids import BeatRequestId, JobId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.requests import BeatMatch, BeatRequest, RequestOpening
from db.models.uploads import Upload
from db.vocabulary import BeatRequestStatus, JobKind, JobState, NotificationKind, UploadPurpose, UploadStatus
from tests.factories import Beatmaker, Person, a_completed_upload, a_listener, a_track, a_verified_producer
from tests.requests.asking import change, openings_of, posted, read, renew
from tests.requests.wanted import a_request
from tests.stage import Stage
from tests.tools.databases import on_sqlite
from tests.working import tools_of
from workers.actors.requests import expire_requests
from workers.transaction import perform

pytestmark = pytest.mark.anyio

_TOLD = """{ me { notifications { nodes { kind title body path subject { __typename id } } } } }"""
_DAY = timedelta(hours=24)


async def a_minute_later(stage: Stage, key: str = "1") -> None:
    """What relay adds each minute, and a worker does."""
    async with stage.sessions.writing() as session:
        await jobs.add(session, JobKind.EXPIRE_REQUESTS, key=key)
    async with stage.sessions.reading() as session:
        ready = col(Job.kind) == JobKind.EXPIRE_REQUESTS, col(Job.state) == JobState.READY
        waiting = [JobId(one) for one in await session.scalars(select(Job.id).where(*ready))]
    for job in waiting:
        await perform(tools_of(stage), job, expire_requests)
    async with stage.sessions.reading() as session:
        states = set(await session.scalars(select(Job.state).where(col(Job.kind) == JobKind.EXPIRE_REQUESTS)))
    assert states == {JobState.DONE}


async def ends(stage: Stage, of: Person, left: timedelta, **different: Any) -> BeatRequestId:
    """A request that has so much of its day left."""
    return await a_request(stage.sessions, of, opened_at=now() - _DAY + left, **different)


async def status_of(stage: Stage, request: str) -> BeatRequestStatus:
    async with stage.sessions.reading() as session:
        return (await session.get_one(BeatRequest, request)).status


async def told(stage: Stage) -> list[Notification]:
    async with stage.sessions.reading() as session:
        return list(await session.scalars(select(Notification).order_by(col(Notification.id))))


async def test_what_is_over_is_closed_with_its_matches_and_nothing_else(stage: Stage) -> None:
    ari, kilo = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    over = [await ends(stage, ari, -timedelta(seconds=number)) for number in range(23)]
    still_open = await ends(stage, ari, timedelta(hours=4))
    gone = await ends(stage, ari, -timedelta(hours=1), status=BeatRequestStatus.DELETED)
    match = await a_beat_match(stage, over[0], kilo)
    await a_minute_later(stage)
    assert {await status_of(stage, one) for one in over} == {BeatRequestStatus.EXPIRED}
    assert await status_of(stage, still_open) is BeatRequestStatus.ACTIVE
    assert await status_of(stage, gone) is BeatRequestStatus.DELETED
    async with stage.sessions.reading() as session:
        assert (await session.get_one(BeatMatch, match)).request_status is BeatRequestStatus.EXPIRED
    assert await told(stage) == []
    before = await stage.tables()
    await a_minute_later(stage, "2")
    after = await stage.tables()
    assert {name: after[name] for name in after if name != "job"} == {
        name: before[name] for name in before if name != "job"
    }


async def a_beat_match(stage: Stage, request: BeatRequestId, of: Beatmaker) -> str:
    row = BeatMatch(
        request_id=request,
        request_status=BeatRequestStatus.ACTIVE,
        track_id=await a_track(stage.sessions, of),
        producer_id=of.producer,
        score=1.0,
    )
    async with stage.sessions.writing() as session:
        session.add(row)
    return row.id


async def test_who_asks_is_told_once_three_hours_before_the_end(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    soon = await ends(stage, ari, timedelta(hours=2, minutes=59), submission_count=1)
    await ends(stage, ari, timedelta(hours=3, minutes=1))
    await ends(stage, ari, timedelta(hours=1), status=BeatRequestStatus.DELETED)
    await ends(stage, ari, -timedelta(minutes=1))
    for key in ("1", "2"):
        await a_minute_later(stage, key)
    [shown] = (await stage.ask(ari, _TOLD))["me"]["notifications"]["nodes"]
    assert shown == {
        "kind": "REQUEST_EXPIRING",
        "title": "Your beat request closes in less than 3 hours",
        "body": "“Something for a late drive home, with room for a voice.”: 1 track was offered so far."
        " It can be renewed within 30 days.",
        "path": f"/requests/{soon}",
        "subject": {"__typename": "BeatRequest", "id": soon},
    }
    [opening] = await openings_of(stage.sessions, soon)
    assert opening.warned_at


@on_sqlite
async def test_nobody_is_warned_of_an_end_that_came_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = await ends(stage, await a_listener(stage.sessions), -timedelta(minutes=1))
    begun = iter([now() - timedelta(minutes=10)])
    monkeypatch.setattr("api.requests.expiry.now", lambda: next(begun, now()))
    await a_minute_later(stage)
    assert await told(stage) == []
    [opening] = await openings_of(stage.sessions, over)
    assert opening.warned_at


async def test_each_opening_is_told_of(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = await ends(stage, ari, timedelta(hours=1))
    async with stage.sessions.writing() as session:  # paid last year: this month's token is there
        await session.execute(update(RequestOpening).values(month="2025-01"))
    await a_minute_later(stage)
    ended = now() - timedelta(hours=1)
    await change(stage.sessions, request, opened_at=ended - _DAY, expires_at=ended)
    await a_minute_later(stage, "2")
    assert await status_of(stage, request) is BeatRequestStatus.EXPIRED
    assert (await renew(stage, ari, request))["errors"] == []
    await a_minute_later(stage, "3")
    assert len(await told(stage)) == 1
    soon = now() + timedelta(hours=2)
    async with stage.sessions.writing() as session:
        await session.execute(update(BeatRequest).values(expires_at=soon))
    await a_minute_later(stage, "4")
    first, second = await openings_of(stage.sessions, request)
    assert [one.subject_id for one in await told(stage)] == [first.id, second.id]
    assert {one.kind for one in await told(stage)} == {NotificationKind.REQUEST_EXPIRING}


async def test_what_two_workers_do_at_once_is_done_once(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    over = [await ends(stage, ari, -timedelta(minutes=number)) for number in range(1, 4)]
    soon = [await ends(stage, ari, timedelta(minutes=number)) for number in range(1, 4)]
    async with stage.sessions.writing() as session:
        for key in ("1", "2"):
            await jobs.add(session, JobKind.EXPIRE_REQUESTS, key=key)
    async with stage.sessions.reading() as session:
        both = [JobId(one) for one in await session.scalars(select(Job.id))]
    await asyncio.gather(*(perform(tools_of(stage), job, expire_requests) for job in both))
    assert {await status_of(stage, one) for one in over} == {BeatRequestStatus.EXPIRED}
    assert len(await told(stage)) == len(soon)


async def test_a_request_that_is_renewed_while_it_closes_ends_open(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    request = await ends(stage, ari, -timedelta(minutes=1))
    async with stage.sessions.writing() as session:
        await session.execute(update(RequestOpening).values(month="2025-01"))
    payload, _ = await asyncio.gather(renew(stage, ari, request), a_minute_later(stage))
    assert payload["errors"] == []
    assert await status_of(stage, request) is BeatRequestStatus.ACTIVE


@on_sqlite
async def test_a_sample_is_swept_when_its_request_can_be_renewed_no_more(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    sample = await a_completed_upload(stage.sessions, ari, UploadPurpose.REQUEST_SAMPLE)
    request = await posted(stage, ari, reference={"uploadId": sample})
    for left, status in (
        (timedelta(minutes=1), UploadStatus.COMPLETED),
        (timedelta(minutes=-1), UploadStatus.EXPIRED),
    ):
        async with stage.sessions.writing() as session:
            await session.execute(update(Upload).values(expires_at=now() + left))
        await sweep_uploads(stage.sessions, stage.services.storage, keep_for=timedelta(hours=24))
        async with stage.sessions.reading() as session:
            assert (await session.get_one(Upload, sample)).status is status
    seen = await read(stage, ari, request["id"])
    assert seen
    assert seen["reference"]["sample"] is None


@on_sqlite
async def test_a_sample_that_a_request_names_is_not_ended_by_its_sender(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    free, used = [
        await a_completed_upload(stage.sessions, ari, UploadPurpose.REQUEST_SAMPLE) for _ in range(2)
    ]
    await posted(stage, ari, reference={"uploadId": used})
    dock = Dock(stage.sessions, stage.services.storage, timedelta(hours=24))
    async with stage.nothing_changes():
        assert not await dock.end(used)
    assert await dock.end(free)
