"""Workers and relay of one installation that pays, a step at a time, and what time does to their work."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.models.payments import PaymentCall
from db.models.payouts import PayoutHold
from db.vocabulary import CallOutcome, JobKind, JobState
from tests.payouts.payroll import ACTORS, Payroll
from tests.purchases.interruptions import Killed
from tests.working import tools_of
from workers.transaction import perform

_OURS: Final = col(Job.kind).in_(list(ACTORS))
_ROUNDS: Final = 4
"""Jobs are done again that failed, and those that came of others."""
_A_WHILE: Final = timedelta(seconds=1)
_LONG_AGO: Final = timedelta(days=3650)


class Workers:
    """What relay and its workers do; moments of theirs are over when somebody says so."""

    def __init__(self, payroll: Payroll, patch: pytest.MonkeyPatch) -> None:
        self._payroll = payroll
        self._sessions = payroll.stage.sessions
        patch.setattr("api.payments.inbox._LOOKED_BACK", _LONG_AGO)  # the sandbox's clock stands elsewhere
        patch.setattr("api.payouts.following._COMES_BACK_WITHIN", _LONG_AGO)

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
                    await perform(tools_of(self._payroll.stage), job, ACTORS[kind])
            else:
                await self._together(waiting * workers)

    async def _together(self, waiting: Collection[tuple[JobId, JobKind]]) -> None:
        doing = [perform(tools_of(self._payroll.stage), job, ACTORS[kind]) for job, kind in waiting]
        for one in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(one, BaseException) and not isinstance(one, Killed):
                raise one

    async def let_time_pass(self) -> None:
        """Leases have run out, and waits are over."""
        moment = now() - _A_WHILE
        leased = _OURS, col(Job.state) == JobState.LEASED
        ready = _OURS, col(Job.state) == JobState.READY
        async with self._sessions.writing() as session:
            await session.execute(update(Job).where(*leased).values(lease_until=moment))
            await session.execute(update(Job).where(*ready).values(run_at=moment))

    async def waiting(self) -> list[tuple[JobId, JobKind]]:
        """Ready, or in the hands of somebody whose lease is over."""
        moment = now()
        ready = and_(col(Job.state) == JobState.READY, col(Job.run_at) <= moment)
        dropped = and_(col(Job.state) == JobState.LEASED, col(Job.lease_until) <= moment)
        chosen = select(col(Job.id), col(Job.kind)).where(_OURS, or_(ready, dropped))
        async with self._sessions.reading() as session:
            rows = await session.execute(chosen.order_by(col(Job.created_at), col(Job.id)))
            return [(JobId(job), kind) for job, kind in rows]

    async def routine(self, kind: JobKind) -> None:
        """As relay has it done; its hour, or its day, is another one than before."""
        async with self._sessions.writing() as session:
            await jobs.forget_settled(session, before=now() + _A_WHILE)
            await jobs.add(session, kind, key=new_id("evt"))
        await self.work()

    async def end_holds(self) -> None:
        """The days are over that payouts were held for by themselves."""
        over = update(PayoutHold).where(col(PayoutHold.until).is_not(None))
        async with self._sessions.writing() as session:
            await session.execute(over.values(until=now() - _A_WHILE))

    async def age_calls(self, days: float) -> list[str]:
        """Those without an answer, by so much as the provider's clock has moved; their keys."""
        chosen = col(PaymentCall.outcome) == CallOutcome.UNSURE
        async with self._sessions.writing() as session:
            calls: Any = list(await session.scalars(select(PaymentCall).where(chosen)))
            for call in calls:
                call.called_at -= timedelta(days=days)
            return [call.id for call in calls]

    async def forget_keys(self) -> int:
        """The provider has forgotten the keys of calls without an answer, as it does after a day; how many."""
        keys = await self.age_calls(1)
        for key in keys:
            for account in ("", *self._accounts()):
                facts = {"account": account} if account else {}
                self._payroll.seller.control("DELETE", f"/idempotency/{key}", **facts)
        return len(keys)

    def _accounts(self) -> list[str]:
        found = self._payroll.seller.stripe.v2.core.accounts.list({"limit": 20})
        return [one.id for one in found.data]
