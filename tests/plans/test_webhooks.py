"""What the payment provider tells: taken once, from nobody else, in any order, and asked for where it never came (MONEY 1.6)."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api.gateways.payments import is_signed
from api.payments.inbox import catch_up
from db.clock import now
from db.models.jobs import Job
from db.models.ledger import Entry
from db.models.payments import PaymentEvent
from tests.factories import Person, a_listener
from tests.plans.shop import SECRET, Shop
from tests.stage import Json
from tests.tools.databases import on_sqlite
from tests.tools.stripe_sandbox import signature

pytestmark = pytest.mark.anyio


async def events(shop: Shop) -> list[tuple[str, str]]:
    """Types and states of all events that are kept."""
    async with shop.stage.sessions.reading() as session:
        rows = await session.scalars(select(PaymentEvent).order_by("received_at", "id"))
        return sorted((row.type, row.state.value) for row in rows)


async def paid(shop: Shop, name: str = "Plus") -> Person:
    """Somebody who has paid for a plan of which nothing is heard yet."""
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, name)
    await shop.pay(ari)
    return ari


def signed(body: bytes, *, secret: str = SECRET) -> Json:
    """As the provider signs."""
    return {"body": body, "headers": {"stripe-signature": signature(body, secret)}}


@on_sqlite
async def test_a_webhook_of_anybody_else_is_not_taken(shop: Shop) -> None:
    await paid(shop)
    [letter, *_] = shop.seller.letters()
    given = letter["headers"]["stripe-signature"]
    changes: list[Json] = [
        {"body": letter["body"].replace("customer", "costumer")},
        {"headers": {}},
        {"headers": {"stripe-signature": given.replace("v1=", "v1=0")}},
        {"headers": {"stripe-signature": given.replace("v1=", "v0=")}},
        {"headers": {"stripe-signature": "t=now,v1=00"}},
        signed(letter["body"].encode(), secret="whsec_of_another_endpoint"),
        {"body": b"\xff"},
    ]
    assert [(await shop.post(letter | change)).status_code for change in changes] == [400] * len(changes)
    assert await events(shop) == []
    assert (await shop.post(letter)).status_code == 204


@on_sqlite
async def test_what_is_signed_and_no_event_is_refused_and_nothing_is_kept(shop: Shop) -> None:
    for body in (b"[]", b"null", b"{}", b'{"id": "evt_1", "type": "x", "data": []}', b"{"):
        assert (await shop.post(signed(body))).status_code == 400
    assert (await shop.post(signed(b"x" * (1024 * 1024 + 1)))).status_code == 413
    assert await events(shop) == []


def test_a_signature_is_of_now_give_or_take_ten_minutes_both_ways() -> None:
    letter, at = signed(b"{}"), now()
    given = letter["headers"]["stripe-signature"]
    for apart, good in ((0, True), (595, True), (-595, True), (605, False), (-605, False)):
        moment = at + timedelta(seconds=apart)
        assert is_signed(b"{}", given, SECRET, tolerance_s=600, at=moment) is good


@on_sqlite
async def test_while_the_secret_is_rotated_both_are_taken(shop: Shop) -> None:
    await paid(shop)
    [old, *_] = shop.seller.letters()
    body = old["body"].encode()
    rotated = shop.with_secrets("whsec_new, " + SECRET)
    assert (await rotated.post(old)).status_code == 204
    assert (await rotated.post(signed(body, secret="whsec_new"))).status_code == 204
    over = shop.with_secrets("whsec_new")
    assert (await over.post(old)).status_code == 400


async def test_an_event_that_comes_again_is_kept_once_and_has_one_job(shop: Shop) -> None:
    await paid(shop)
    [letter, *_] = shop.seller.letters()
    assert [(await shop.post(letter)).status_code for _ in range(3)] == [204] * 3
    assert len(await events(shop)) == 1
    async with shop.stage.sessions.reading() as session:
        assert len(list(await session.scalars(select(Job)))) == 1


@on_sqlite
async def test_what_is_about_nothing_of_ours_is_ignored(shop: Shop) -> None:
    shop.seller.stripe.v1.customers.create({"email": "somebody@example.org"})
    price = shop.seller.stripe.v1.prices.create(
        {
            "currency": "cad",
            "unit_amount": 100,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Other"},
        }
    )
    session = shop.seller.stripe.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": "https://beatpass.test/",
        }
    )
    shop.seller.pay(session.id)
    assert set(await shop.hear()) == {204}
    assert {state for _, state in await events(shop)} == {"IGNORED"}


@pytest.mark.parametrize("seed", range(6))
async def test_in_any_order_and_however_often_the_same_comes_of_the_same_events(
    shop: Shop, seed: int
) -> None:
    chance = random.Random(seed)
    ari = await paid(shop, "Classic")
    letters = shop.seller.letters()
    held_back = [one for one in letters if chance.random() < 0.4]
    await shop.hear([one for one in letters if one not in held_back] + letters[:3])
    shop.seller.advance(days=31)
    later = shop.seller.letters()
    mixed = [*held_back, *later, *chance.choices([*letters, *later], k=5)]
    chance.shuffle(mixed)
    for start in range(0, len(mixed), 3):
        await shop.hear(mixed[start : start + 3])
    mine = (await shop.mine(ari))["plan"]
    assert (mine["status"], mine["plan"]["name"]) == ("ACTIVE", "Classic")
    assert [bill["total"]["amount"] for bill in mine["invoices"]] == ["29.00", "29.00"]
    assert all(bill["paidAt"] for bill in mine["invoices"])
    async with shop.stage.sessions.reading() as session:
        moved = [(row.to_account, row.amount_minor) for row in await session.scalars(select(Entry))]
    assert sorted(moved) == [
        ("stripe_cash", 114),
        ("stripe_cash", 114),
        ("sub_pool:2026-06", 2900),
        ("sub_pool:2026-07", 2900),
    ]


async def test_what_never_came_in_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ari = await paid(shop)
    shop.seller.control("DELETE", "/webhooks")
    assert (await shop.mine(ari))["plan"]["status"] == "CHECKOUT_OPEN"
    payments: Any = shop.stage.services.payments
    long_ago = timedelta(days=3650)
    monkeypatch.setattr("api.payments.inbox._LOOKED_BACK", long_ago)  # the sandbox's clock stands elsewhere
    await catch_up(shop.stage.sessions, payments)
    await shop.work()
    assert (await shop.mine(ari))["plan"]["status"] == "ACTIVE"
    kept = await events(shop)
    await catch_up(shop.stage.sessions, payments)
    assert await events(shop) == kept


@on_sqlite
async def test_while_the_provider_is_away_an_event_waits_and_nothing_is_lost(shop: Shop) -> None:
    ari = await paid(shop)
    shop.seller.arm("drop_before", method="GET", path="/v1/*", times=50)
    assert set(await shop.hear()) == {204}
    assert (await shop.mine(ari))["plan"]["status"] == "CHECKOUT_OPEN"
    shop.seller.control("DELETE", "/faults")
    async with shop.stage.sessions.writing() as session:
        await session.execute(update(Job).values(run_at=now()))
    await shop.work()
    assert (await shop.mine(ari))["plan"]["status"] == "ACTIVE"
