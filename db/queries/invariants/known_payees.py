"""What is owed is owed to somebody."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import producer_of
from db.models.ledger import ProducerBalance
from db.models.producers import Producer
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    accounts = {account for account, _ in await ledger.balances(session)}
    payees = {producer for account in accounts if (producer := producer_of(account))}
    there = set(await session.scalars(select(col(Producer.id))))
    return [f"{payee} has earned money, and there is no such producer" for payee in sorted(payees - there)]


INVARIANT: Final = Invariant(
    "known-payees",
    "Whoever has earned money is a producer who is there.",
    _look,
    rows_of(ProducerBalance, "balances"),
)
