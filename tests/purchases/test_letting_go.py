"""A track that is not paid for is free again when nobody can pay any more; who pays in vain pays nothing (D-43, MONEY 2)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.purchases.expiry import have_due_settled
from api.purchases.settlement import settle_payment
from api.purchases.till import sale_till
from db.clock import now
from db.models.purchases import Purchase
from db.vocabulary import PurchaseStatus, TrackStatus
from tests.factories import a_listener, a_producer, staff
from tests.licences.licensed import change_track, told
from tests.moderation.desk import moderate
from tests.purchases.market import Market
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_LONG_AGO = timedelta(minutes=1)


async def time_is_over(market: Market, purchase: str) -> None:
    """And relay has noticed."""
    await market.change(purchase, expires_at=now() - _LONG_AGO)
    await have_due_settled(market.stage.sessions)
    await market.work()


def states(market: Market) -> list[str]:
    """Of all checkouts."""
    found = market.seller.stripe.v1.checkout.sessions.list({"limit": 100}).data
    return sorted(str(one.status) for one in found)


async def test_when_its_time_is_over_the_checkout_is_closed_and_the_next_one_may(market: Market) -> None:
    sessions = market.stage.sessions
    ari, bo = await a_listener(sessions), await a_listener(sessions, "Bo")
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    await time_is_over(market, purchase)
    assert (await market.status(purchase), states(market)) == ("EXPIRED", ["expired"])
    over = await market.purchase(ari, purchase)
    assert (over["checkoutUrl"], over["expiresAt"]) == (None, None)
    assert (await market.offer(bo, track))["licensing"]["exclusive"]["reservedUntil"] is None
    await market.begun(bo, track)


async def test_the_track_is_kept_until_the_provider_has_closed_the_checkout(market: Market) -> None:
    sessions = market.stage.sessions
    ari, bo = await a_listener(sessions), await a_listener(sessions, "Bo")
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    market.seller.arm("drop_before", path="/v1/checkout/sessions/*", times=9)
    await time_is_over(market, purchase)
    assert await market.status(purchase) == "CHECKOUT_OPEN"
    assert [error["code"] for error in (await market.buy(bo, track))["errors"]] == ["RESERVED_BY_OTHER"]


async def test_who_pays_in_the_last_moment_has_it(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.pay_for(purchase)
    await time_is_over(market, purchase)
    assert await market.status(purchase) == "COMPLETED"


async def test_letting_go_frees_the_track_at_once(market: Market) -> None:
    sessions = market.stage.sessions
    ari, bo = await a_listener(sessions), await a_listener(sessions, "Bo")
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    async with market.stage.nothing_changes():
        assert [error["code"] for error in (await market.cancel(bo, purchase))["errors"]] == ["NOT_FOUND"]
    payload = await market.cancel(ari, purchase)
    assert (payload["errors"], payload["purchase"]["status"]) == ([], "EXPIRED")
    await market.bought(bo, track)
    again = await market.cancel(ari, purchase)
    assert [error["code"] for error in again["errors"]] == ["PURCHASE_OVER"]


@on_sqlite
async def test_what_is_paid_cannot_be_let_go_of(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.pay_for(purchase)
    payload = await market.cancel(ari, purchase)
    assert [error["code"] for error in payload["errors"]] == ["PURCHASE_OVER"]
    assert await market.status(purchase) == "COMPLETED"


@on_sqlite
async def test_a_declined_card_leaves_the_checkout_open_and_its_end_frees_the_track(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    with pytest.raises(AssertionError, match="declined"):
        await market.pay_for(purchase, "declined")
    await market.hear()
    assert await market.status(purchase) == "CHECKOUT_OPEN"
    market.seller.advance(days=2)
    await market.hear()
    assert (await market.status(purchase), states(market)) == ("EXPIRED", ["expired"])


@on_sqlite
async def test_a_checkout_that_is_refused_reserves_nothing(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale(exclusive_price_minor=30)
    monkeypatch.setattr("api.licensing.quotes.FEE_BASE_MINOR", 0)
    payload = await market.buy(ari, track)  # below what a card network moves
    assert [error["code"] for error in payload["errors"]] == ["PAYMENT_REFUSED"]
    assert (await market.offer(ari, track))["licensing"]["exclusive"]["reservedUntil"] is None


async def test_a_checkout_opened_without_an_answer_is_found_by_the_same_key(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    market.seller.arm("drop_after", method="POST", path="/v1/checkout/sessions")
    market.seller.arm("drop_before", method="POST", path="/v1/checkout/sessions", times=2)
    payload = await market.buy(ari, track, idempotencyKey="one")
    assert [error["code"] for error in payload["errors"]] == ["PAYMENTS_UNAVAILABLE"]
    purchase = await market.begun(ari, track, idempotencyKey="one")
    assert states(market) == ["open"]
    await market.pay_for(purchase)
    await market.hear()
    assert await market.status(purchase) == "COMPLETED"


async def test_a_checkout_behind_an_answer_of_500_is_looked_for_and_not_opened_twice(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    market.seller.arm("error_after", method="POST", path="/v1/checkout/sessions")
    payload = await market.buy(ari, track, idempotencyKey="one")
    assert [error["code"] for error in payload["errors"]] == ["PAYMENTS_UNAVAILABLE"]
    await market.begun(ari, track, idempotencyKey="one")
    assert states(market) == ["open"]


async def test_a_checkout_that_was_begun_and_forgotten_is_closed_when_its_time_is_over(
    market: Market,
) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    market.seller.arm("drop_after", method="POST", path="/v1/checkout/sessions")
    market.seller.arm("drop_before", method="POST", path="/v1/checkout/sessions", times=2)
    await market.buy(ari, track, idempotencyKey="one")
    async with market.stage.sessions.reading() as session:
        purchase = str(await session.scalar(select(col(Purchase.id))))
    assert await market.status(purchase) == "RESERVED"
    await time_is_over(market, purchase)
    assert (await market.status(purchase), states(market)) == ("EXPIRED", ["expired"])


async def test_who_pays_when_the_track_is_gone_is_charged_nothing(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    await change_track(market.stage.sessions, track, status=TrackStatus.REMOVED)  # as staff could
    await market.pay_for(purchase)
    await market.hear()
    assert (await market.status(purchase), market.payments()) == ("LOST", [("canceled", 0)])
    assert await market.entries() == []
    assert [(one.account_id, "too late" in one.body) for one in await told(market.stage.sessions)] == [
        (ari.account, True)
    ]


async def test_money_that_was_taken_in_vain_goes_back_to_the_cent(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    await market.pay_for(purchase)
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.payment_intents.capture(intent.id)  # at the provider's desk
    await change_track(market.stage.sessions, track, status=TrackStatus.REMOVED)
    await market.hear()
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert await market.entries() == [
        ("EXCLUSIVE_FEE", "stripe_fees", "stripe_cash", 1010, "USD"),
        ("LATE_PAYMENT", "stripe_cash", "suspense", 33_788, "USD"),
        ("LATE_REFUND", "suspense", "stripe_cash", 33_788, "USD"),
    ]
    assert market.money() == {"USD": -1010}
    assert len(market.seller.stripe.v1.refunds.list().data) == 1


async def test_a_hold_that_lapses_before_it_is_taken_frees_the_track(market: Market) -> None:
    sessions = market.stage.sessions
    ari = await a_listener(sessions)
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    await market.pay_for(purchase)
    market.seller.arm("drop_before", method="POST", path="/v1/payment_intents/*", times=500)
    paid = [one for one in market.seller.letters() if "checkout.session.completed" in one["body"]]
    await market.hear(paid)
    assert await market.status(purchase) == "AUTHORISED"
    market.seller.control("DELETE", "/faults")
    market.seller.advance(days=8)
    await market.hear()
    assert (await market.status(purchase), market.payments()) == ("EXPIRED", [("canceled", 0)])
    assert (await market.track(track)).status is TrackStatus.PUBLISHED
    await market.begun(await a_listener(sessions, "Bo"), track)


async def test_a_hold_that_lapses_before_anybody_heard_of_it_frees_the_track(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    purchase = await market.begun(ari, track)
    await market.pay_for(purchase)
    market.seller.control("DELETE", "/webhooks")
    market.seller.advance(days=8)
    await time_is_over(market, purchase)
    assert (await market.status(purchase), market.payments()) == ("EXPIRED", [("canceled", 0)])
    await market.begun(await a_listener(market.stage.sessions, "Bo"), track)


@on_sqlite
async def test_nobody_takes_a_catalogue_off_sale_by_not_paying(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    tracks = [await market.on_sale(nova) for _ in range(6)]
    begun = [await market.begun(ari, track) for track in tracks[:5]]
    async with market.stage.nothing_changes():
        [error] = (await market.buy(ari, tracks[5]))["errors"]
    assert (error["__typename"], error["code"], error["limit"]) == ("LimitReached", "TOO_MANY_ATTEMPTS", 5)
    for _ in range(2):
        await market.cancel(ari, begun[0])
        begun[0] = await market.begun(ari, tracks[0])
    await market.cancel(ari, begun[0])
    async with market.stage.nothing_changes():
        [error] = (await market.buy(ari, tracks[0]))["errors"]
    assert (error["limit"], error["retryAt"] is None) == (3, False)
    button = (await market.offer(ari, tracks[0]))["viewerCan"]["buyExclusive"]
    assert button == {"allowed": False, "code": "TOO_MANY_ATTEMPTS", "retryAt": error["retryAt"]}


async def test_paying_and_closing_at_once_is_one_or_the_other(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    checkout = await market.checkout_of(purchase)
    paying = asyncio.to_thread(_paid, market, checkout)
    cancelled, paid = await asyncio.gather(market.cancel(ari, purchase), paying)
    await market.hear()
    await market.hear()
    bought = "COMPLETED" if paid else "EXPIRED"
    assert await market.status(purchase) == bought
    assert (cancelled["errors"] == []) is not paid


def _paid(market: Market, checkout: str) -> bool:
    try:
        market.seller.pay(checkout)
    except AssertionError:
        return False
    return True


@on_sqlite
@pytest.mark.parametrize("captured", [False, True])
async def test_a_second_checkout_of_one_purchase_takes_nothing(
    market: Market, monkeypatch: pytest.MonkeyPatch, *, captured: bool
) -> None:
    """Where the first one was opened without anybody's knowledge, and both are paid; or taken, at the provider's desk."""
    ari = await a_listener(market.stage.sessions)
    track = await market.on_sale()
    payments: Any = market.stage.services.payments

    async def blind(payer: str, subject: str) -> None:
        return None

    monkeypatch.setattr(payments.sales, "checkout_of", blind)
    market.seller.arm("error_after", method="POST", path="/v1/checkout/sessions")
    await market.buy(ari, track, idempotencyKey="one")
    purchase = await market.begun(ari, track, idempotencyKey="one")
    for checkout in market.seller.stripe.v1.checkout.sessions.list().data:
        market.seller.pay(checkout.id)
    if captured:
        for intent in market.seller.stripe.v1.payment_intents.list().data:
            market.seller.stripe.v1.payment_intents.capture(intent.id)
    await market.hear()
    await market.hear()
    assert await market.status(purchase) == "COMPLETED"
    assert [one.revoked_at for one in await market.licences()] == [None]
    assert market.payments() == [
        ("succeeded" if captured else "canceled", 33_788 * captured),
        ("succeeded", 33_788),
    ]
    fees = 1010 * (1 + captured)
    assert market.money() == {"USD": 33_788 - fees}


@on_sqlite
async def test_a_payment_that_is_not_what_was_agreed_is_let_go(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    await market.pay_for(purchase)
    await market.change(purchase, price_minor=99_900)
    await market.hear()
    assert (await market.status(purchase), market.payments()) == ("LOST", [("canceled", 0)])


@on_sqlite
async def test_settling_again_changes_nothing(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await market.hear()
    row = await market.row(purchase)
    assert row.payment_reference
    till = sale_till(market.stage.settings, market.stage.sessions, market.stage.services.payments)
    async with market.stage.nothing_changes():
        await settle_payment(till, row.id, row.payment_reference)
    assert row.status is PurchaseStatus.COMPLETED


@pytest.mark.parametrize("suspended", [False, True])
async def test_who_pays_when_staff_have_hidden_the_track_is_charged_nothing(
    market: Market, suspended: bool
) -> None:
    stage = market.stage
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await market.on_sale(nova)
    purchase = await market.begun(ari, track)
    if suspended:
        given = {"reason": "Fraud."}
        assert await stage.refusals(sam, "suspendAccount", id=nova.account, input=given) == []
    else:
        assert await moderate(stage, sam, track, "HIDE") == []
    await market.pay_for(purchase)
    await market.hear()
    assert (await market.status(purchase), market.payments()) == ("LOST", [("canceled", 0)])
    assert await market.entries() == []
    assert (await market.track(track)).status is TrackStatus.HIDDEN
    assert await market.licences() == []


async def test_a_sold_track_that_staff_hide_stays_hidden_when_its_sale_is_undone(market: Market) -> None:
    stage = market.stage
    nova, ari, sam = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    track = await market.on_sale(nova)
    purchase = await market.bought(ari, track)
    assert await moderate(stage, sam, track, "HIDE") == []
    assert (await market.refund(ari, purchase))["errors"] == []
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    row = await market.track(track)
    assert (row.status, row.withheld_as) == (TrackStatus.HIDDEN, TrackStatus.HIDDEN)
