"""Closings of months and their adjustments: which there are, how far they are, and what waits to be closed or adjusted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, pool_of
from db.dialects import inserting
from db.ids import AccountId, PoolRunId
from db.models.ledger import Entry
from db.models.pools import PoolClosingAsked, PoolRun
from db.queries import ledger
from db.queries.rows import read, read_one, select_row
from db.transitions import POOL_RUN, before
from db.vocabulary import CurrencyCode, PoolRunStatus


class PoolRunRow(NamedTuple):
    id: PoolRunId
    period: str
    sequence: int
    status: PoolRunStatus
    pool_minor: int
    currency: CurrencyCode
    total_weight: int
    reached: str
    causes: list[list[Any]]
    inputs_sha256: str | None
    outputs_sha256: str | None
    begun_at: datetime
    frozen_at: datetime | None
    posted_at: datetime | None

    @property
    def is_closing(self) -> bool:
        """Else it adjusts a month that is closed."""
        return self.sequence == 0


_POOLS: Final = "sub_pool:"
_RUNS = select_row(PoolRunRow, PoolRun)


async def run(session: AsyncSession, chosen: PoolRunId) -> PoolRunRow | None:
    return await read_one(session, PoolRunRow, _RUNS.where(col(PoolRun.id) == chosen))


async def runs(session: AsyncSession) -> list[PoolRunRow]:
    """All of them, the latest month first, its closing before its adjustments."""
    return await read(session, PoolRunRow, _RUNS.order_by(col(PoolRun.period).desc(), col(PoolRun.sequence)))


async def closing_of(session: AsyncSession, period: str) -> PoolRunRow | None:
    """How a month was closed, or is being closed."""
    return await read_one(
        session, PoolRunRow, _RUNS.where(col(PoolRun.period) == period, col(PoolRun.sequence) == 0)
    )


async def is_frozen(session: AsyncSession, period: str) -> bool:
    """Whether a month's pool belongs to its producers already, so that nothing more can be taken from it.

    Ask behind `ledger.guard` of the pool's account: then whoever closes the month comes before or after, and never between.
    """
    found = await closing_of(session, period)
    return found is not None and found.status is not PoolRunStatus.OPEN


async def unfinished(session: AsyncSession) -> list[PoolRunRow]:
    """Runs that are not in the books yet, the earliest month first."""
    left = _RUNS.where(col(PoolRun.status) != PoolRunStatus.POSTED)
    return await read(session, PoolRunRow, left.order_by(col(PoolRun.period), col(PoolRun.sequence)))


async def add_run(session: AsyncSession, new: PoolRun) -> bool:
    """Begin a run, unless it was begun; false: somebody else's is there."""
    row = inserting(session, PoolRun).values(new.model_dump())
    added = row.on_conflict_do_nothing(index_elements=["period", "sequence"]).returning(col(PoolRun.id))
    return (await session.execute(added)).one_or_none() is not None


async def held(session: AsyncSession, chosen: PoolRunId) -> PoolRunRow:
    """A run, locked until the transaction ends: workers who have the same one take turns."""
    found = _RUNS.where(col(PoolRun.id) == chosen).with_for_update()
    return (await read(session, PoolRunRow, found))[0]


async def last_sequence(session: AsyncSession, period: str) -> int:
    """Of the latest run of a month."""
    return int(
        await session.scalar(select(func.max(col(PoolRun.sequence))).where(col(PoolRun.period) == period))
        or 0
    )


async def reach(session: AsyncSession, chosen: PoolRunId, reached: str) -> None:
    """Note how far the step has come that is going on."""
    await session.execute(update(PoolRun).where(col(PoolRun.id) == chosen).values(reached=reached))


async def move_on(session: AsyncSession, chosen: PoolRunId, status: PoolRunStatus, **facts: object) -> None:
    """The next state; what is none of the states before it stays as it is."""
    there = col(PoolRun.id) == chosen, col(PoolRun.status).in_(before(POOL_RUN, status))
    await session.execute(update(PoolRun).where(*there).values(status=status, reached="", **facts))


async def periods_with_money(session: AsyncSession, ended_before: str) -> list[str]:
    """Months before that one that anybody has paid in, the earliest first.

    Args:
        ended_before: Such as 2027-03.
    """
    found: list[str] = []
    while period := await first_period(session, after=found[-1] if found else "", ended_before=ended_before):
        found.append(period)
    return found


async def first_period(session: AsyncSession, *, after: str = "", ended_before: str = "~") -> str | None:
    """The earliest month that anybody has paid in, between two; each is one step down the index."""
    account = col(Entry.to_account)
    inside = account > f"{_POOLS}{after}", account < f"{_POOLS}{ended_before}"
    found = await session.scalar(select(func.min(account)).where(*inside))
    return found.removeprefix(_POOLS) if found else None


async def unclosed(session: AsyncSession, ended_before: str) -> list[str]:
    """Months before that one whose pool has money, and which nobody has begun to close; the earliest first."""
    paid_in = await periods_with_money(session, ended_before)
    begun = set(await session.scalars(select(col(PoolRun.period)).where(col(PoolRun.sequence) == 0)))
    pools = await pool_balances(session, [one for one in paid_in if one not in begun])
    return [period for period, minor in pools.items() if minor > 0]


async def pool_balances(
    session: AsyncSession, periods: Sequence[str], currency: CurrencyCode = CurrencyCode.CAD
) -> dict[str, int]:
    """What is in the pools of some months, in the currency of plans (D-50), in the order given."""
    accounts = {period: pool_of(period) for period in periods}
    there = await ledger.balances(session, list(accounts.values())) if accounts else {}
    return {period: there.get((account, currency), 0) for period, account in accounts.items()}


async def strange_money(session: AsyncSession, account: LedgerAccount, usual: CurrencyCode) -> list[str]:
    """Currencies that are in a pool and that no plan costs."""
    there = await ledger.balances(session, [account])
    return sorted(currency for (_, currency), minor in there.items() if minor and currency is not usual)


async def posted_closings(session: AsyncSession) -> list[PoolRunRow]:
    """Months that are closed, the earliest first."""
    done = _RUNS.where(col(PoolRun.sequence) == 0, col(PoolRun.status) == PoolRunStatus.POSTED)
    return await read(session, PoolRunRow, done.order_by(col(PoolRun.period)))


async def is_being_adjusted(session: AsyncSession, period: str) -> bool:
    """Whether an adjustment of a month has not come into the books yet."""
    under_way = (
        col(PoolRun.period) == period,
        col(PoolRun.sequence) > 0,
        col(PoolRun.status) != PoolRunStatus.POSTED,
    )
    return await session.scalar(select(col(PoolRun.id)).where(*under_way).limit(1)) is not None


async def note_asked(session: AsyncSession, account: AccountId, key: str, period: str) -> str:
    """Keep that somebody asks for a month to be closed; answers the month that they have asked for under this key."""
    row = {"account_id": account, "idempotency_key": key}
    new = inserting(session, PoolClosingAsked).values(PoolClosingAsked(period=period, **row).model_dump())  # type: ignore[arg-type]  # as the columns are named
    await session.execute(new.on_conflict_do_nothing(index_elements=list(row)))
    named = (
        col(PoolClosingAsked.account_id) == account,
        col(PoolClosingAsked.idempotency_key) == key,
    )
    return (await session.execute(select(col(PoolClosingAsked.period)).where(*named))).scalar_one()
