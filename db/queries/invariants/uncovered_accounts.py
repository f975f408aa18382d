"""Nobody took from pools and from money on its way what was not there (MONEY 1.3)."""

from typing import Final

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import PAYOUT_CLEARING, never_below_zero
from db.models.ledger import Entry
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{account} has {minor} {currency}"
        for (account, currency), minor in sorted((await ledger.balances(session)).items())
        if minor < 0 and never_below_zero(account)
    ]


INVARIANT: Final = Invariant(
    "uncovered-accounts",
    "Neither a pool nor what is on its way has less than nothing.",
    _look,
    rows_of(
        Entry,
        "entries from pools and from what is on its way",
        or_(
            col(Entry.from_account).between("sub_pool:", "sub_pool:~"),
            col(Entry.from_account) == PAYOUT_CLEARING,
        ),
    ),
)
