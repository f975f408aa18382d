"""A pool holds what was paid in its month, and nothing else comes to it (D-52)."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, period_of, pool_of
from db.models.ledger import Entry, Journal
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import JournalSource

_AT_ONCE: Final = 1_000


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{kind} {one} of {moment:%Y-%m-%d} went to {account}"
        async for kind, one, moment, account in _paid_in(session)
        if kind is not JournalSource.DISPUTE_WON
        and (kind is not JournalSource.SUBSCRIPTION_INVOICE or account != pool_of(period_of(moment)))
    ]


async def _paid_in(
    session: AsyncSession,
) -> AsyncGenerator[tuple[JournalSource, str, datetime, LedgerAccount]]:
    """Everything that came to a pool, some at a time."""
    columns = (
        col(Journal.source_kind),
        col(Journal.source_id),
        col(Journal.happened_at),
        col(Entry.to_account),
    )
    came = (
        select(*columns)
        .join(Entry, col(Entry.journal_id) == col(Journal.id))
        .where(ledger.to_a_pool())
        .execution_options(yield_per=_AT_ONCE)
    )
    async for kind, one, moment, account in await session.stream(came):
        yield kind, one, moment, LedgerAccount(account)


INVARIANT: Final = Invariant(
    "pools-by-month",
    "Only a paid invoice brings money to a pool, and to that of the month of its payment; or a dispute of one that was won.",
    _look,
    rows_of(Entry, "entries to pools", ledger.to_a_pool()),
)
