"""Every exclusive that was granted is in the books with what was agreed (MONEY 5.8)."""

from typing import Any, Final, NamedTuple

from sqlalchemy import and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import PLATFORM_FEE, TAX_PAYABLE
from db.ids import PurchaseId
from db.models.ledger import Entry, Journal
from db.models.purchases import Purchase
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import CurrencyCode, JournalSource


class _Differing(NamedTuple):
    id: PurchaseId
    currency: CurrencyCode
    price_minor: int
    fee_minor: int
    tax_minor: int
    to_producer: int
    to_platform: int
    to_taxes: int


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{row.id} is {row.price_minor}, {row.fee_minor} of fee and {row.tax_minor} of tax in {row.currency},"
        f" and the books have {row.to_producer}, {row.to_platform} and {row.to_taxes}"
        for row in await read(session, _Differing, _differing())
    ]


def _differing() -> AnySelect:
    """Purchases beside what their journals brought to producer, platform and authorities."""
    named = and_(
        col(Journal.source_kind) == JournalSource.EXCLUSIVE_SALE, col(Journal.source_id) == col(Purchase.id)
    )
    entered = and_(col(Entry.journal_id) == col(Journal.id), col(Entry.currency) == col(Purchase.currency))
    payable = literal("producer:") + col(Purchase.producer_id) + ":payable"
    to_producer, to_platform, to_taxes = (
        _sum_to(account) for account in (payable, PLATFORM_FEE, TAX_PAYABLE)
    )
    columns: list[Any] = [
        col(Purchase.id),
        col(Purchase.currency),
        col(Purchase.price_minor),
        col(Purchase.fee_minor),
        col(Purchase.tax_minor),
    ]
    return (
        select(*columns, to_producer, to_platform, to_taxes)
        .outerjoin(Journal, named)
        .outerjoin(Entry, entered)
        .where(col(Purchase.licence_id).is_not(None))
        .group_by(*columns, col(Purchase.producer_id))
        .having(
            or_(
                to_producer != col(Purchase.price_minor),
                to_platform != col(Purchase.fee_minor),
                to_taxes != col(Purchase.tax_minor),
            )
        )
        .order_by(col(Purchase.id))
    )


def _sum_to(account: Any) -> Any:
    came = case((col(Entry.to_account) == account, col(Entry.amount_minor)), else_=0)
    return func.coalesce(func.sum(came), 0)


INVARIANT: Final = Invariant(
    "paid-purchases",
    "Every exclusive that was granted is in the books: its price went to its producer, fee and tax where they belong.",
    _look,
    rows_of(Purchase, "purchases that were granted", col(Purchase.licence_id).is_not(None)),
)
