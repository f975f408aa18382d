"""Nobody took from pools and from money on its way what was not there (MONEY 1.3)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.bookkeeping import never_below_zero
from db.queries import ledger
from db.queries.invariants.finding import Invariant


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{account} has {minor} {currency}"
        for (account, currency), minor in sorted((await ledger.balances(session)).items())
        if minor < 0 and never_below_zero(account)
    ]


INVARIANT: Final = Invariant(
    "uncovered-accounts", "Neither a pool nor what is on its way has less than nothing.", _look
)
