"""What is kept of a producer's balance is the fold of the entries (MONEY 5.1)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.bookkeeping import Place, payable_to, producer_of
from db.models.ledger import ProducerBalance
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    folded = {
        place: minor for place, minor in (await ledger.balances(session)).items() if producer_of(place[0])
    }
    kept: dict[Place, int] = {
        (payable_to(row.producer_id), row.currency): row.balance_minor
        for row in await ledger.producer_balances(session)
    }
    return [
        f"{account} is kept as {kept.get((account, currency), 0)} {currency},"
        f" and its entries come to {folded.get((account, currency), 0)}"
        for account, currency in sorted(folded.keys() | kept.keys())
        if folded.get((account, currency), 0) != kept.get((account, currency), 0)
    ]


INVARIANT: Final = Invariant(
    "cached-balances",
    "Every balance that is kept is what the entries of its account come to.",
    _look,
    rows_of(ProducerBalance, "balances"),
)
