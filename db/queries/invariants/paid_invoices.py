"""Every paid bill is in the books with what it says (MONEY 5.8)."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import TAX_PAYABLE
from db.ids import InvoiceId
from db.models.ledger import Entry, Journal
from db.models.plans import Invoice
from db.queries import ledger
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import CurrencyCode, JournalSource


class _Differing(NamedTuple):
    id: InvoiceId
    paid_at: datetime
    currency: CurrencyCode
    paid_base_minor: int
    paid_tax_minor: int
    to_pools: int
    to_taxes: int


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{row.id} of {row.paid_at:%Y-%m-%d} is {row.paid_base_minor} and {row.paid_tax_minor} {row.currency} of tax,"
        f" and the books have {row.to_pools} and {row.to_taxes}"
        for row in await read(session, _Differing, _differing())
    ]


def _differing() -> AnySelect:
    """Bills beside what their journals brought to pools and to the authorities."""
    named = and_(
        col(Journal.source_kind) == JournalSource.SUBSCRIPTION_INVOICE,
        col(Journal.source_id) == col(Invoice.id),
    )
    entered = and_(col(Entry.journal_id) == col(Journal.id), col(Entry.currency) == col(Invoice.currency))
    to_pools = _sum_where(ledger.to_a_pool())
    to_taxes = _sum_where(col(Entry.to_account) == TAX_PAYABLE)
    bill: list[Any] = [
        col(Invoice.id),
        col(Invoice.paid_at),
        col(Invoice.currency),
        col(Invoice.paid_base_minor),
        col(Invoice.paid_tax_minor),
    ]
    return (
        select(*bill, to_pools, to_taxes)
        .outerjoin(Journal, named)
        .outerjoin(Entry, entered)
        .where(col(Invoice.paid_at).is_not(None))
        .group_by(*bill)
        .having(or_(to_pools != col(Invoice.paid_base_minor), to_taxes != col(Invoice.paid_tax_minor)))
        .order_by(col(Invoice.id))
    )


def _sum_where(chosen: Any) -> Any:
    return func.coalesce(func.sum(case((chosen, col(Entry.amount_minor)), else_=0)), 0)


INVARIANT: Final = Invariant(
    "paid-invoices",
    "Every paid bill is in the books: what was paid went to a pool, and its tax aside.",
    _look,
    rows_of(Invoice, "paid bills", col(Invoice.paid_at).is_not(None)),
)
