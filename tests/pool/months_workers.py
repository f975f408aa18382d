"""Workers and relay of an installation whose months are played: jobs are done when somebody says so."""

import asyncio
from collections.abc import Collection
from typing import Final

from sqlalchemy import Engine, and_, bindparam, or_, select
from sqlmodel import col

from api.plans.bills import keep_bill
from db import jobs
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.vocabulary import JobKind, JobState
from tests.pool.months_bills import Bill
from tests.pool.months_clock import Clock
from tests.purchases.interruptions import Killed
from tests.stage import Stage
from tests.working import tools_of
from workers.actors.ledger import make_statements
from workers.actors.pool import close_months, run_pool
from workers.transaction import Actor, perform

_ACTORS: Final[dict[JobKind, Actor]] = {one.kind: one for one in (close_months, run_pool, make_statements)}
_OURS: Final = col(Job.kind).in_(list(_ACTORS))
_FREE: Final = or_(
    and_(col(Job.state) == JobState.READY, col(Job.run_at) <= bindparam("moment")),
    and_(col(Job.state) == JobState.LEASED, col(Job.lease_until) <= bindparam("moment")),
)
_WAITING: Final = (
    select(col(Job.id), col(Job.kind)).where(_OURS, _FREE).order_by(col(Job.created_at), col(Job.id))
)
_ROUNDS: Final = 12
"""Jobs come of others: an adjustment of a closing, and another one of that."""
_LEASE_OVER_S: Final = jobs.LEASE_S + 1


class Workers:
    """What relay and its workers do."""

    def __init__(self, stage: Stage, clock: Clock, engine: Engine) -> None:
        self._stage, self._clock, self._engine, self._tools = stage, clock, engine, tools_of(stage)

    async def work(self, workers: int = 1) -> None:
        """Do all jobs, and those that come of them; leases of who was killed are over by then.

        Args:
            workers: How many reach for each.
        """
        for _ in range(_ROUNDS):
            self._clock.go_on(seconds=_LEASE_OVER_S)
            waiting = self._waiting()
            if not waiting:
                return
            await (self._one_by_one(waiting) if workers == 1 else self._together(waiting * workers))

    async def _one_by_one(self, waiting: Collection[tuple[JobId, JobKind]]) -> None:
        for job, kind in waiting:
            await perform(self._tools, job, _ACTORS[kind])

    async def _together(self, waiting: Collection[tuple[JobId, JobKind]]) -> None:
        doing = [perform(self._tools, job, _ACTORS[kind]) for job, kind in waiting]
        for one in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(one, BaseException) and not isinstance(one, Killed):
                raise one

    def _waiting(self) -> list[tuple[JobId, JobKind]]:
        """Ready, or in the hands of somebody whose lease is over."""
        with self._engine.connect() as connection:
            rows = connection.execute(_WAITING, {"moment": self._clock.at})
            return [(JobId(job), kind) for job, kind in rows]

    async def routine(self, kind: JobKind, workers: int = 1) -> None:
        """As relay has it done, at whatever hour it is."""
        async with self._stage.sessions.writing() as session:
            await jobs.add(session, kind, key=new_id("evt"))
        await self.work(workers)

    async def tell(self, bill: Bill, answer: int) -> None:
        """Keep what the provider has said of a bill, as its job does once it has read that."""
        async with self._stage.sessions.writing() as session:
            await keep_bill(session, bill.subscription, bill.facts, bill.said[answer])
        bill.told = max(bill.told, answer)
