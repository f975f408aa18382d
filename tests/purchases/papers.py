"""Receipts and credit notes as somebody sees them, and as they were written."""

from typing import Any

import httpx
from sqlalchemy import delete, select, text
from sqlmodel import col
from starlette.applications import Starlette

from api.documents.press import Press
from api.earnings.auditing import audit
from api.http.receipts import ReceiptDoor
from api.purchases.receipt_links import ReceiptLinks
from api.purchases.settlement import settle_payment
from api.purchases.till import sale_till
from db.models.receipts import CreditNote, Receipt, ReceiptSeries
from db.queries import receipts
from tests.factories import Person, a_listener
from tests.purchases.market import MONEY, Market
from tests.stage import Json

NOTE = f"number cause amount {MONEY} tax {MONEY} happenedAt issuedAt pdf {{ url }}"
_PAPERS = f"query($id: ID!) {{ purchase(id: $id) {{ receipt {{ url }} creditNotes {{ {NOTE} }} }} }}"


async def papers(market: Market, who: Person, purchase: str) -> Json:
    """A purchase's papers, as somebody sees them."""
    found: Json = (await market.stage.ask(who, _PAPERS, id=purchase))["purchase"]
    return found


async def get(market: Market, signed: Json | None) -> httpx.Response:
    assert signed
    press, stage = Press(), market.stage
    try:
        app = Starlette(routes=ReceiptDoor(stage.sessions, press, ReceiptLinks(stage.settings)).routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get(signed["url"])
    finally:
        await press.close()


async def written(market: Market) -> list[Receipt]:
    async with market.stage.sessions.reading() as session:
        return list(await session.scalars(select(Receipt).order_by(col(Receipt.number))))


async def credited(market: Market, *purchases: str) -> list[tuple[int, str, int, int, int]]:
    """What the notes say: number, cause, price, fee and tax."""
    async with market.stage.sessions.reading() as session:
        rows = await receipts.credit_notes(session, [(await market.row(one)).id for one in purchases])
    return [(one.number, one.cause.value, one.price_minor, one.fee_minor, one.tax_minor) for one in rows]


async def unwrite(market: Market, *tables: Any) -> None:
    """As if money had moved before there were such papers: no receipts, or none but receipts.

    Args:
        tables: Whose rows go; all, unless some are named.
    """
    on_postgres = market.stage.settings.database_url.startswith("postgresql")
    async with market.stage.sessions.writing() as session:
        for table in ("receipt", "credit_note"):
            for event in ("update", "delete"):
                where = f" ON {table}" if on_postgres else ""
                await session.execute(text(f"DROP TRIGGER {table}_never_{event}{where}"))
        for statement in tables or (delete(CreditNote), delete(Receipt), delete(ReceiptSeries)):
            await session.execute(statement)


async def sold(market: Market, name: str = "Ari") -> tuple[Person, str]:
    """A buyer, and what they have bought for 299.00 and 38.88 of fee."""
    ari = await a_listener(market.stage.sessions, name)
    return ari, await market.bought(ari, await market.on_sale())


async def at_the_desk(market: Market, purchase: str, minor: int) -> str:
    """A part given back at the provider's desk, a second later than all before; not heard of yet."""
    market.seller.advance(seconds=1)
    payment = str((await market.row(purchase)).payment_reference)
    given: Any = {"payment_intent": payment, "amount": minor}
    return str(market.seller.stripe.v1.refunds.create(given).id)


async def settled(market: Market, purchase: str) -> None:
    """As a worker does that has heard of its payment."""
    stage = market.stage
    till = sale_till(stage.settings, stage.sessions, stage.services.payments)
    row = await market.row(purchase)
    await settle_payment(till, row.id, str(row.payment_reference))


async def is_sound(market: Market) -> bool:
    return [one.invariant.name for one in await audit(market.stage.sessions) if one.broken_by] == []
