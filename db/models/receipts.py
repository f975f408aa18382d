"""Papers about purchases that were paid, numbered without a gap (D-82)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import PurchaseId, ReceiptId
from db.table import Table
from db.vocabulary import CreditCause, ReceiptKind

_RECEIPTS = text("kind = 'RECEIPT'")


class Receipt(Table, table=True):
    """That a purchase was paid, or that money of it went back: never changed. What was bought, and by whom, is the purchase's."""

    __table_args__ = (
        CheckConstraint("number >= 1", name="numbered_from_one"),
        Index("receipt_once", "purchase_id", unique=True, sqlite_where=_RECEIPTS, postgresql_where=_RECEIPTS),
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


class CreditNote(Table, table=True):
    """What a credit note says, or a correction of one: never changed.

    Parts of price, fee and tax are below zero where money is here again.
    """

    __table_args__ = (
        CheckConstraint("price_minor + fee_minor + tax_minor <> 0", name="amount_not_nothing"),
        CheckConstraint(
            "(price_minor + fee_minor + tax_minor < 0) = (cause = 'WON_DISPUTE')", name="sign_by_cause"
        ),
        Index("credit_note_once", "purchase_id", "cause", "reference", unique=True),
        one_of("cause", CreditCause),
    )

    receipt_id: ReceiptId = id_of(foreign_key="receipt.id", primary_key=True)
    """The paper, with its number."""
    purchase_id: PurchaseId = id_of(foreign_key="purchase.id")
    cause: CreditCause = word(CreditCause)
    reference: str = Field(sa_type=BYTEWISE_100)
    """The provider's refund or dispute; the payment, of the whole of which papers were until there were any of parts."""
    price_minor: int = Field(sa_type=BigInteger)
    fee_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    happened_at: datetime = instant()
    """When the money went."""


class ReceiptSeries(Table, table=True):
    """How many were numbered in a year: one transaction counts and writes, so there is no gap."""

    __table_args__ = (CheckConstraint("issued >= 1", name="begun"),)

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    issued: int
