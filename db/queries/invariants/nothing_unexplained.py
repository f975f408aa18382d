"""What nobody can explain, or what lies here for a buyer, is seen to by a person: it does not lie for ever."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.bookkeeping import SUSPENSE
from db.queries import ledger
from db.queries.invariants.finding import Invariant


async def _look(session: AsyncSession) -> list[str]:
    found = await ledger.balances(session, [SUSPENSE])
    return [
        f"{account} has {minor} {currency}" for (account, currency), minor in sorted(found.items()) if minor
    ]


INVARIANT: Final = Invariant("nothing-unexplained", "No money waits for a person to say whose it is.", _look)
