"""What a producer earned, less what went back and what was paid, is what they have, set up or not (MONEY 5.6).

A balance is the fold of all entries: so what payouts did to it by their journals is what their own rows say.
"""

from collections import Counter
from typing import Any, Final

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, payable_to, producer_of
from db.ids import ProducerId
from db.models.ledger import Entry, Journal, ProducerBalance
from db.models.payouts import Payout
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import CurrencyCode, JournalSource, PayoutStatus

Whose = tuple[ProducerId, CurrencyCode]
_OF_PAYOUTS: Final = [kind for kind in JournalSource if kind.startswith("PAYOUT_")]


async def _look(session: AsyncSession) -> list[str]:
    booked, paid = await _booked(session), await _paid(session)
    return [
        f"{payable_to(producer)} has paid out {booked[producer, currency]} {currency} in the books,"
        f" and {paid[producer, currency]} by its payouts"
        for producer, currency in sorted({*booked, *paid})
        if booked[producer, currency] != paid[producer, currency]
    ]


async def _booked(session: AsyncSession) -> Counter[Whose]:
    """What journals of payouts took from each producer, less what they brought back."""
    of_payouts = and_(col(Journal.id) == col(Entry.journal_id), col(Journal.source_kind).in_(_OF_PAYOUTS))
    columns = col(Entry.from_account), col(Entry.to_account), col(Entry.currency)
    summed = select(*columns, func.sum(col(Entry.amount_minor))).join(Journal, of_payouts).group_by(*columns)
    found: Counter[Whose] = Counter()
    for came, went, currency, minor in await session.execute(summed):
        for account, change in ((came, int(minor)), (went, -int(minor))):
            if producer := producer_of(LedgerAccount(account)):
                found[producer, currency] += change
    return found


async def _paid(session: AsyncSession) -> Counter[Whose]:
    """What payouts have taken out and not brought back."""
    back = (col(Payout.status) == PayoutStatus.REJECTED) | col(Payout.returned_at).is_not(None)
    amount = func.sum(case((back, 0), else_=col(Payout.amount_minor)))
    columns: Any = (col(Payout.producer_id), col(Payout.currency), amount)
    chosen = select(*columns).where(col(Payout.begun_at).is_not(None)).group_by(*columns[:2])
    rows: Any = await session.execute(chosen)
    return Counter({(producer, currency): int(minor) for producer, currency, minor in rows})


INVARIANT: Final = Invariant(
    "earned-less-paid",
    "What a producer has is what they earned, less what was taken back and what was paid out.",
    _look,
    rows_of(ProducerBalance, "balances"),
)
