"""Each time that money goes back a credit note says how much of the receipt that was, once, and for ever (D-82)."""

import asyncio
from typing import Any

import pytest
import structlog
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.purchases.receipts import seller_of, write_missing_receipts
from db.bookkeeping import payable_to
from db.ids import PurchaseId
from db.models.receipts import CreditNote, Receipt
from db.vocabulary import CreditCause, ReceiptKind
from tests.documents.pages import texts
from tests.factories import a_listener, a_producer
from tests.purchases.market import Market
from tests.purchases.papers import (
    at_the_desk,
    credited,
    get,
    is_sound,
    papers,
    settled,
    sold,
    written,
)
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
MINUS = "\N{MINUS SIGN}"


async def test_money_that_goes_back_whole_has_a_paper_that_names_the_first_one(market: Market) -> None:
    ari, purchase = await sold(market)
    before = await get(market, (await papers(market, ari, purchase))["receipt"])
    await market.refund(ari, purchase)
    await market.hear()
    found = await papers(market, ari, purchase)
    receipt, note = [await get(market, one) for one in (found["receipt"], found["creditNotes"][0]["pdf"])]
    assert receipt.content == before.content
    [page] = texts(note.content)
    year = (await written(market))[0].year
    [refund] = market.seller.stripe.v1.refunds.list().data
    for said in (
        f"Credit note {year}-000002",
        "SELLER BeatPass contact@beatpass.ca",
        f"BUYER {ari.name} {ari.email}",
        f"{MINUS}299.00",
        f"{MINUS}38.88",
        f"Total given back {MINUS}337.88",
        f"receipt {year}-000001",
        f"Refunded to the buyer ({refund.id})",
        "337.88 of 337.88 USD",
        "0.00 USD",
        "No tax was charged. This is all of the receipt.",
    ):
        assert said in page, (said, page)
    assert [(one.number, one.kind) for one in await written(market)] == [(1, "RECEIPT"), (2, "CREDIT_NOTE")]
    assert await credited(market, purchase) == [(2, "REFUND", 29_900, 3888, 0)]
    assert note.headers["content-disposition"] == f'inline; filename="beatpass-credit-note-{year}-000002.pdf"'


async def test_each_part_has_a_note_and_together_they_are_the_receipt(taxed: Market) -> None:
    ari, purchase = await sold(taxed)
    for part in (10_001, 20_002):
        await at_the_desk(taxed, purchase, part)
        await taxed.hear()
        assert await taxed.status(purchase) == "COMPLETED"
    await at_the_desk(taxed, purchase, 8177)
    await taxed.hear()
    assert await taxed.status(purchase) == "REFUNDED"
    assert await credited(taxed, purchase) == [
        (2, "REFUND", 7832, 1018, 1151),
        (3, "REFUND", 15_664, 2037, 2301),
        (4, "REFUND", 6404, 833, 940),
    ]
    owed = payable_to((await taxed.row(purchase)).producer_id)
    back = [(came, minor) for _, came, _, minor, _ in await taxed.entries("EXCLUSIVE_REFUND")]
    assert sorted(back) == sorted(
        [
            *((owed, minor) for minor in (7832, 15_664, 6404)),
            *(("platform_fee", minor) for minor in (1018, 2037, 833)),
            *(("tax_payable", minor) for minor in (1151, 2301, 940)),
        ]
    )
    assert await is_sound(taxed)
    notes = (await papers(taxed, ari, purchase))["creditNotes"]
    assert [(one["cause"], one["amount"]["amount"], one["tax"]["amount"]) for one in notes] == [
        ("REFUND", "100.01", "11.51"),
        ("REFUND", "200.02", "23.01"),
        ("REFUND", "81.77", "9.40"),
    ]


async def test_the_paper_of_a_part_says_how_much_is_left_and_never_changes(taxed: Market) -> None:
    ari, purchase = await sold(taxed)
    refund = await at_the_desk(taxed, purchase, 10_001)
    await taxed.hear()
    [note] = (await papers(taxed, ari, purchase))["creditNotes"]
    first = await get(taxed, note["pdf"])
    await at_the_desk(taxed, purchase, 20_002)
    await taxed.hear()
    assert (await get(taxed, note["pdf"])).content == first.content
    [page] = texts(first.content)
    for said in (
        f"{MINUS}78.32",
        f"{MINUS}10.18",
        f"{MINUS}11.51",
        f"Total given back {MINUS}100.01",
        f"Refunded to the buyer ({refund})",
        "100.01 of 381.80 USD",
        "281.79 USD",
        "each rounded to the smallest unit for all that has gone back so far",
    ):
        assert said in page, (said, page)
    assert "No tax was charged" not in page


async def test_parts_that_nobody_has_heard_of_have_a_note_each_in_their_order(market: Market) -> None:
    _, purchase = await sold(market)
    for part in (1, 2, 3):
        await at_the_desk(market, purchase, part)
    await market.hear()
    assert [sum(parts) for _, _, *parts in await credited(market, purchase)] == [1, 2, 3]


async def test_a_dispute_has_a_note_once_it_is_lost_and_of_what_was_disputed(market: Market) -> None:
    ari, purchase = await sold(market)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge(), amount=12_345)["id"]
    await market.hear()
    assert (await market.status(purchase), await credited(market, purchase)) == ("DISPUTED", [])
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert await market.status(purchase) == "RESCINDED"
    assert await credited(market, purchase) == [(2, "LOST_DISPUTE", 10_924, 1421, 0)]
    entered = await market.entries("DISPUTE_OPENED")
    assert sorted(minor for _, _, _, minor, _ in entered) == [1421, 10_924]
    [note] = (await papers(market, ari, purchase))["creditNotes"]
    [page] = texts((await get(market, note["pdf"])).content)
    for said in (
        f"Total given back {MINUS}123.45",
        f"The buyer's bank took money back, and decided for the buyer ({dispute})",
        "123.45 of 337.88 USD",
        "214.43 USD",
    ):
        assert said in page, (said, page)


async def test_a_dispute_of_what_a_refund_has_left_makes_the_receipt_whole(market: Market) -> None:
    _, purchase = await sold(market)
    await at_the_desk(market, purchase, 20_000)
    await market.hear()
    market.seller.advance(seconds=1)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert await credited(market, purchase) == [
        (2, "REFUND", 17_699, 2301, 0),
        (3, "LOST_DISPUTE", 12_201, 1587, 0),
    ]
    assert await is_sound(market)


async def test_a_dispute_that_is_won_has_no_paper(market: Market) -> None:
    _, purchase = await sold(market)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    await market.hear()
    market.seller.control("POST", f"/disputes/{dispute}/win")
    await market.hear()
    assert (await market.status(purchase), await credited(market, purchase)) == ("COMPLETED", [])


async def test_a_dispute_that_is_won_after_it_was_lost_puts_its_note_right(market: Market) -> None:
    ari, purchase = await sold(market)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    market.seller.control("POST", f"/disputes/{dispute}/win")
    with structlog.testing.capture_logs() as logs:
        await market.hear()
    assert "a purchase is over, and its payment says else: a person must look" in [
        one["event"] for one in logs
    ]
    assert await market.status(purchase) == "RESCINDED"
    await at_the_desk(market, purchase, 10_001)  # the person has looked
    for _ in range(2):
        await market.hear(market.letter("charge.dispute.closed", dispute))
    assert await credited(market, purchase) == [
        (2, "LOST_DISPUTE", 29_900, 3888, 0),
        (3, "WON_DISPUTE", -29_900, -3888, 0),
        (4, "REFUND", 8850, 1151, 0),
    ]
    assert [one.kind for one in await written(market)] == [
        ReceiptKind.RECEIPT,
        ReceiptKind.CREDIT_NOTE,
        ReceiptKind.CORRECTION,
        ReceiptKind.CREDIT_NOTE,
    ]
    correction = (await papers(market, ari, purchase))["creditNotes"][1]
    assert correction["amount"]["amount"] == "-337.88"
    [page] = texts((await get(market, correction["pdf"])).content)
    year = (await written(market))[0].year
    for said in (
        f"Correction {year}-000003",
        "Total received again 337.88",
        f"credit note {year}-000002, receipt {year}-000001",
        f"The buyer's bank gave back after all what it had taken ({dispute})",
        "0.00 of 337.88 USD",
    ):
        assert said in page, (said, page)


async def test_whatever_is_heard_again_a_note_is_written_once(market: Market) -> None:
    _, purchase = await sold(market)
    await at_the_desk(market, purchase, 10_001)
    letters = market.seller.letters()
    await market.hear([*letters, *letters])
    once = await credited(market, purchase)
    assert once == [(2, "REFUND", 8850, 1151, 0)]
    for _ in range(2):
        await market.hear(market.letter("charge.refunded", market.charge()))
    await write_missing_receipts(market.stage.sessions, seller_of(market.stage.settings))
    await market.work()
    assert (await credited(market, purchase), len(await written(market))) == (once, 2)


async def test_workers_at_once_write_each_note_once_and_leave_no_gap(market: Market) -> None:
    bought = [(await sold(market, name))[1] for name in ("Ari", "Bo")]
    for purchase in bought:
        for part in (10_001, 20_002):
            await at_the_desk(market, purchase, part)
    await asyncio.gather(*(settled(market, purchase) for purchase in bought * 3))
    assert [one.number for one in await written(market)] == [1, 2, 3, 4, 5, 6]
    for purchase in bought:
        assert [parts for _, *parts in await credited(market, purchase)] == [
            ["REFUND", 8850, 1151, 0],
            ["REFUND", 17_701, 2301, 0],
        ]


async def test_the_database_refuses_a_second_note_of_one_refund_and_its_number(market: Market) -> None:
    _, purchase = await sold(market)
    refund = await at_the_desk(market, purchase, 10_001)
    await market.hear()
    moment = (await written(market))[1].issued_at
    again: dict[str, Any] = {"purchase_id": PurchaseId(purchase), "year": moment.year, "number": 3}
    async with market.stage.nothing_changes():
        with pytest.raises(IntegrityError):
            async with market.stage.sessions.writing() as session:
                paper = Receipt(kind=ReceiptKind.CREDIT_NOTE, seller={}, **again)
                session.add(paper)
                await session.flush()
                session.add(
                    CreditNote(
                        receipt_id=paper.id,
                        purchase_id=PurchaseId(purchase),
                        cause=CreditCause.REFUND,
                        reference=refund,
                        price_minor=1,
                        fee_minor=0,
                        tax_minor=0,
                        happened_at=moment,
                    )
                )
        with pytest.raises(IntegrityError):
            async with market.stage.sessions.writing() as session:
                session.add(Receipt(kind=ReceiptKind.RECEIPT, seller={}, **again))


async def test_a_credit_note_is_never_changed(market: Market) -> None:
    ari, purchase = await sold(market)
    await market.refund(ari, purchase)
    statements: list[Any] = [update(CreditNote).values(tax_minor=7), delete(CreditNote)]
    for statement in statements:
        with pytest.raises(DBAPIError, match="rows of credit_note are never changed"):
            async with market.stage.sessions.writing() as session:
                await session.execute(statement)


async def test_what_went_back_of_a_payment_for_nothing_has_no_paper(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.cancel(ari, purchase)
    assert await papers(market, ari, purchase) == {"receipt": None, "creditNotes": []}


@on_sqlite
async def test_another_sees_no_note_and_no_address_is_guessed(market: Market) -> None:
    nova = await a_producer(market.stage.sessions)
    ari, bo = await a_listener(market.stage.sessions), await a_listener(market.stage.sessions, "Bo")
    purchase = await market.bought(ari, await market.on_sale(nova))
    await market.refund(ari, purchase)
    query = "query($id: ID!) { purchase(id: $id) { creditNotes { number } } }"
    for other in (nova, bo):
        assert (await market.stage.ask(other, query, id=purchase))["purchase"] is None
    [note] = (await papers(market, ari, purchase))["creditNotes"]
    guessed = {"url": note["pdf"]["url"].replace("rct_", "rct_0")}
    assert (await get(market, guessed)).status_code == 403
