"""The platform draws what is its own: what producers, subscribers' pools and authorities are owed stays at the provider."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import BAD_DEBT, PLATFORM_FEE, STRIPE_FEES
from db.models.ledger import Entry, Journal
from db.money import Amount
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import CurrencyCode, JournalSource

_OWN: Final = (PLATFORM_FEE, STRIPE_FEES, BAD_DEBT)
"""What it has taken and put in, less what it has paid and borne."""


async def _look(session: AsyncSession) -> list[str]:
    """In currencies in which it has drawn anything: elsewhere its costs may be higher than its fees."""
    drawn = (
        select(col(Entry.currency))
        .join(Journal, col(Journal.id) == col(Entry.journal_id))
        .where(
            col(Journal.source_kind) == JournalSource.PLATFORM_PAYOUT, col(Entry.from_account) == PLATFORM_FEE
        )
        .distinct()
    )
    currencies = [CurrencyCode(one) for one in await session.scalars(drawn)]
    there = await ledger.balances(session, _OWN) if currencies else {}
    sums = {one: sum(there.get((account, one), 0) for account in _OWN) for one in sorted(currencies)}
    return [
        f"{Amount(-minor, currency)} were drawn that belong to others"
        for currency, minor in sums.items()
        if minor < 0
    ]


INVARIANT: Final = Invariant(
    "own-money",
    "The platform has drawn no money but its own.",
    _look,
    rows_of(
        Journal, "payouts to the platform's bank", col(Journal.source_kind) == JournalSource.PLATFORM_PAYOUT
    ),
)
