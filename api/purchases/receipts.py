"""Receipts for what was bought: written with the sale, numbered without a gap, and never changed (D-82).

Whenever money goes back, a credit note says how much of the receipt that was. What was paid stands in the purchase.
"""

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.sale_facts import SaleFacts
from api.purchases.consequences import sale_of
from api.purchases.crediting import Credit, credits_due
from api.settings import Settings
from db import jobs
from db.clock import now
from db.ids import PurchaseId, ReceiptId
from db.models.receipts import CreditNote, Receipt
from db.queries import purchases
from db.queries import receipts as queries
from db.queries.purchases import PurchaseRow
from db.queries.receipts import CreditNoteRow
from db.session import Sessions
from db.vocabulary import CreditCause, JobKind, ReceiptKind

_AT_ONCE: Final = 100
_KINDS: Final = {
    CreditCause.REFUND: ReceiptKind.CREDIT_NOTE,
    CreditCause.LOST_DISPUTE: ReceiptKind.CREDIT_NOTE,
    CreditCause.WON_DISPUTE: ReceiptKind.CORRECTION,
}


@dataclass(frozen=True)
class Seller:
    """Who sells, as receipts name them.

    Attributes:
        address: Line by line.
        tax_number: Empty: they have none.
    """

    name: str
    address: tuple[str, ...]
    tax_number: str
    email: str


def seller_of(settings: Settings) -> Seller:
    """Who sells in this installation."""
    lines = (line.strip() for line in settings.seller_address.split("|"))
    address = tuple(line for line in lines if line)
    return Seller(settings.seller_name, address, settings.seller_tax_number, settings.seller_email)


async def write_receipt(session: AsyncSession, purchase: PurchaseId, seller: Seller) -> None:
    """Of a purchase that was granted, unless it has one. Needs its lock.

    Before its payment's returns follow: so who reads the papers sees which returns are younger than they.
    """
    if not await queries.receipt(session, purchase):
        await _write(session, purchase, ReceiptKind.RECEIPT, seller)


async def write_credit_notes(
    session: AsyncSession, row: PurchaseRow, facts: SaleFacts, seller: Seller
) -> None:
    """Write those that a purchase that was granted should have by what its payment is, and has not. Needs its lock."""
    known = [_said(one) for one in await queries.credit_notes(session, [row.id])]
    for credit in credits_due(sale_of(row), facts, known):
        await _write_note(session, row.id, credit, seller)


async def _write_note(session: AsyncSession, purchase: PurchaseId, credit: Credit, seller: Seller) -> None:
    paper = await _write(session, purchase, _KINDS[credit.cause], seller)
    session.add(
        CreditNote(
            receipt_id=paper,
            purchase_id=purchase,
            cause=credit.cause,
            reference=credit.reference,
            price_minor=credit.price,
            fee_minor=credit.fee,
            tax_minor=credit.tax,
            happened_at=credit.happened_at,
        )
    )
    await session.flush()


def _said(note: CreditNoteRow) -> Credit:
    parts = note.price_minor, note.fee_minor, note.tax_minor
    return Credit(note.cause, note.reference, note.happened_at, *parts)


async def _write(session: AsyncSession, purchase: PurchaseId, kind: ReceiptKind, seller: Seller) -> ReceiptId:
    moment = now()
    paper = Receipt(
        kind=kind,
        purchase_id=purchase,
        year=moment.year,
        number=await queries.next_number(session, moment.year),
        seller=asdict(seller),
        issued_at=moment,
    )
    session.add(paper)
    await session.flush()
    return paper.id


async def write_missing_receipts(sessions: Sessions, seller: Seller) -> None:
    """Of purchases from before there were receipts; some of them each time.

    What went back is the provider's to say, so where a note is missing the purchase is settled anew, once: a payment that the
    provider does not know any more keeps nobody else's waiting. Jobs that are done are forgotten in time, and it asks again.
    """
    async with sessions.reading() as session:
        unpapered = await queries.purchases_without(session, limit=_AT_ONCE)
        unnoted = await queries.purchases_without_note(session, limit=_AT_ONCE)
    for purchase in unpapered:
        async with sessions.writing() as session:
            await _catch_up(session, purchase, seller)
    async with sessions.writing() as session:
        causes = {queries.cause_of_notes(purchase): {"purchase": purchase} for purchase in unnoted}
        await jobs.add_all(session, JobKind.SETTLE_PURCHASE, causes)


async def _catch_up(session: AsyncSession, purchase: PurchaseId, seller: Seller) -> None:
    row = await purchases.held_purchase(session, purchase)
    assert row  # purchases are never deleted
    await write_receipt(session, purchase, seller)
