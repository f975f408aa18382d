"""Receipts name seller, buyer, tax and number (D-82)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from api.purchases.receipts import Seller, seller_of, write_missing_receipts
from db.ids import ReceiptId
from db.models.receipts import Receipt
from tests.documents.pages import texts
from tests.factories import a_listener, a_producer
from tests.purchases.market import Market
from tests.purchases.papers import get, papers, unwrite, written
from tests.stage import settings_of

pytestmark = pytest.mark.anyio
SELLER = {
    "seller_name": "BeatPass Inc.",
    "seller_address": "1 Queen Street | Toronto ON M5H 2N2|Canada",
    "seller_tax_number": "GST/HST 12345 6789 RT0001",
}


async def test_who_has_paid_has_a_receipt(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale(nova, title="Night Bus"))
    assert await papers(market, ari, purchase) == {"receipt": None, "creditNotes": []}
    await market.pay_for(purchase)
    await market.hear()
    found = await papers(market, ari, purchase)
    assert found["creditNotes"] == []
    first, second = [await get(market, found["receipt"]) for _ in range(2)]
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content == second.content
    [page] = texts(first.content)
    [row] = await written(market)
    payment = (await market.row(purchase)).payment_reference
    for said in (
        f"Receipt {row.year}-000001",
        "SELLER BeatPass contact@beatpass.ca",
        f"BUYER {ari.name} {ari.email}",
        "Exclusive licence to “Night Bus” by Nova",
        "299.00",
        "Platform fee",
        "38.88",
        "Tax",
        "0.00",
        "Total paid",
        "337.88",
        str(payment),
        "No tax was charged.",
    ):
        assert said in page, (said, page)


async def test_whatever_is_heard_again_a_paper_is_written_once(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    reference = str((await market.row(purchase)).payment_reference)
    for _ in range(2):
        await market.hear(market.letter("payment_intent.succeeded", of=reference))
    await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
    assert [one.number for one in await written(market)] == [1]


async def test_what_nobody_paid_for_has_no_paper(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.cancel(ari, purchase)
    assert await papers(market, ari, purchase) == {"receipt": None, "creditNotes": []}
    assert await written(market) == []


async def test_who_sells_is_kept_as_they_called_themselves(market: Market) -> None:
    stage = market.stage
    named = settings_of(
        stage.settings.database_url, stage.settings.redis_url, stage.settings.data_dir, **SELLER
    )
    seller = seller_of(named)
    assert seller == Seller(
        "BeatPass Inc.",
        ("1 Queen Street", "Toronto ON M5H 2N2", "Canada"),
        "GST/HST 12345 6789 RT0001",
        "contact@beatpass.ca",
    )
    ari = await a_listener(stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await unwrite(market)
    unmade = await get(market, (await papers(market, ari, purchase))["receipt"])
    assert (unmade.status_code, unmade.json()) == (
        404,
        {"message": "It is being written: come back in a few minutes."},
    )
    await write_missing_receipts(stage.sessions, seller)
    await write_missing_receipts(stage.sessions, seller)
    [row] = await written(market)
    [page] = texts((await get(market, (await papers(market, ari, purchase))["receipt"])).content)
    assert "Toronto ON M5H 2N2" in page
    assert "Tax number GST/HST 12345 6789 RT0001" in page
    assert (row.number, row.seller["name"]) == (1, "BeatPass Inc.")


async def test_a_receipt_is_never_changed(market: Market) -> None:
    await market.bought(await a_listener(market.stage.sessions), await market.on_sale())
    statements: list[Any] = [update(Receipt).values(number=7), delete(Receipt)]
    for statement in statements:
        with pytest.raises(DBAPIError, match="rows of receipt are never changed"):
            async with market.stage.sessions.writing() as session:
                await session.execute(statement)


async def test_numbers_begin_anew_with_the_year_and_have_no_gap(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(market.stage.sessions)
    for year, price in ((2027, 10_000), (2027, 20_000), (2028, 30_000)):
        moment = datetime(year, 1, 1, tzinfo=UTC)
        monkeypatch.setattr("api.purchases.receipts.now", lambda moment=moment: moment)
        await market.bought(ari, await market.on_sale(exclusive_price_minor=price))
    assert sorted((one.year, one.number) for one in await written(market)) == [
        (2027, 1),
        (2027, 2),
        (2028, 1),
    ]


async def test_another_sees_no_receipt_and_no_address_is_guessed(market: Market) -> None:
    ari, bo = await a_listener(market.stage.sessions), await a_listener(market.stage.sessions, "Bo")
    purchase = await market.bought(ari, await market.on_sale())
    query = "query($id: ID!) { purchase(id: $id) { receipt { url } } }"
    assert (await market.stage.ask(bo, query, id=purchase))["purchase"] is None
    own = (await papers(market, ari, purchase))["receipt"]["url"]
    for changed in (
        own.replace("receipt.pdf", f"credit-notes/{(await written(market))[0].id}.pdf"),
        own.replace(purchase, f"pur_{'0' * 26}"),
    ):
        assert (await get(market, {"url": changed})).status_code == 403
    assert ReceiptId("rct_") not in own
