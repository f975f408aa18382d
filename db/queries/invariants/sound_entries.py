"""Debits are credits (MONEY 5.1): a move between two accounts cannot be otherwise, where it is one."""

from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import is_account
from db.models.ledger import Entry
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    return [*await _that_move_nothing(session), *await _of_unknown_accounts(session)]


async def _that_move_nothing(session: AsyncSession) -> list[str]:
    columns = col(Entry.journal_id), col(Entry.position)
    nothing = or_(col(Entry.amount_minor) <= 0, col(Entry.from_account) == col(Entry.to_account))
    found = await session.execute(select(*columns).where(nothing).order_by(*columns))
    return [f"entry {position} of {journal} moves nothing" for journal, position in found]


async def _of_unknown_accounts(session: AsyncSession) -> list[str]:
    used = select(col(Entry.from_account)).union(select(col(Entry.to_account)))
    names = sorted(await session.scalars(used))
    return [f"{name!r} is no account of the books" for name in names if not is_account(name)]


INVARIANT: Final = Invariant(
    "sound-entries",
    "Every entry moves more than nothing, from one account of the books to another.",
    _look,
    rows_of(Entry, "entries"),
)
