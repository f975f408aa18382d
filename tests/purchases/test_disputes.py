"""A buyer's bank takes the money back, and decides: the licence waits, stays or ends with it (MONEY 4)."""

import pytest

from db.bookkeeping import SUSPENSE, Move, payable_to
from db.money import Amount
from db.queries import ledger
from db.vocabulary import CurrencyCode, TrackStatus
from tests.earnings.books import a_journal, enter
from tests.factories import Beatmaker, Person, a_listener, a_producer
from tests.licences.licensed import change_track
from tests.purchases.market import Market
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
FEE = 1500
"""What the provider asks for a dispute."""


async def disputed(market: Market) -> tuple[Beatmaker, Person, str, str]:
    """Producer, buyer, purchase, dispute: heard of."""
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale(nova))
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    await market.hear()
    return nova, ari, purchase, dispute


async def owed(market: Market, to: Beatmaker) -> int:
    """What a producer has."""
    async with market.stage.sessions.reading() as session:
        [row] = await ledger.producer_balances(session, [to.producer])
    return row.balance_minor


async def test_a_disputed_purchase_waits_and_its_money_is_nobodys(market: Market) -> None:
    nova, ari, purchase, _ = await disputed(market)
    seen = await market.purchase(ari, purchase)
    assert (seen["status"], seen["licence"]["status"]) == ("DISPUTED", "ACTIVE")
    assert seen["refund"] == {"allowed": False, "code": "NOT_REFUNDABLE"}
    query = "query($id: ID!) { licence(id: $id) { downloads { format } } }"
    assert (await market.stage.ask(ari, query, id=seen["licence"]["id"]))["licence"]["downloads"] == []
    account = payable_to(nova.producer)
    assert await market.entries("DISPUTE_OPENED", "DISPUTE_MOVEMENT") == [
        ("DISPUTE_MOVEMENT", "dispute_hold", "stripe_cash", 33_788, "USD"),
        ("DISPUTE_MOVEMENT", "stripe_fees", "stripe_cash", FEE, "USD"),
        ("DISPUTE_OPENED", "platform_fee", "dispute_hold", 3888, "USD"),
        ("DISPUTE_OPENED", account, "dispute_hold", 29_900, "USD"),
    ]
    assert (await owed(market, nova), market.money()) == (0, {"USD": -1010 - FEE})


async def test_a_dispute_that_is_won_gives_everything_back(market: Market) -> None:
    nova, ari, purchase, dispute = await disputed(market)
    market.seller.control("POST", f"/disputes/{dispute}/win")
    await market.hear()
    seen = await market.purchase(ari, purchase)
    assert (seen["status"], seen["licence"]["status"]) == ("COMPLETED", "ACTIVE")
    query = "query($id: ID!) { licence(id: $id) { downloads { format } } }"
    files = (await market.stage.ask(ari, query, id=seen["licence"]["id"]))["licence"]["downloads"]
    assert [one["format"] for one in files] == ["WAV"]
    assert await owed(market, nova) == 29_900
    assert market.money() == {"USD": 33_788 - 1010 - FEE}


async def test_a_dispute_that_is_lost_ends_the_licence_and_the_track_is_its_producers(market: Market) -> None:
    nova, ari, purchase, dispute = await disputed(market)
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    seen = await market.purchase(ari, purchase)
    assert (seen["status"], seen["licence"]["status"]) == ("RESCINDED", "REVOKED")
    assert (await market.track((await market.row(purchase)).track_id)).status is TrackStatus.HIDDEN
    assert (await owed(market, nova), market.money()) == (0, {"USD": -1010 - FEE})


async def test_events_of_a_dispute_in_any_order_end_alike(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale(nova))
    await market.hear()
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/win")
    letters = market.seller.letters()
    await market.hear([*letters[::-1], *letters])
    assert await market.status(purchase) == "COMPLETED"
    assert await owed(market, nova) == 29_900


@on_sqlite
async def test_an_event_about_a_dispute_that_there_is_not_moves_nothing(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await market.hear()
    before = await market.entries()
    await market.hear(market.letter("charge.dispute.created", "du_of_nobody"))
    assert (await market.status(purchase), await market.entries()) == ("COMPLETED", before)


async def test_a_producer_who_was_paid_out_owes_what_the_bank_takes_back(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    await market.bought(ari, await market.on_sale(nova))
    await market.hear()
    out = Move(payable_to(nova.producer), SUSPENSE, Amount(29_900, CurrencyCode.USD))  # in place of a payout
    await enter(market.stage.sessions, a_journal("paid-out", out))
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert await owed(market, nova) == -29_900
    another = await market.on_sale(nova, exclusive_price_minor=10_000)
    await market.bought(await a_listener(market.stage.sessions, "Bo"), another)
    assert await owed(market, nova) == -19_900


@on_sqlite
async def test_a_dispute_after_a_refund_is_the_platforms_loss(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale(nova))
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 20_000})
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert await market.status(purchase) == "RESCINDED"
    assert (await owed(market, nova), market.money()) == (0, {"USD": -1010 - FEE})


async def test_a_dispute_after_a_refund_that_came_back_costs_the_producer_nothing_more(
    market: Market,
) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    await market.bought(ari, await market.on_sale(nova))
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    refund = market.seller.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 20_000})
    market.seller.control("POST", f"/refunds/{refund.id}/fail")
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert (await owed(market, nova), market.money()) == (0, {"USD": -1010 - FEE})
    assert ("DISPUTE_OPENED", "suspense", "dispute_hold", 20_000, "USD") in await market.entries()


async def test_money_taken_in_vain_that_a_bank_takes_back_is_given_back(market: Market) -> None:
    sessions = market.stage.sessions
    track = await market.on_sale()
    purchase = await market.begun(await a_listener(sessions), track)
    await market.pay_for(purchase)
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.payment_intents.capture(intent.id)  # at the provider's desk
    await change_track(sessions, track, status=TrackStatus.REMOVED)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    await market.hear()
    assert (await market.status(purchase), market.money()) == ("LOST", {"USD": -1010 - FEE})
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert await market.entries("LATE_PAYMENT", "DISPUTE_OPENED") == [
        ("DISPUTE_OPENED", "suspense", "dispute_hold", 33_788, "USD"),
        ("LATE_PAYMENT", "stripe_cash", "suspense", 33_788, "USD"),
    ]


async def test_money_taken_in_vain_goes_back_once_a_dispute_of_it_is_won(market: Market) -> None:
    sessions = market.stage.sessions
    track = await market.on_sale()
    purchase = await market.begun(await a_listener(sessions), track)
    await market.pay_for(purchase)
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.payment_intents.capture(intent.id)  # at the provider's desk
    await change_track(sessions, track, status=TrackStatus.REMOVED)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    await market.hear()
    market.seller.advance(days=5)
    market.seller.control("POST", f"/disputes/{dispute}/win")
    await market.hear()
    assert (await market.status(purchase), market.money()) == ("REFUNDED", {"USD": -1010 - FEE})
    assert len(market.seller.stripe.v1.refunds.list().data) == 1
