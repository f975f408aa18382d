"""What goes back of bills whose month is closed: the platform advances it, until an adjustment takes account of it (D-53)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import PoolRunId
from db.models.ledger import Journal
from db.models.pools import PoolLateReturn
from db.queries.rows import read, select_row
from db.vocabulary import CurrencyCode, JournalSource

_WAITING: Final = col(PoolLateReturn.run_id).is_(None)
_RETURNS: Final = (JournalSource.SUBSCRIPTION_REFUND, JournalSource.DISPUTE_OPENED)


class LateReturn(NamedTuple):
    """One of them.

    Attributes:
        id: Of the refund or dispute.
        base_minor: Without the tax.
    """

    id: str
    period: str
    base_minor: int
    currency: CurrencyCode
    happened_at: datetime


async def late_among(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Which refunds and disputes the platform has advanced."""
    return set(await session.scalars(select(col(PoolLateReturn.id)).where(col(PoolLateReturn.id).in_(names))))


async def entered_among(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Which refunds and disputes are in the books."""
    entered = col(Journal.source_kind).in_(_RETURNS), col(Journal.source_id).in_(names)
    return set(await session.scalars(select(col(Journal.source_id)).where(*entered)))


async def add(session: AsyncSession, rows: Sequence[LateReturn]) -> None:
    """Keep them; those that are there stay as they are, and of nothing there is nothing to keep."""
    if some := [row._asdict() for row in rows if row.base_minor]:
        new = inserting(session, PoolLateReturn).on_conflict_do_nothing(index_elements=["id"])
        await session.execute(new, some)


# ---- taking account of them ------------------------------------------------------------------------


async def waiting(
    session: AsyncSession, period: str, currency: CurrencyCode = CurrencyCode.CAD
) -> list[LateReturn]:
    """Those of a month that no adjustment takes account of yet."""
    open_ones = _WAITING, col(PoolLateReturn.period) == period, col(PoolLateReturn.currency) == currency
    chosen = select_row(LateReturn, PoolLateReturn).where(*open_ones)
    return await read(session, LateReturn, chosen.order_by(col(PoolLateReturn.id)))


async def waiting_periods(session: AsyncSession) -> set[str]:
    """Months of which there are any."""
    return set(await session.scalars(select(col(PoolLateReturn.period)).where(_WAITING).distinct()))


async def take_account_of(session: AsyncSession, returns: Collection[str], run: PoolRunId) -> None:
    """Note which adjustment they went into."""
    chosen = col(PoolLateReturn.id).in_(returns), _WAITING
    await session.execute(update(PoolLateReturn).where(*chosen).values(run_id=run))
