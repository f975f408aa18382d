"""What is on its way in the books is what is on its way (MONEY 5.3)."""

from collections import Counter
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import PAYOUT_CLEARING
from db.models.payouts import Payout
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import CurrencyCode, PayoutStatus


async def _look(session: AsyncSession) -> list[str]:
    columns = col(Payout.currency), func.sum(col(Payout.amount_minor))
    sending = select(*columns).where(col(Payout.status) == PayoutStatus.SENDING).group_by(columns[0])
    flying: Counter[CurrencyCode] = Counter()
    for currency, minor in await session.execute(sending):
        flying[currency] += int(minor)
    booked = await ledger.balances(session, [PAYOUT_CLEARING])
    entered = {currency: minor for (_, currency), minor in booked.items()}
    return [
        f"{PAYOUT_CLEARING} has {entered.get(currency, 0)} {currency}, and {flying[currency]} {currency} are being sent"
        for currency in sorted({*flying, *entered})
        if entered.get(currency, 0) != flying[currency]
    ]


INVARIANT: Final = Invariant(
    "payouts-in-flight",
    "What the books have on its way is what payouts are sending, no more and no less.",
    _look,
    rows_of(Payout, "payouts"),
)
