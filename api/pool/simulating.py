"""What a closed month would have paid by another rule: read, reckoned beside the requests that are served, and forgotten."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.pool.closing import month_of
from api.pool.dividing import Weighed
from api.pool.simulation import Rule, listener_centred, pooled
from db.ids import AccountId, ProducerId
from db.queries import listeners, pool_inputs, pool_shares, pools
from db.queries.listeners import HeardRow, Paying
from db.queries.pools import PoolRunRow
from db.session import Sessions
from db.vocabulary import PoolDivision, PoolRunStatus


class Difference(NamedTuple):
    """What a producer was paid, and would have been."""

    producer_id: ProducerId
    paid: int
    simulated: int


@dataclass(frozen=True)
class Simulation:
    """The largest differences first, ties by producers' ids."""

    run: PoolRunRow
    differences: tuple[Difference, ...]


async def simulate(
    sessions: Sessions, period: str, *, half_life_months: Decimal, division: PoolDivision
) -> Simulation | None:
    """Null where the month is not closed. Adjustments are left out on both sides."""
    async with sessions.reading() as session:
        run = await pools.closing_of(session, period)
        if run is None or run.status is not PoolRunStatus.POSTED:
            return None
        paid = {one.producer_id: one.amount_minor for one in await pool_shares.shares_of(session, run.id)}
        tracks = [Weighed(*row) for row in await pool_inputs.inputs_of(session, run.id)]
        rule = Rule(month_of(run).last_day, half_life_months)
        if division is PoolDivision.POOLED:
            work = asyncio.to_thread(pooled, run.pool_minor, tracks, rule)
        else:
            paid_in, heard = await _listening(session, run)
            work = asyncio.to_thread(listener_centred, run.pool_minor, tracks, rule, paid_in, heard)
    return Simulation(run, _differences(paid, await work))


async def _listening(session: AsyncSession, run: PoolRunRow) -> tuple[dict[AccountId, int], list[HeardRow]]:
    month = month_of(run)
    paying = Paying(month.begins_at, month.ends_at, run.currency)
    heard = await listeners.heard_in(session, month.first_day, month.last_day)
    return await listeners.paid_in(session, paying), heard


def _differences(
    paid: Mapping[ProducerId, int], simulated: Mapping[ProducerId, int]
) -> tuple[Difference, ...]:
    both = [
        Difference(one, paid.get(one, 0), simulated.get(one, 0)) for one in paid.keys() | simulated.keys()
    ]
    return tuple(sorted(both, key=lambda one: (-abs(one.simulated - one.paid), one.producer_id)))
