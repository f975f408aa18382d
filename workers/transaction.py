"""Claim, do, settle: what stands around every actor, so that a message may come twice, late, or never."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import dramatiq
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.ids import JobId
from db.jobs import Claim, LeaseLost
from db.session import Sessions
from db.vocabulary import JobKind, JobState
from workers.broker import PRIORITIES, QUEUES, actor_name
from workers.tools import Tools, tools

_log = structlog.get_logger(__name__)
_RENEW_EVERY_S: Final = jobs.LEASE_S / 3


class WorkersDied(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Every worker that had the job ended without a word."""


@dataclass(frozen=True)
class Job:
    """A claimed job as its handler sees it."""

    claim: Claim

    def __getitem__(self, name: str) -> Any:
        return self.claim.payload[name]

    async def keep(self, session: AsyncSession) -> None:
        """Make sure, in the transaction that holds a step of a long job, that the job is still this worker's.

        Raises:
            LeaseLost: Somebody else has it; everything rolls back.
        """
        await jobs.renew(session, self.claim)

    async def settle(self, session: AsyncSession) -> None:
        """End the job in the transaction that holds its effect.

        Raises:
            LeaseLost: Somebody else has it; everything rolls back.
        """
        await jobs.settle(session, self.claim)


Handler = Callable[[Tools, Job], Awaitable[None]]
OnFailure = Callable[[AsyncSession, Job], Awaitable[None]]


@dataclass(frozen=True)
class Actor:
    """What does one kind of job.

    Attributes:
        on_failure: What to record beside a failed attempt, in the same transaction.
    """

    kind: JobKind
    handler: Handler
    on_failure: OnFailure | None = None


def does(kind: JobKind, *, on_failure: OnFailure | None = None) -> Callable[[Handler], Actor]:
    """Makes a handler the actor of a kind of job."""
    return lambda handler: Actor(kind, handler, on_failure)


def register(broker: dramatiq.Broker, actor: Actor) -> None:
    """Have the broker's messages about this kind of job done by this actor."""

    async def act(job: str) -> None:
        await perform(tools(), JobId(job), actor)

    kind = actor.kind
    dramatiq.actor(
        actor_name=actor_name(kind),
        queue_name=QUEUES[kind],
        priority=PRIORITIES.get(kind, 0),
        broker=broker,
    )(act)


async def perform(given: Tools, job: JobId, actor: Actor) -> None:
    """Do a job if it is to be had: claim it, keep its lease while it runs, note how it failed."""
    async with given.sessions.writing() as session:
        claim = await jobs.claim(session, job)
    if claim is None:
        return
    if claim.attempt > jobs.most_attempts(claim.kind):
        await _note_failure(given.sessions, claim, WorkersDied(), actor.on_failure)
        return
    with structlog.contextvars.bound_contextvars(job_id=job, request_id=claim.request_id):
        try:
            async with _kept(given.sessions, claim):
                await actor.handler(given, Job(claim))
            _log.info("job done", kind=claim.kind, attempt=claim.attempt)
        except LeaseLost:
            _log.warning("lease lost; another worker has the job", kind=claim.kind)
        except Exception as error:  # noqa: BLE001 -- whatever broke, the job is tried again
            await _note_failure(given.sessions, claim, error, actor.on_failure)


@asynccontextmanager
async def _kept(sessions: Sessions, claim: Claim) -> AsyncGenerator[None]:
    """Renew the lease until the block ends."""
    keeper = asyncio.create_task(_renew(sessions, claim))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _renew(sessions: Sessions, claim: Claim) -> None:
    """Until cancelled, or until somebody else has the job; a database that is busy is asked again."""
    while True:
        await asyncio.sleep(_RENEW_EVERY_S)
        try:
            async with sessions.writing() as session:
                await jobs.renew(session, claim)
        except OperationalError as error:
            _log.warning("lease not renewed", job=claim.id, error=repr(error))


async def _note_failure(
    sessions: Sessions, claim: Claim, error: Exception, on_failure: OnFailure | None
) -> None:
    _log.error("job failed", kind=claim.kind, attempt=claim.attempt, exc_info=error)
    with suppress(LeaseLost):
        async with sessions.writing() as session:
            if on_failure:  # first, for verdicts lock in this order too: the track, then its job
                await on_failure(session, Job(claim))
            state = await jobs.fail(session, claim, repr(error))
        if state is JobState.DEAD:
            _log.critical("job given up: a person must look", kind=claim.kind, job=claim.id)
