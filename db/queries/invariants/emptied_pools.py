"""The pool of a closed month is empty, but for what came to it since (D-52, D-53)."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, pool_of
from db.models.ledger import Entry, Journal
from db.models.pools import PoolRun
from db.queries import ledger, pools
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import CurrencyCode

_OF_CLOCKS: Final = timedelta(hours=1)
"""Who entered a payment has a clock of their own, and may have been about to enter it when the month was frozen."""


async def _look(session: AsyncSession) -> list[str]:
    closed = {pool_of(run.period): run for run in await pools.posted_closings(session) if run.total_weight}
    there = await ledger.balances(session, list(closed)) if closed else {}
    found: list[str] = []
    for (account, currency), minor in sorted(there.items()):
        frozen_at = closed[account].frozen_at
        assert frozen_at  # it is closed
        late = await _came_since(session, account, currency, frozen_at - _OF_CLOCKS) if minor else 0
        if minor > late:
            found.append(f"{account} is closed and has {minor} {currency}, of which {late} came since")
    return found


async def _came_since(
    session: AsyncSession, account: LedgerAccount, currency: CurrencyCode, moment: datetime
) -> int:
    came = select(func.coalesce(func.sum(col(Entry.amount_minor)), 0)).join(
        Journal, col(Journal.id) == col(Entry.journal_id)
    )
    since = (
        col(Entry.to_account) == account,
        col(Entry.currency) == currency,
        col(Journal.posted_at) >= moment,
    )
    return int((await session.execute(came.where(*since))).scalar_one())


INVARIANT: Final = Invariant(
    "emptied-pools",
    "The pool of a month that is closed, and in which anybody has a share, has nothing but what came since.",
    _look,
    rows_of(PoolRun, "closings of months", col(PoolRun.sequence) == 0),
)
