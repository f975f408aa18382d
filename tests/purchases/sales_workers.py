"""Workers and relay of one installation, a step at a time, and what time does to their work."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from api.licensing.downloads import hand_out
from db import jobs
from db.clock import now
from db.ids import JobId, new_id
from db.models.jobs import Job
from db.models.licences import Licence
from db.models.payments import PaymentCall
from db.models.purchases import Purchase
from db.vocabulary import AudioFormat, CallOutcome, JobKind, JobState
from tests.purchases.interruptions import Killed
from tests.purchases.market import Market
from tests.working import tools_of
from workers.actors.payments import catch_up_on_payments, read_payment_event
from workers.actors.purchases import expire_purchases, settle_purchase
from workers.transaction import Actor, perform

_ACTORS: Final[dict[JobKind, Actor]] = {
    JobKind.READ_PAYMENT_EVENT: read_payment_event,
    JobKind.SETTLE_PURCHASE: settle_purchase,
    JobKind.CATCH_UP_ON_PAYMENTS: catch_up_on_payments,
    JobKind.EXPIRE_PURCHASES: expire_purchases,
}
_OURS: Final = col(Job.kind).in_(list(_ACTORS))
_ROUNDS: Final = 4
"""Jobs are done again that failed, and those that came of others."""
_A_WHILE: Final = timedelta(seconds=1)
_LONG_AGO: Final = timedelta(days=3650)


class Workers:
    """What relay and its workers do; moments of theirs are over when somebody says so."""

    def __init__(self, market: Market, patch: pytest.MonkeyPatch) -> None:
        self._market = market
        self._sessions = market.stage.sessions
        patch.setattr("api.payments.inbox._LOOKED_BACK", _LONG_AGO)  # the sandbox's clock stands elsewhere

    async def work(self, workers: int = 1) -> None:
        """Do all jobs, some rounds of them; leases have run out by then, and waits are over.

        Args:
            workers: How many reach for each.
        """
        for _ in range(_ROUNDS):
            await self._let_time_pass()
            waiting = await self._waiting()
            if not waiting:
                return
            if workers == 1:
                for job, kind in waiting:
                    await perform(tools_of(self._market.stage), job, _ACTORS[kind])
            else:
                await self._together(waiting * workers)

    async def _together(self, waiting: Collection[tuple[JobId, JobKind]]) -> None:
        doing = [perform(tools_of(self._market.stage), job, _ACTORS[kind]) for job, kind in waiting]
        for one in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(one, BaseException) and not isinstance(one, Killed):
                raise one

    async def _let_time_pass(self) -> None:
        moment = now() - _A_WHILE
        leased = _OURS, col(Job.state) == JobState.LEASED
        ready = _OURS, col(Job.state) == JobState.READY
        async with self._sessions.writing() as session:
            await session.execute(update(Job).where(*leased).values(lease_until=moment))
            await session.execute(update(Job).where(*ready).values(run_at=moment))

    async def _waiting(self) -> list[tuple[JobId, JobKind]]:
        """Ready, or in the hands of somebody whose lease is over."""
        moment = now()
        ready = and_(col(Job.state) == JobState.READY, col(Job.run_at) <= moment)
        dropped = and_(col(Job.state) == JobState.LEASED, col(Job.lease_until) <= moment)
        chosen = select(col(Job.id), col(Job.kind)).where(_OURS, or_(ready, dropped))
        async with self._sessions.reading() as session:
            rows = await session.execute(chosen.order_by(col(Job.created_at), col(Job.id)))
            return [(JobId(job), kind) for job, kind in rows]

    async def catch_up(self) -> None:
        """As relay has it done each ten minutes."""
        await self._routine(JobKind.CATCH_UP_ON_PAYMENTS)

    async def expire(self, purchase: str | None = None) -> None:
        """The time of one, or of all, is over, and relay has noticed."""
        over = update(Purchase).values(expires_at=now() - _A_WHILE)
        async with self._sessions.writing() as session:
            await session.execute(over.where(col(Purchase.id) == purchase) if purchase else over)
            await jobs.forget_settled(session, before=now() + _A_WHILE)  # or a minute would have to pass
        await self._routine(JobKind.EXPIRE_PURCHASES)

    async def _routine(self, kind: JobKind) -> None:
        async with self._sessions.writing() as session:
            await jobs.add(session, kind, key=new_id("evt"))
        await self.work()

    async def download(self, purchase: Purchase) -> None:
        """A file of its licence, if it has one, by the door that notes it."""
        if purchase.licence_id is None:
            return
        async with self._sessions.writing() as session:
            licence = await session.get_one(Licence, purchase.licence_id)
            await hand_out(session, licence.number, AudioFormat.WAV)

    async def age_calls(self, days: float) -> None:
        """Those without an answer, by so much as the provider's clock has moved."""
        await self._unsure(timedelta(days=days))

    async def forget_keys(self) -> int:
        """The provider has forgotten the keys of calls without an answer, as it does after a day; how many."""
        keys = await self._unsure(timedelta(days=1))
        for key in keys:
            self._market.seller.control("DELETE", f"/idempotency/{key}")
        return len(keys)

    async def _unsure(self, older: timedelta) -> list[str]:
        chosen = col(PaymentCall.outcome) == CallOutcome.UNSURE
        async with self._sessions.writing() as session:
            calls: Any = list(await session.scalars(select(PaymentCall).where(chosen)))
            for call in calls:
                call.called_at -= older
            return [call.id for call in calls]
