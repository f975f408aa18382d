"""What nobody can explain, or what lies here for a buyer, is seen to by a person: it does not lie for ever."""

from typing import Final

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import SUSPENSE
from db.models.ledger import Entry
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    found = await ledger.balances(session, [SUSPENSE])
    return [
        f"{account} has {minor} {currency}" for (account, currency), minor in sorted(found.items()) if minor
    ]


INVARIANT: Final = Invariant(
    "nothing-unexplained",
    "No money waits for a person to say whose it is.",
    _look,
    rows_of(
        Entry,
        "entries to or from suspense",
        or_(col(Entry.to_account) == SUSPENSE, col(Entry.from_account) == SUSPENSE),
    ),
)
