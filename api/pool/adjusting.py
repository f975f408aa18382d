"""Adjusting months that are closed: money that came too late, and money that was given back later (D-53).

What was frozen stays as it is: an adjustment is a run of its own, that divides by the weights of the closing. Late payments
lie in the pool of their month, and are shared out. Returns were advanced by the platform, and are taken back from whom the
money had gone to, who may owe something then. Each adjusts with a run, so that a run goes one way.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.bookkeeping import pool_of
from db.clock import now
from db.ids import PoolRunId, new_id
from db.models.pools import PoolRun
from db.queries import late_returns, ledger, pool_inputs
from db.queries import pools as queries
from db.queries.pools import PoolRunRow
from db.session import Sessions
from db.vocabulary import JobKind, PoolRunStatus


async def adjust_closed_months(sessions: Sessions) -> None:
    """Begin what adjustments are due, each with its job; asked twice, they are begun once."""
    async with sessions.reading() as session:
        closed = [one for one in await queries.posted_closings(session) if one.total_weight]
        late = await queries.pool_balances(session, [one.period for one in closed])
        returned = await late_returns.waiting_periods(session)
    for closing in closed:
        if late[closing.period] > 0 or closing.period in returned:
            async with sessions.writing() as session:
                await _adjust(session, closing)


async def _adjust(session: AsyncSession, closing: PoolRunRow) -> None:
    """Under the lock of the closing, so that nothing is taken account of twice."""
    await queries.held(session, closing.id)
    if await queries.is_being_adjusted(session, closing.period):
        return  # its money is still in the pool; whatever is left is for the next time
    await ledger.guard(session, [pool_of(closing.period)])
    late = (await queries.pool_balances(session, [closing.period]))[closing.period]
    if late > 0:
        await _begin(session, closing, late, [[pool_of(closing.period), late]])
    returns = await late_returns.waiting(session, closing.period)
    if returns:
        causes: list[list[Any]] = [[one.id, -one.base_minor] for one in returns]
        run = await _begin(session, closing, -sum(one.base_minor for one in returns), causes)
        await late_returns.take_account_of(session, [one.id for one in returns], run)


async def _begin(
    session: AsyncSession, closing: PoolRunRow, minor: int, causes: list[list[Any]]
) -> PoolRunId:
    """A run that is frozen from its beginning: its weights are those of the closing."""
    assert closing.outputs_sha256  # it is in the books
    moment = now()
    new = PoolRun(
        id=PoolRunId(new_id("plr")),
        period=closing.period,
        sequence=await queries.last_sequence(session, closing.period) + 1,
        status=PoolRunStatus.FROZEN,
        pool_minor=minor,
        currency=closing.currency,
        causes=causes,
        begun_at=moment,
        frozen_at=moment,
    )
    row = PoolRunRow(*(getattr(new, name) for name in PoolRunRow._fields))
    new.inputs_sha256 = pool_inputs.sealed(row, closing.outputs_sha256)
    await queries.add_run(session, new)
    await jobs.add(session, JobKind.RUN_POOL, key=new.id, run=new.id)
    return new.id
