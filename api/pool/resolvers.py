"""Pools over GraphQL."""

import strawberry

from api.asking import Info, mutation, over_money
from api.pool.opening import close_period
from db.queries import pools
from schema.pool import ClosePeriodInput, ClosePeriodPayload, PoolRun


@strawberry.type
class PoolMutation:
    @mutation
    async def close_period(self, info: Info, input: ClosePeriodInput) -> ClosePeriodPayload:
        """Close a month (staff); again changes nothing. One that nothing was paid in is closed with shares of nothing, and refused where nothing had been paid before either. Codes: PERIOD_NOT_OVER, PERIOD_UNKNOWN, EARLIER_PERIOD_OPEN, IDEMPOTENCY_KEY_REUSED."""
        viewer = over_money(info)
        async with info.context.sessions.writing() as session:
            run = await close_period(session, viewer, input.period, idempotency_key=input.idempotency_key)
            row = await pools.run(session, run)
        assert row  # it was begun
        return ClosePeriodPayload(pool_run=PoolRun.of(row))
