"""Papers about money that went back are never more than the receipt, of each of its parts, and all of it where all went (D-82)."""

from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import PurchaseId
from db.models.purchases import Purchase
from db.models.receipts import CreditNote
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import PurchaseStatus


class _Differing(NamedTuple):
    id: PurchaseId
    status: PurchaseStatus
    price_minor: int
    fee_minor: int
    tax_minor: int
    price_back: int
    fee_back: int
    tax_back: int


async def _look(session: AsyncSession) -> list[str]:
    return [
        f"{row.id} is {row.status} and was {row.price_minor}, {row.fee_minor} of fee and {row.tax_minor} of tax,"
        f" of which {row.price_back}, {row.fee_back} and {row.tax_back} are credited"
        for row in await read(session, _Differing, _differing())
    ]


def _differing() -> AnySelect:
    """Purchases beside what their credit notes come to."""
    paid = [col(Purchase.price_minor), col(Purchase.fee_minor), col(Purchase.tax_minor)]
    back = [
        func.coalesce(func.sum(part), 0)
        for part in (col(CreditNote.price_minor), col(CreditNote.fee_minor), col(CreditNote.tax_minor))
    ]
    beyond = [or_(credited < 0, credited > part) for credited, part in zip(back, paid, strict=True)]
    some_left = or_(*(credited != part for credited, part in zip(back, paid, strict=True)))
    columns: list[Any] = [col(Purchase.id), col(Purchase.status), *paid]
    return (
        select(*columns, *back)
        .outerjoin(CreditNote, col(CreditNote.purchase_id) == col(Purchase.id))
        .where(col(Purchase.completed_at).is_not(None))
        .group_by(*columns)
        .having(or_(*beyond, and_(col(Purchase.status) == PurchaseStatus.REFUNDED, some_left)))
        .order_by(col(Purchase.id))
    )


INVARIANT: Final = Invariant(
    "credited-returns",
    "Credit notes are never more than the receipt, of price, fee and tax each, and all of it where everything was refunded.",
    _look,
    rows_of(CreditNote, "credit notes"),
)
