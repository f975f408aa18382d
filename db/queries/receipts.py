"""Papers about purchases (D-82)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Exists, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import PurchaseId, ReceiptId
from db.models.jobs import Job
from db.models.ledger import Journal
from db.models.purchases import Purchase
from db.models.receipts import CreditNote, Receipt, ReceiptSeries
from db.queries.rows import read, read_count, read_one, select_row
from db.transitions import GIVEN_BACK
from db.vocabulary import CreditCause, JobKind, JournalSource, ReceiptKind

_KEY: Final = literal(f"{JobKind.SETTLE_PURCHASE}:")
_FOR_NOTES: Final = ":papers"
_SAYS_PAID: Final = col(Receipt.kind) == ReceiptKind.RECEIPT


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
        return _numbered(self.year, self.number)


class CreditNoteRow(NamedTuple):
    """A paper that money went back, or is here again, with its parts in minor units."""

    id: ReceiptId
    kind: ReceiptKind
    purchase_id: PurchaseId
    year: int
    number: int
    seller: dict[str, Any]
    issued_at: datetime
    cause: CreditCause
    reference: str
    price_minor: int
    fee_minor: int
    tax_minor: int
    happened_at: datetime

    @property
    def total_minor(self) -> int:
        """Tax is part of it."""
        return self.price_minor + self.fee_minor + self.tax_minor

    @property
    def numbered(self) -> str:
        return _numbered(self.year, self.number)


def _numbered(year: int, number: int) -> str:
    """Such as 2026-000042."""
    return f"{year}-{number:06}"


_NOTES = select_row(
    CreditNoteRow,
    CreditNote,
    id=col(Receipt.id),
    kind=col(Receipt.kind),
    year=col(Receipt.year),
    number=col(Receipt.number),
    seller=col(Receipt.seller),
    issued_at=col(Receipt.issued_at),
).join(Receipt, col(Receipt.id) == col(CreditNote.receipt_id))


async def receipt(session: AsyncSession, purchase: PurchaseId) -> ReceiptRow | None:
    """That it was paid."""
    chosen = select_row(ReceiptRow, Receipt).where(col(Receipt.purchase_id) == purchase, _SAYS_PAID)
    return await read_one(session, ReceiptRow, chosen)


async def credit_notes(session: AsyncSession, purchases: Collection[PurchaseId]) -> list[CreditNoteRow]:
    """Credit notes of purchases and their corrections, in the order of their numbers."""
    chosen = _NOTES.where(col(CreditNote.purchase_id).in_(purchases))
    return await read(session, CreditNoteRow, chosen.order_by(col(Receipt.year), col(Receipt.number)))


async def next_number(session: AsyncSession, year: int) -> int:
    """Count one more of a year; whoever comes meanwhile waits until this transaction has ended."""
    one = inserting(session, ReceiptSeries).values(year=year, issued=1)
    more = one.on_conflict_do_update(
        index_elements=[col(ReceiptSeries.year)], set_={"issued": ReceiptSeries.issued + 1}
    )
    return await read_count(session, more.returning(col(ReceiptSeries.issued)))


async def purchases_without(session: AsyncSession, *, limit: int) -> list[PurchaseId]:
    """Paid ones that have no receipt, the earliest first: those of before there were any."""
    has_one = exists().where(col(Receipt.purchase_id) == col(Purchase.id), _SAYS_PAID)
    paid = select(col(Purchase.id)).where(col(Purchase.completed_at).is_not(None), ~has_one)
    found = await session.scalars(paid.order_by(col(Purchase.completed_at), col(Purchase.id)).limit(limit))
    return [PurchaseId(one) for one in found]


def cause_of_notes(purchase: PurchaseId) -> str:
    """Why a purchase is settled anew, as the job's key says it."""
    return f"{purchase}{_FOR_NOTES}"


async def purchases_without_note(session: AsyncSession, *, limit: int) -> list[PurchaseId]:
    """Those of which money went back, or came after all, and no paper says so; nobody has had the provider asked.

    They are of before there were such papers, or any of parts, or any that put one right.
    """
    went = or_(col(Purchase.status).in_(GIVEN_BACK), _entered(JournalSource.EXCLUSIVE_REFUND))
    corrected = _noted(CreditCause.WON_DISPUTE)
    came = and_(_noted(CreditCause.LOST_DISPUTE), ~corrected, _entered(JournalSource.DISPUTE_WON))
    asked = exists().where(col(Job.key) == _KEY + col(Purchase.id) + _FOR_NOTES)
    unsaid = or_(and_(went, ~_noted(*CreditCause)), came), ~asked
    paid = select(col(Purchase.id)).where(col(Purchase.completed_at).is_not(None), *unsaid)
    found = await session.scalars(paid.order_by(col(Purchase.completed_at), col(Purchase.id)).limit(limit))
    return [PurchaseId(one) for one in found]


def _noted(*causes: CreditCause) -> Exists:
    return exists().where(col(CreditNote.purchase_id) == col(Purchase.id), col(CreditNote.cause).in_(causes))


def _entered(kind: JournalSource) -> Exists:
    return exists().where(col(Journal.about) == col(Purchase.id), col(Journal.source_kind) == kind)
