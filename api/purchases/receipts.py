"""Receipts for what was bought: written with the sale, numbered without a gap, and never changed (D-82).

Money that went back has a paper of its own, which names the first one. What was paid stands in the purchase.
"""

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.settings import Settings
from db.clock import now
from db.ids import PurchaseId
from db.models.receipts import Receipt
from db.queries import purchases
from db.queries import receipts as queries
from db.queries.purchases import PurchaseRow
from db.session import Sessions
from db.transitions import GIVEN_BACK
from db.vocabulary import ReceiptKind

_AT_ONCE: Final = 100


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


async def write_receipts(session: AsyncSession, row: PurchaseRow, seller: Seller) -> None:
    """Write the papers that a purchase should have as it is, and has not. Needs its lock."""
    if row.completed_at is None:
        return
    await _write(session, row, ReceiptKind.RECEIPT, seller)
    if row.status in GIVEN_BACK:
        await _write(session, row, ReceiptKind.CREDIT_NOTE, seller)


async def _write(session: AsyncSession, row: PurchaseRow, kind: ReceiptKind, seller: Seller) -> None:
    if await queries.receipt(session, row.id, kind):
        return
    moment = now()
    number = await queries.next_number(session, moment.year)
    session.add(
        Receipt(
            kind=kind,
            purchase_id=row.id,
            year=moment.year,
            number=number,
            seller=asdict(seller),
            issued_at=moment,
        )
    )
    await session.flush()


async def write_missing_receipts(sessions: Sessions, seller: Seller) -> None:
    """Of purchases from before there were receipts; some of them each time."""
    async with sessions.reading() as session:
        missing = await queries.purchases_without(session, limit=_AT_ONCE)
    for purchase in missing:
        async with sessions.writing() as session:
            await _catch_up(session, purchase, seller)


async def _catch_up(session: AsyncSession, purchase: PurchaseId, seller: Seller) -> None:
    row = await purchases.held_purchase(session, purchase)
    assert row  # purchases are never deleted
    await write_receipts(session, row, seller)
