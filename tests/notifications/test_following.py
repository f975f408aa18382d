"""A producer's followers hear of a new track: all of them, once, whatever happens in the middle."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.notifications.following import tell_followers
from api.recon.duplicates import publish
from db import jobs
from db.clock import now
from db.ids import JobId, TrackId
from db.jobs import LeaseLost
from db.models.jobs import Job
from db.queries import tracks
from db.vocabulary import JobKind, JobState, TrackStatus
from tests.factories import Beatmaker, Person, a_listener, a_producer, a_track
from tests.notifications.office import ACTORS, Office, follow
from workers.transaction import perform

pytestmark = pytest.mark.anyio
TELL = JobKind.TELL_FOLLOWERS


async def a_producer_with(office: Office, *people: Person) -> Beatmaker:
    nova = await a_producer(office.sessions, "Nova")
    await follow(office.sessions, nova.producer, *people)
    return nova


async def a_job(office: Office, track: TrackId) -> JobId:
    async with office.sessions.writing() as session:
        await jobs.add(session, TELL, key=track, track=track)
    [job] = await office.jobs(TELL)
    return JobId(job.id)


async def listeners(office: Office, number: int) -> list[Person]:
    return [await a_listener(office.sessions, f"P{one}") for one in range(number)]


async def test_all_who_follow_now_are_told_in_batches_and_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.notifications.following._AT_ONCE", 2)
    people = await listeners(office, 5)
    nova, gone = await a_producer_with(office, *people), await a_listener(office.sessions, "Gone")
    await follow(office.sessions, nova.producer, gone, ended_at=now())
    other = await a_producer_with(office, await a_listener(office.sessions, "Else"))
    track = await a_track(office.sessions, nova, title="Night Drive", credited=[other])
    await a_job(office, track)
    await office.work(TELL)
    told = await office.notices()
    assert {one.account_id for one in told} == {one.account for one in people}
    assert {(one.title, one.subject_id) for one in told} == {("New from Nova: Night Drive", track)}
    [shown] = (await office.list(people[0]))["notifications"]["nodes"]
    assert shown["body"] == "Nova has published “Night Drive” (Trap, 140 BPM, B♭ minor)."
    assert (shown["path"].startswith("/t/night-drive-"), shown["subject"]["id"]) == (True, track)
    assert [job.state for job in await office.jobs(TELL)] == [JobState.DONE]


async def test_a_worker_that_loses_the_job_half_way_leaves_the_rest_to_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.notifications.following._AT_ONCE", 2)
    people = await listeners(office, 5)
    track = await a_track(office.sessions, await a_producer_with(office, *people))
    job, kept = await a_job(office, track), list[int]()

    async def keep(session: AsyncSession) -> None:
        kept.append(1)
        if len(kept) == 2:
            raise LeaseLost(job)

    async def settle(session: AsyncSession) -> None:
        raise AssertionError("it is not over")

    with pytest.raises(LeaseLost):
        await tell_followers(office.sessions, track, keep=keep, settle=settle)
    assert len(await office.notices()) == 2
    await asyncio.gather(*(perform(office.tools, job, ACTORS[TELL]) for _ in range(2)))
    assert len(await office.notices()) == 5


@pytest.mark.parametrize("status", [TrackStatus.HIDDEN, TrackStatus.REMOVED, TrackStatus.SOLD])
async def test_what_is_not_to_be_seen_any_more_is_told_to_nobody(office: Office, status: Any) -> None:
    nova = await a_producer_with(office, await a_listener(office.sessions))
    await a_job(office, await a_track(office.sessions, nova, status))
    await office.work(TELL)
    assert await office.notices() == []
    assert [job.state for job in await office.jobs(TELL)] == [JobState.DONE]


async def test_a_first_publication_has_followers_told_and_a_later_one_has_not(office: Office) -> None:
    nova = await a_producer(office.sessions)
    track = await a_track(office.sessions, nova, TrackStatus.PROCESSING)
    await published(office, track)
    [job] = await office.jobs(TELL)
    assert (job.key, job.payload) == (f"TELL_FOLLOWERS:{track}", {"track": track})
    async with office.sessions.writing() as session:
        await session.delete(await session.get_one(Job, job.id))  # as the sweep does, a week later
    await published(office, track)
    assert await office.jobs(TELL) == []


async def published(office: Office, track: TrackId) -> None:
    async with office.sessions.writing() as session:
        row = await tracks.track_for_change(session, track)
        assert row
        await publish(session, row)
