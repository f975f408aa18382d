"""Lists of what is wrong with the books."""

from datetime import datetime

from api.lists.reading import Lister
from db.queries import reconciliation as queries
from db.queries.reconciliation import BreakRow
from db.vocabulary import CurrencyCode
from schema.ground import Money
from schema.staff import LedgerBreak


class LedgerLists(Lister):
    """For the staff desk."""

    async def ledger_breaks(self) -> list[LedgerBreak]:
        """The oldest first."""
        async with self._sessions.reading() as session:
            rows = await queries.open_breaks(session)
        return [_break(row) for row in rows]

    async def ledger_compared_from(self) -> datetime | None:
        """Null: from the beginning."""
        async with self._sessions.reading() as session:
            return await queries.compared_from(session)


def _break(row: BreakRow) -> LedgerBreak:
    return LedgerBreak(
        reference=row.reference,
        ledger=_money(row.ledger_minor, row.currency),
        provider=_money(row.provider_minor, row.currency),
        found_at=row.found_at,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    """Null also for a currency that is none of ours: its movement stands in the reference."""
    known = minor is not None and currency in set(CurrencyCode)
    return Money.of(minor, CurrencyCode(currency)) if known and minor is not None else None
