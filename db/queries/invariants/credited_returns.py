"""Papers about money that went back are never more than the receipt, of each of its parts, and all of it where all went (D-82).

All of it is asked of returns that are younger than the receipt, for a receipt is written before anything goes back: of what
went back before there were receipts the provider may know nothing any more, and then there is no paper to write.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import PurchaseId
from db.models.purchases import Purchase
from db.models.receipts import CreditNote, Receipt
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import PurchaseStatus, ReceiptKind


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
    had_receipt = exists().where(
        col(Receipt.purchase_id) == col(Purchase.id),
        col(Receipt.kind) == ReceiptKind.RECEIPT,
        col(Receipt.issued_at) <= col(Purchase.ended_at),
    )
    refunded = and_(col(Purchase.status) == PurchaseStatus.REFUNDED, had_receipt)
    columns: list[Any] = [col(Purchase.id), col(Purchase.status), *paid]
    return (
        select(*columns, *back)
        .outerjoin(CreditNote, col(CreditNote.purchase_id) == col(Purchase.id))
        .where(col(Purchase.completed_at).is_not(None))
        .group_by(*columns, col(Purchase.ended_at))
        .having(or_(*beyond, and_(refunded, some_left)))
        .order_by(col(Purchase.id))
    )


INVARIANT: Final = Invariant(
    "credited-returns",
    "Credit notes are never more than the receipt, of price, fee and tax each, and all of it where everything was refunded"
    " after it.",
    _look,
    rows_of(CreditNote, "credit notes"),
)
