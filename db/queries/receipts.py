"""Papers about purchases (D-82)."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import PurchaseId, ReceiptId
from db.models.purchases import Purchase
from db.models.receipts import Receipt, ReceiptSeries
from db.queries.rows import read_count, read_one, select_row
from db.vocabulary import ReceiptKind


class ReceiptRow(NamedTuple):
    id: ReceiptId
    kind: ReceiptKind
    purchase_id: PurchaseId
    year: int
    number: int
    seller: dict[str, Any]
    issued_at: datetime

    @property
    def numbered(self) -> str:
        """Such as 2026-000042."""
        return f"{self.year}-{self.number:06}"


async def receipt(session: AsyncSession, purchase: PurchaseId, kind: ReceiptKind) -> ReceiptRow | None:
    chosen = select_row(ReceiptRow, Receipt).where(
        col(Receipt.purchase_id) == purchase, col(Receipt.kind) == kind
    )
    return await read_one(session, ReceiptRow, chosen)


async def next_number(session: AsyncSession, year: int) -> int:
    """Count one more of a year; whoever comes meanwhile waits until this transaction has ended."""
    one = inserting(session, ReceiptSeries).values(year=year, issued=1)
    more = one.on_conflict_do_update(
        index_elements=[col(ReceiptSeries.year)], set_={"issued": ReceiptSeries.issued + 1}
    )
    return await read_count(session, more.returning(col(ReceiptSeries.issued)))


async def purchases_without(session: AsyncSession, *, limit: int) -> list[PurchaseId]:
    """Paid ones that have no receipt, the earliest first: those of before there were any."""
    has_one = exists().where(
        col(Receipt.purchase_id) == col(Purchase.id), col(Receipt.kind) == ReceiptKind.RECEIPT
    )
    paid = select(col(Purchase.id)).where(col(Purchase.completed_at).is_not(None), ~has_one)
    found = await session.scalars(paid.order_by(col(Purchase.completed_at), col(Purchase.id)).limit(limit))
    return [PurchaseId(one) for one in found]
