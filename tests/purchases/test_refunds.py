"""A purchase made in error is undone; money that goes back takes the licence and the entries with it (D-47)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import delete

from api.earnings.auditing import audit
from api.gateways.payment_answers import PaymentRefused
from api.purchases.expiry import have_due_settled
from db.bookkeeping import payable_to
from db.clock import now
from db.models.jobs import Job
from db.vocabulary import TrackStatus
from tests.factories import a_listener, a_producer
from tests.licences.licensed import told
from tests.purchases.market import REFUND, Market
from tests.purchases.papers import credited
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def test_a_refund_gives_everything_back_and_takes_the_licence(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    track = await market.on_sale(nova)
    purchase = await market.bought(ari, track)
    payload = await market.refund(ari, purchase)
    assert (payload["errors"], payload["purchase"]["status"]) == ([], "REFUNDED")
    assert payload["purchase"]["licence"]["status"] == "REVOKED"
    assert payload["purchase"]["refund"] == {"allowed": False, "code": "NOT_REFUNDABLE"}
    owed = payable_to(nova.producer)
    assert await market.entries("EXCLUSIVE_REFUND") == [
        ("EXCLUSIVE_REFUND", "platform_fee", "stripe_cash", 3888, "USD"),
        ("EXCLUSIVE_REFUND", owed, "stripe_cash", 29_900, "USD"),
    ]
    assert market.money() == {"USD": -1010}
    await market.hear()
    await market.hear()
    assert len(market.seller.stripe.v1.refunds.list().data) == 1


async def test_relisting_a_refunded_track_is_its_producers_choice(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari, bo = await a_producer(sessions), await a_listener(sessions), await a_listener(sessions, "Bo")
    track = await market.on_sale(nova)
    purchase = await market.bought(ari, track)
    await market.refund(ari, purchase)
    off = await market.track(track)
    assert (off.status, off.exclusive_availability) == (TrackStatus.HIDDEN, "AVAILABLE")
    shown = await market.stage.mutate(
        nova, "setTrackVisibility", "track { status }", id=track, input={"visible": True}
    )
    assert shown == {"track": {"status": "PUBLISHED"}, "errors": []}
    again = await market.bought(bo, track)
    assert await market.status(again) == "COMPLETED"
    assert [one.revoked_at is None for one in await market.licences()] == [False, True]


async def test_the_same_refund_again_changes_nothing(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    first = await market.refund(ari, purchase)
    async with market.stage.nothing_changes():
        assert await market.refund(ari, purchase) == first
        other = await market.refund(ari, purchase, reason="Another reason.")
        assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        other = await market.refund(ari, purchase, idempotencyKey="refund-2")
        assert [error["code"] for error in other["errors"]] == ["NOT_REFUNDABLE"]


async def test_what_was_downloaded_or_bought_long_ago_is_not_refunded(market: Market) -> None:
    sessions = market.stage.sessions
    ari = await a_listener(sessions)
    fetched, old = [await market.bought(ari, await market.on_sale()) for _ in range(2)]
    [licence] = [one for one in await market.licences() if one.id == (await market.row(fetched)).licence_id]
    query = "query($id: ID!) { licence(id: $id) { downloads { format file { url } } } }"
    files = (await market.stage.ask(ari, query, id=licence.id))["licence"]["downloads"]
    assert files[0]["format"] == "WAV"
    await market.fetch(files[0]["file"]["url"])
    await market.change(old, completed_at=now() - timedelta(hours=24, seconds=1))
    for purchase, code in ((fetched, "ALREADY_DOWNLOADED"), (old, "REFUND_TOO_LATE")):
        assert (await market.purchase(ari, purchase))["refund"] == {"allowed": False, "code": code}
        async with market.stage.nothing_changes():
            assert [error["code"] for error in (await market.refund(ari, purchase))["errors"]] == [code]


@on_sqlite
async def test_only_the_buyer_undoes_a_purchase_and_says_why(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari, bo = await a_producer(sessions), await a_listener(sessions), await a_listener(sessions, "Bo")
    purchase = await market.bought(ari, await market.on_sale(nova))
    async with market.stage.nothing_changes():
        for other in (nova, bo):
            assert [error["code"] for error in (await market.refund(other, purchase))["errors"]] == [
                "NOT_FOUND"
            ]
        blank = await market.refund(ari, purchase, reason=" ", idempotencyKey="")
        assert [error["path"] for error in blank["errors"]] == [
            ["input", "idempotencyKey"],
            ["input", "reason"],
        ]


@on_sqlite
async def test_what_is_not_bought_is_not_refunded(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    async with market.stage.nothing_changes():
        payload = await market.refund(ari, purchase)
    assert [error["code"] for error in payload["errors"]] == ["NOT_REFUNDABLE"]


async def test_of_a_refund_and_a_download_at_once_one_takes_place(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    row = await market.row(purchase)
    query = "query($id: ID!) { licence(id: $id) { downloads { file { url } } } }"
    files = (await market.stage.ask(ari, query, id=row.licence_id))["licence"]["downloads"]
    status, payload = await asyncio.gather(
        market.fetch(files[0]["file"]["url"]), market.refund(ari, purchase)
    )
    refunded = payload["errors"] == []
    assert (status == 302) is not refunded
    assert await market.status(purchase) == ("REFUNDED" if refunded else "COMPLETED")


async def test_a_refund_that_is_cut_off_goes_on_by_itself_and_is_made_once(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    market.seller.arm("drop_after", method="POST", path="/v1/refunds")
    market.seller.arm("drop_before", method="POST", path="/v1/refunds", times=2)
    payload = await market.refund(ari, purchase)
    assert [error["code"] for error in payload["errors"]] == ["PAYMENTS_UNAVAILABLE"]
    query = "query($id: ID!) { licence(id: $id) { downloads { format } } }"
    licence = (await market.row(purchase)).licence_id
    assert (await market.stage.ask(ari, query, id=licence))["licence"]["downloads"] == []
    await market.work()
    assert await market.status(purchase) == "REFUNDED"
    assert len(market.seller.stripe.v1.refunds.list().data) == 1


async def test_a_refund_behind_an_answer_of_500_is_looked_for_and_not_made_twice(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    market.seller.arm("error_after", method="POST", path="/v1/refunds")
    await market.refund(ari, purchase)
    await market.refund(ari, purchase)
    assert await market.status(purchase) == "REFUNDED"
    assert len(market.seller.stripe.v1.refunds.list().data) == 1


@on_sqlite
async def test_a_refund_of_what_the_bank_disputes_is_not_made(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    charge = market.charge()
    market.seller.control("POST", "/disputes", charge=charge)  # of which nothing is heard yet
    payload = await market.refund(ari, purchase)
    assert [error["code"] for error in payload["errors"]] == ["NOT_REFUNDABLE"]
    row = await market.row(purchase)
    assert (row.status, row.refund_asked_at) == ("DISPUTED", None)


async def test_a_refund_at_the_providers_desk_is_one_too(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale(nova))
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 10_001})
    market.seller.advance(seconds=1)
    await market.hear()
    assert await market.status(purchase) == "COMPLETED"
    owed = payable_to(nova.producer)
    part = await market.entries("EXCLUSIVE_REFUND")
    assert part == [
        ("EXCLUSIVE_REFUND", "platform_fee", "stripe_cash", 1151, "USD"),
        ("EXCLUSIVE_REFUND", owed, "stripe_cash", 8850, "USD"),
    ]
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id})
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    back = [(came, minor) for _, came, _, minor, _ in await market.entries("EXCLUSIVE_REFUND")]
    assert sum(minor for came, minor in back if came == owed) == 29_900
    assert sum(minor for came, minor in back if came == "platform_fee") == 3888


@on_sqlite
async def test_a_refund_that_the_provider_refuses_leaves_the_purchase_as_it_was(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it can be asked for again, also with the same key."""
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    payments: Any = market.stage.services.payments

    async def refuse(key: str, reference: str) -> str:
        raise PaymentRefused("charge_expired_for_refund", "No.")

    with monkeypatch.context() as patched:
        patched.setattr(payments.sales, "give_back", refuse)
        payload = await market.refund(ari, purchase)
        assert [error["code"] for error in payload["errors"]] == ["PAYMENT_REFUSED"]
    row = await market.row(purchase)
    assert (row.status, row.refund_key, row.refund_asked_at) == ("COMPLETED", None, None)
    assert [one.files_held_at for one in await market.licences()] == [None]
    assert (await market.refund(ari, purchase))["purchase"]["status"] == "REFUNDED"


async def test_a_refund_that_nobody_goes_on_with_is_found(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    market.seller.arm("drop_before", method="POST", path="/v1/refunds", times=3)
    await market.refund(ari, purchase, idempotencyKey="k" * 100)
    async with market.stage.sessions.writing() as session:
        await session.execute(delete(Job))  # as if it had been given up
    await have_due_settled(market.stage.sessions)
    await market.work()
    assert await market.status(purchase) == "REFUNDED"


@on_sqlite
async def test_a_refund_that_comes_back_before_anybody_looked_ends_nothing_until_it_is_sent_again(
    market: Market,
) -> None:
    """It is said aloud; files wait, and who asks again is told that it is on its way."""
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    market.seller.arm("drop_after", method="POST", path="/v1/refunds")
    market.seller.arm("drop_before", method="POST", path="/v1/refunds", times=2)
    await market.refund(ari, purchase)
    [refund] = market.seller.stripe.v1.refunds.list().data
    market.seller.control("POST", f"/refunds/{refund.id}/fail")
    with structlog.testing.capture_logs() as logs:
        await market.work()
    assert "a refund came back: a person must look" in [one["event"] for one in logs]
    assert await market.status(purchase) == "COMPLETED"
    [licence] = await market.licences()
    assert (licence.revoked_at is None, licence.files_held_at is None) == (True, False)
    [error] = (await market.refund(ari, purchase))["errors"]
    assert error["code"] == "NOT_REFUNDABLE"
    assert len(market.seller.stripe.v1.refunds.list().data) == 1
    assert await credited(market, purchase) == [(2, "REFUND", 29_900, 3888, 0)]
    market.seller.advance(seconds=1)
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id})
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert [one.revoked_at is None for one in await market.licences()] == [False]
    assert await credited(market, purchase) == [(2, "REFUND", 29_900, 3888, 0)]


@on_sqlite
async def test_a_refund_that_comes_back_lies_here_until_a_person_looks(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    await market.refund(ari, purchase)
    [refund] = market.seller.stripe.v1.refunds.list().data
    market.seller.control("POST", f"/refunds/{refund.id}/fail")
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert await market.entries("REFUND_RETURNED") == [
        ("REFUND_RETURNED", "stripe_cash", "suspense", 33_788, "USD")
    ]
    assert market.money() == {"USD": 33_788 - 1010}
    found = {one.invariant.name: one.broken_by for one in await audit(market.stage.sessions)}
    assert found["nothing-unexplained"] == ("suspense has 33788 USD",)


@on_sqlite
async def test_both_sides_are_told_of_a_refund(market: Market) -> None:
    nova, ari = await a_producer(market.stage.sessions), await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale(nova))
    before = {one.id for one in await told(market.stage.sessions)}
    await market.refund(ari, purchase, **REFUND)
    news = [one for one in await told(market.stage.sessions) if one.id not in before]
    assert {(one.kind.value, one.account_id) for one in news} == {
        ("EXCLUSIVE_SOLD", nova.account),
        ("LICENSE_GRANTED", ari.account),
    }


async def test_a_part_that_went_back_at_the_desk_is_not_taken_for_the_refund_that_was_asked_for(
    market: Market,
) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    [intent] = market.seller.stripe.v1.payment_intents.list().data
    market.seller.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 10_000})
    market.seller.arm("error_before", method="POST", path="/v1/refunds")
    await market.refund(ari, purchase)
    await market.hear()
    await market.refund(ari, purchase)
    assert (await market.status(purchase), market.money()) == ("REFUNDED", {"USD": -1010})
