"""Each payout is in the books as far as it is, with its amount, and went by one transfer (MONEY 5.4)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import PAYOUT_CLEARING, STRIPE_CASH, LedgerAccount, payable_to
from db.ids import PayoutId, ProducerId
from db.models.ledger import Entry, Journal
from db.models.payouts import Payout
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import read
from db.vocabulary import CurrencyCode, JournalSource, PayoutStatus

Entries = tuple[str, ...]
_SENT: Final = frozenset({PayoutStatus.SENT, PayoutStatus.SETTLED, PayoutStatus.FAILED})
_SOURCES: Final = (
    JournalSource.PAYOUT_BEGUN,
    JournalSource.PAYOUT_SENT,
    JournalSource.PAYOUT_REJECTED,
    JournalSource.PAYOUT_RETURNED,
)


class _Payout(NamedTuple):
    id: PayoutId
    producer_id: ProducerId
    currency: CurrencyCode
    amount_minor: int
    status: PayoutStatus
    transfer_reference: str | None
    begun_at: datetime | None
    returned_at: datetime | None


async def _look(session: AsyncSession) -> list[str]:
    columns: Any = [getattr(Payout, name) for name in _Payout._fields]
    entered = await _entered(session)
    rows = await read(session, _Payout, select(*columns).order_by(col(Payout.id)))
    found = [line for row in rows for line in _wrong_with(row, entered.pop(row.id, ()))]
    return found + [f"{one} is in the books, and there is no such payout" for one in sorted(entered)]


def _wrong_with(row: _Payout, entered: Entries) -> list[str]:
    meant = tuple(sorted(_meant(row)))
    lines = [] if entered == meant else [f"{row.id} is {row.status}, and the books have {list(entered)}"]
    if (row.status in _SENT) != (row.transfer_reference is not None):
        lines.append(f"{row.id} is {row.status}, and its transfer is {row.transfer_reference}")
    return lines


def _meant(row: _Payout) -> list[str]:
    """What is to be in the books of a payout, a line for each entry."""
    owed = payable_to(row.producer_id)
    moves: Mapping[JournalSource, tuple[LedgerAccount, LedgerAccount, bool]] = {
        JournalSource.PAYOUT_BEGUN: (owed, PAYOUT_CLEARING, row.begun_at is not None),
        JournalSource.PAYOUT_SENT: (PAYOUT_CLEARING, STRIPE_CASH, row.status in _SENT),
        JournalSource.PAYOUT_REJECTED: (
            PAYOUT_CLEARING,
            owed,
            row.status is PayoutStatus.REJECTED and row.begun_at is not None,
        ),
        JournalSource.PAYOUT_RETURNED: (STRIPE_CASH, owed, row.returned_at is not None),
    }
    return [
        _line(kind, came, went, row.amount_minor, row.currency)
        for kind, (came, went, there) in moves.items()
        if there
    ]


async def _entered(session: AsyncSession) -> dict[str, Entries]:
    columns: Any = (
        col(Journal.source_id),
        col(Journal.source_kind),
        col(Entry.from_account),
        col(Entry.to_account),
        col(Entry.amount_minor),
        col(Entry.currency),
    )
    of_payouts = and_(col(Entry.journal_id) == col(Journal.id), col(Journal.source_kind).in_(_SOURCES))
    found: dict[str, list[str]] = defaultdict(list)
    rows: Any = await session.execute(select(*columns).join(Entry, of_payouts))
    for payout, *moved in rows:
        found[payout].append(_line(*moved))
    return {payout: tuple(sorted(lines)) for payout, lines in found.items()}


def _line(kind: JournalSource, came: str, went: str, minor: int, currency: CurrencyCode) -> str:
    return f"{kind}: {minor} {currency} from {came} to {went}"


INVARIANT: Final = Invariant(
    "payouts-entered",
    "Every payout is in the books as far as it is, with its own amount; what was sent went by one transfer.",
    _look,
    rows_of(Payout, "payouts"),
)
