"""One journal per source (MONEY 5.2)."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.ledger import Journal
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    source, number = (col(Journal.source_kind), col(Journal.source_id)), func.count()
    twice = select(*source, number).group_by(*source).having(number > 1).order_by(*source)
    return [f"{kind} {one} has {count} journals" for kind, one, count in await session.execute(twice)]


INVARIANT: Final = Invariant(
    "one-journal-per-source", "Nothing was entered twice.", _look, rows_of(Journal, "journals")
)
