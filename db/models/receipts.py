"""Papers about purchases that were paid, numbered without a gap (D-82)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import PurchaseId, ReceiptId
from db.table import Table
from db.vocabulary import ReceiptKind


class Receipt(Table, table=True):
    """That a purchase was paid, or that its money went back: never changed. What was bought, and by whom, is the purchase's."""

    __table_args__ = (
        CheckConstraint("number >= 1", name="numbered_from_one"),
        Index("receipt_once", "purchase_id", "kind", unique=True),
        Index("receipt_number", "year", "number", unique=True),
        one_of("kind", ReceiptKind),
    )

    id: ReceiptId = own_id("rct")
    kind: ReceiptKind = word(ReceiptKind)
    purchase_id: PurchaseId = id_of(foreign_key="purchase.id")
    year: int
    """Of its making, UTC: numbers begin anew with it."""
    number: int
    seller: dict[str, Any] = Field(sa_type=JSON)
    """Who sold, as they called themselves then: name, address, tax number, e-mail."""
    issued_at: datetime = instant(default_factory=now)


class ReceiptSeries(Table, table=True):
    """How many were numbered in a year: one transaction counts and writes, so there is no gap."""

    __table_args__ = (CheckConstraint("issued >= 1", name="begun"),)

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    issued: int
