"""Workers of one installation, a step at a time, and what time does to their work: what models of money are made with."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.models.payments import PaymentCall
from db.vocabulary import CallOutcome, JobKind, JobState
from tests.purchases.interruptions import Killed
from tests.stage import Stage
from tests.working import tools_of
from workers.transaction import Actor, perform

_ROUNDS: Final = 4
"""Jobs are done again that failed, and those that came of others."""
A_WHILE: Final = timedelta(seconds=1)
LONG_AGO: Final = timedelta(days=3650)


class SteppedWorkers:
    """What workers do; moments of theirs are over when somebody says so.

    Args:
        actors: Who does which jobs; others are left alone.
    """

    def __init__(self, stage: Stage, actors: Mapping[JobKind, Actor], patch: pytest.MonkeyPatch) -> None:
        self._stage = stage
        self._sessions = stage.sessions
        self._actors = actors
        patch.setattr("api.payments.inbox._LOOKED_BACK", LONG_AGO)  # the sandbox's clock stands elsewhere

    async def work(self, workers: int = 1) -> None:
        """Do all jobs, some rounds of them; leases have run out by then, and waits are over.

        Args:
            workers: How many reach for each.
        """
        for _ in range(_ROUNDS):
            await self.let_time_pass()
            waiting = await self.waiting()
            if not waiting:
                return
            if workers == 1:
                for job, kind in waiting:
                    await perform(tools_of(self._stage), job, self._actors[kind])
            else:
                await self._together(waiting * workers)

    async def _together(self, waiting: Collection[tuple[JobId, JobKind]]) -> None:
        doing = [perform(tools_of(self._stage), job, self._actors[kind]) for job, kind in waiting]
        for one in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(one, BaseException) and not isinstance(one, Killed):
                raise one

    async def let_time_pass(self) -> None:
        """Leases have run out, and waits are over."""
        moment = now() - A_WHILE
        leased = self._ours, col(Job.state) == JobState.LEASED
        ready = self._ours, col(Job.state) == JobState.READY
        async with self._sessions.writing() as session:
            await session.execute(update(Job).where(*leased).values(lease_until=moment))
            await session.execute(update(Job).where(*ready).values(run_at=moment))

    async def waiting(self) -> list[tuple[JobId, JobKind]]:
        """Ready, or in the hands of somebody whose lease is over."""
        moment = now()
        ready = and_(col(Job.state) == JobState.READY, col(Job.run_at) <= moment)
        dropped = and_(col(Job.state) == JobState.LEASED, col(Job.lease_until) <= moment)
        chosen = select(col(Job.id), col(Job.kind)).where(self._ours, or_(ready, dropped))
        async with self._sessions.reading() as session:
            rows = await session.execute(chosen.order_by(col(Job.created_at), col(Job.id)))
            return [(JobId(job), kind) for job, kind in rows]

    async def routine(self, kind: JobKind) -> None:
        """As relay has it done."""
        async with self._sessions.writing() as session:
            await jobs.add(session, kind, key=new_id("evt"))
        await self.work()

    async def forget_settled(self) -> None:
        """The minute, the hour or the day is another one than before."""
        async with self._sessions.writing() as session:
            await jobs.forget_settled(session, before=now() + A_WHILE)

    async def age_calls(self, days: float) -> list[str]:
        """Those without an answer, by so much as the provider's clock has moved; their keys."""
        chosen = col(PaymentCall.outcome) == CallOutcome.UNSURE
        async with self._sessions.writing() as session:
            calls: Any = list(await session.scalars(select(PaymentCall).where(chosen)))
            for call in calls:
                call.called_at -= timedelta(days=days)
            return [call.id for call in calls]

    @property
    def _ours(self) -> ColumnElement[bool]:
        return col(Job.kind).in_(list(self._actors))
