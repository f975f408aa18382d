"""The job table: the queue of record."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import JobId
from db.jobs import Claim, LeaseLost
from db.models.jobs import Job
from db.session import Committed, Sessions
from db.vocabulary import JobKind, JobState

pytestmark = pytest.mark.anyio


class Queue:
    """One job, and what can be done with it."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def add(self, key: str = "one", **more: Any) -> JobId:
        async with self.sessions.writing() as session:
            await jobs.add(session, JobKind.DELETE_FILES, key=key, keys=["a"], **more)
        return JobId((await self.jobs(key=f"DELETE_FILES:{key}"))[0].id)

    async def jobs(self, **having: Any) -> list[Job]:
        async with self.sessions.reading() as session:
            return list(await session.scalars(select(Job).filter_by(**having)))

    async def the_job(self) -> Job:
        [job] = await self.jobs()
        return job

    async def claim(self, job: JobId) -> Claim | None:
        async with self.sessions.writing() as session:
            return await jobs.claim(session, job)

    async def claimed(self) -> Claim:
        held = await self.claim(await self.add())
        assert held
        return held

    async def settle(self, held: Claim) -> None:
        async with self.sessions.writing() as session:
            await jobs.settle(session, held)

    async def fail(self, held: Claim) -> JobState:
        async with self.sessions.writing() as session:
            return await jobs.fail(session, held, "It broke.")

    async def change(self, **values: Any) -> None:
        async with self.sessions.writing() as session:
            await session.execute(update(Job).values(**values))

    async def due(self) -> list[JobId]:
        async with self.sessions.writing() as session:
            return [job for job, _ in await jobs.due(session)]


@pytest.fixture
async def queue(database_url: str) -> AsyncGenerator[Queue]:
    sessions = Sessions(database_url)
    yield Queue(sessions)
    await sessions.close()


async def test_a_cause_named_twice_is_one_job(queue: Queue) -> None:
    first = await queue.add("one")
    assert await queue.add("one") == first
    assert await queue.add("two") != first
    assert len(await queue.jobs()) == 2


async def test_a_job_is_only_there_if_its_cause_is(queue: Queue) -> None:
    async def breaking_off() -> None:
        async with queue.sessions.writing() as session:
            await jobs.add(session, JobKind.SWEEP, key="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await breaking_off()
    assert await queue.jobs() == []


async def test_of_many_workers_one_gets_the_job(queue: Queue) -> None:
    job = await queue.add()
    claims = await asyncio.gather(*(queue.claim(job) for _ in range(8)))
    [held] = [claim for claim in claims if claim]
    assert (held.kind, held.payload, held.attempt, held.fence) == (
        JobKind.DELETE_FILES,
        {"keys": ["a"]},
        1,
        1,
    )


async def test_a_job_is_not_to_be_had_before_its_time(queue: Queue) -> None:
    job = await queue.add(run_at=now() + timedelta(minutes=1))
    assert await queue.claim(job) is None
    assert await queue.due() == []


async def test_a_settled_job_is_done_once_and_for_all(queue: Queue) -> None:
    held = await queue.claimed()
    await queue.settle(held)
    done = await queue.the_job()
    assert (done.state, done.last_error) == (JobState.DONE, None)
    assert done.finished_at
    assert await queue.claim(held.id) is None
    assert await queue.due() == []


async def test_who_lost_the_lease_can_neither_settle_nor_renew_nor_fail(queue: Queue) -> None:
    slow = await queue.claimed()
    assert await queue.claim(slow.id) is None
    await queue.change(lease_until=now() - timedelta(seconds=1))
    quick = await queue.claim(slow.id)
    assert quick
    assert (quick.fence, quick.attempt) == (2, 2)
    for late in (queue.settle, queue.fail):
        with pytest.raises(LeaseLost):
            await late(slow)
    with pytest.raises(LeaseLost):
        async with queue.sessions.writing() as session:
            await jobs.renew(session, slow)
    await queue.settle(quick)
    assert (await queue.the_job()).state == JobState.DONE


async def test_a_renewed_lease_is_kept(queue: Queue) -> None:
    held = await queue.claimed()
    await queue.change(lease_until=now() - timedelta(seconds=1))
    async with queue.sessions.writing() as session:
        await jobs.renew(session, held)
    assert await queue.claim(held.id) is None


async def test_an_effect_that_rolls_back_leaves_the_job_to_be_done(queue: Queue) -> None:
    held = await queue.claimed()

    async def breaking_off() -> None:
        async with queue.sessions.writing() as session:
            await jobs.add(session, JobKind.SWEEP, key="effect")
            await jobs.settle(session, held)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await breaking_off()
    assert (await queue.the_job()).state == JobState.LEASED


async def test_retries_wait_twice_as_long_each_time_and_an_hour_at_most(queue: Queue) -> None:
    await queue.add()
    waits: list[int] = []
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        await queue.change(run_at=now())
        held = await queue.claim(JobId((await queue.the_job()).id))
        assert held
        moment = now()
        assert await queue.fail(held) is JobState.READY
        failed = await queue.the_job()
        waits.append(round((failed.run_at - moment).total_seconds()))
        assert (failed.nudge_at, failed.last_error) == (failed.run_at, "It broke.")
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]


def test_an_email_is_tried_for_two_days() -> None:
    waits = [min(2 * 2**attempt, 3600) for attempt in range(jobs.most_attempts(JobKind.SEND_EMAIL) - 1)]
    assert sum(waits) > 47 * 3600
    assert jobs.most_attempts(JobKind.SWEEP) == jobs.MAX_ATTEMPTS


async def test_after_the_last_attempt_a_job_is_laid_aside(queue: Queue) -> None:
    job = await queue.add()
    await queue.change(attempts=jobs.MAX_ATTEMPTS - 1)
    held = await queue.claim(job)
    assert held
    assert await queue.fail(held) is JobState.DEAD
    assert await queue.claim(job) is None
    assert await queue.due() == []
    async with queue.sessions.writing() as session:
        await jobs.forget_settled(session, before=now() + timedelta(days=1))
    assert (await queue.the_job()).state == JobState.DEAD


async def test_done_jobs_are_forgotten_in_time(queue: Queue) -> None:
    await queue.settle(await queue.claimed())
    for before, left in ((now() - timedelta(days=1), 1), (now() + timedelta(days=1), 0)):
        async with queue.sessions.writing() as session:
            await jobs.forget_settled(session, before=before)
        assert len(await queue.jobs()) == left


async def test_a_waiting_job_is_spoken_of_again_after_ever_longer_waits(queue: Queue) -> None:
    job = await queue.add()
    waits: list[int] = []
    for _ in range(7):
        await queue.change(nudge_at=now())
        moment = now()
        assert await queue.due() == [job]
        assert await queue.due() == []
        waits.append(round(((await queue.the_job()).nudge_at - moment).total_seconds()))
    assert waits == [3, 6, 12, 24, 48, 60, 60]


async def test_a_killed_workers_job_is_spoken_of_when_its_lease_ends(queue: Queue) -> None:
    held = await queue.claimed()
    assert await queue.due() == []
    await queue.change(lease_until=now(), nudge_at=now())
    assert await queue.due() == [held.id]


async def test_two_relays_speak_of_a_job_once(queue: Queue) -> None:
    for number in range(20):
        await queue.add(str(number))
    spoken = await asyncio.gather(queue.due(), queue.due())
    assert len([job for part in spoken for job in part]) == 20
    assert len({job for part in spoken for job in part}) == 20


async def test_relay_is_poked_when_a_job_was_added_and_only_then(database_url: str) -> None:
    heard: list[Committed] = []

    async def hear(committed: Committed) -> None:
        heard.append(committed)

    sessions = Sessions(database_url, after_commit=hear)
    async with sessions.writing() as session:
        await jobs.add(session, JobKind.SWEEP, key="x")
        assert heard == []
    assert [committed.jobs_added for committed in heard] == [True]
    await sessions.close()


async def test_work_that_is_oldest_comes_first(queue: Queue) -> None:
    late, early = await queue.add("late"), await queue.add("early")
    for job, seconds in ((late, 1), (early, 5)):
        async with queue.sessions.writing() as session:
            changed = update(Job).where(col(Job.id) == job)
            await session.execute(changed.values(nudge_at=now() - timedelta(seconds=seconds)))
    assert await queue.due() == [early, late]


async def test_a_job_keeps_the_id_of_the_request_it_comes_from(queue: Queue) -> None:
    with structlog.contextvars.bound_contextvars(request_id="rqu_x"):
        held = await queue.claimed()
    assert (held.request_id, (await queue.the_job()).request_id) == ("rqu_x", "rqu_x")
