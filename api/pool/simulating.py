"""What a closed month would have paid by another rule: read, reckoned beside the requests that are served, and forgotten."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.pool.closing import month_of
from api.pool.dividing import Weighed
from api.pool.simulation import ListenerCentred, Rule, pooled
from db.ids import ProducerId
from db.queries import listeners, pool_inputs, pool_shares, pools
from db.queries.listeners import Paying
from db.queries.pools import PoolRunRow
from db.session import Sessions
from db.vocabulary import PoolDivision, PoolRunStatus

_SUBSCRIBERS_AT_ONCE: Final = 500
"""Of 20,000 who heard 1.3 M times, so many are read in 50 ms (`./bp bench pool`)."""


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
            simulated = await asyncio.to_thread(pooled, run.pool_minor, tracks, rule)
        else:
            simulated = await _by_listener(session, run, tracks, rule)
    return Simulation(run, _differences(paid, simulated))


async def _by_listener(
    session: AsyncSession, run: PoolRunRow, tracks: Sequence[Weighed], rule: Rule
) -> dict[ProducerId, int]:
    """Reckoned beside the reading, some subscribers at a time: nobody has all that was heard."""
    month = month_of(run)
    paid = await listeners.paid_in(session, Paying(month.begins_at, month.ends_at, run.currency))
    reckoning = await asyncio.to_thread(ListenerCentred, run.pool_minor, tracks, rule, paid)
    subscribers = list(paid)
    for begin in range(0, len(subscribers), _SUBSCRIBERS_AT_ONCE):
        some = subscribers[begin : begin + _SUBSCRIBERS_AT_ONCE]
        heard = await listeners.heard_in(session, month, some[0], some[-1])
        await asyncio.to_thread(reckoning.share, heard)
    return await asyncio.to_thread(reckoning.division)


def _differences(
    paid: Mapping[ProducerId, int], simulated: Mapping[ProducerId, int]
) -> tuple[Difference, ...]:
    both = [
        Difference(one, paid.get(one, 0), simulated.get(one, 0)) for one in paid.keys() | simulated.keys()
    ]
    return tuple(sorted(both, key=lambda one: (-abs(one.simulated - one.paid), one.producer_id)))
