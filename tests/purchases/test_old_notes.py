"""What went back before there were credit notes, or any of parts, is noted by what the provider knows of it (D-82)."""

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from api.purchases.receipts import seller_of, write_missing_receipts
from db.models.receipts import CreditNote, Receipt
from db.vocabulary import CreditCause, ReceiptKind
from tests.purchases.market import Market
from tests.purchases.papers import at_the_desk, credited, sold, unwrite

pytestmark = pytest.mark.anyio
_NOTES = col(Receipt.kind) == ReceiptKind.CREDIT_NOTE


async def of_before(market: Market, purchase: str) -> None:
    """As if the note of a purchase had been written when all were of the whole: it names the payment."""
    payment = (await market.row(purchase)).payment_reference
    await unwrite(market, update(CreditNote).values(reference=payment))


async def test_money_that_went_back_before_there_were_notes_has_one_from_now_on(market: Market) -> None:
    _, purchase = await sold(market)
    await at_the_desk(market, purchase, 10_001)
    await market.hear()
    await unwrite(market, delete(CreditNote), delete(Receipt).where(_NOTES))
    for _ in range(2):
        await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
        await market.work()
    assert [parts for _, *parts in await credited(market, purchase)] == [["REFUND", 8850, 1151, 0]]


async def test_a_note_of_the_whole_from_before_is_put_right_once_the_dispute_is_won(market: Market) -> None:
    _, purchase = await sold(market)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    await of_before(market, purchase)
    await market.hear(market.letter("charge.dispute.closed", dispute))
    lost = (2, "LOST_DISPUTE", 29_900, 3888, 0)
    assert await credited(market, purchase) == [lost]
    market.seller.control("POST", f"/disputes/{dispute}/win")
    for _ in range(2):
        await market.hear(market.letter("charge.dispute.closed", dispute))
    assert await credited(market, purchase) == [lost, (3, "WON_DISPUTE", -29_900, -3888, 0)]


async def test_a_note_from_before_whose_dispute_was_won_long_ago_is_put_right_by_itself(
    market: Market,
) -> None:
    _, purchase = await sold(market)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    for decided in ("lose", "win"):
        market.seller.control("POST", f"/disputes/{dispute}/{decided}")
        await market.hear()
    corrections = select(col(CreditNote.receipt_id)).where(col(CreditNote.cause) == CreditCause.WON_DISPUTE)
    async with market.stage.sessions.reading() as session:
        [correction] = await session.scalars(corrections)
    await unwrite(
        market,
        delete(CreditNote).where(col(CreditNote.receipt_id) == correction),
        delete(Receipt).where(col(Receipt.id) == correction),
        update(CreditNote).values(reference=(await market.row(purchase)).payment_reference),
    )
    for _ in range(2):
        await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
        await market.work()
    assert [parts for _, *parts in await credited(market, purchase)] == [
        ["LOST_DISPUTE", 29_900, 3888, 0],
        ["WON_DISPUTE", -29_900, -3888, 0],
    ]


async def test_a_payment_that_the_provider_has_forgotten_keeps_no_other_note_waiting(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.purchases.receipts._AT_ONCE", 1)
    forgotten, known = [(await sold(market, name))[1] for name in ("Ari", "Bo")]
    for purchase in (forgotten, known):
        await at_the_desk(market, purchase, 10_001)
    await market.hear()
    await unwrite(market, delete(CreditNote), delete(Receipt).where(_NOTES))
    await market.change(forgotten, payment_reference="pi_of_nobody")
    for _ in range(2):
        await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
        await market.work()
    assert await credited(market, forgotten) == []
    assert [parts for _, *parts in await credited(market, known)] == [["REFUND", 8850, 1151, 0]]
