"""Plans that are changed again, by two at once, or while something else is scheduled."""

import pytest
from sqlalchemy import select

from api.gateways.payments import Payments, event_of
from db.models.ledger import Entry
from db.models.plans import Invoice, PlanSubscription
from db.queries.invariants import paid_invoices
from tests.factories import Person, a_listener
from tests.plans.shop import Shop
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]


async def cards_fail(shop: Shop) -> None:
    [customer] = shop.seller.stripe.v1.customers.list().data
    shop.seller.control("POST", f"/customers/{customer.id}/card", card="declined")


async def following(shop: Shop, who: Person) -> tuple[str, str | None]:
    """The plan, and what takes over."""
    plan = (await shop.mine(who))["plan"]
    return plan["plan"]["name"], plan["nextPlan"]["name"] if plan["nextPlan"] else None


async def next_month(shop: Shop) -> None:
    shop.seller.advance(days=31)
    await shop.hear()


async def test_a_plan_can_be_made_smaller_month_after_month(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Pro")
    await shop.move(ari, "Plus")
    await next_month(shop)
    assert await following(shop, ari) == ("Plus", None)
    assert (await shop.move(ari, "Classic"))["errors"] == []
    assert await following(shop, ari) == ("Plus", "Classic")
    await next_month(shop)
    assert await following(shop, ari) == ("Classic", None)


async def test_a_plan_that_became_smaller_can_be_stopped_and_resumed(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Pro")
    await shop.move(ari, "Plus")
    await next_month(shop)
    assert (await shop.renew(ari, renews=False))["subscription"]["status"] == "CANCELLING"
    resumed = await shop.renew(ari, renews=True)
    assert (resumed["errors"], resumed["subscription"]["status"]) == ([], "ACTIVE")


async def test_choosing_a_smaller_plan_after_stopping_goes_on_with_it(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Pro")
    await shop.renew(ari, renews=False)
    moved = await shop.move(ari, "Plus")
    assert (moved["errors"], moved["subscription"]["status"]) == ([], "ACTIVE")
    await next_month(shop)
    assert await following(shop, ari) == ("Plus", None)


async def test_an_upgrade_that_is_declined_leaves_what_was_to_follow(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Plus")
    await shop.move(ari, "Classic")
    await cards_fail(shop)
    refused = await shop.move(ari, "Pro")
    assert [error["code"] for error in refused["errors"]] == ["PAYMENT_REFUSED"]
    assert await following(shop, ari) == ("Plus", "Classic")


async def test_a_dearer_plan_is_held_against_what_the_provider_has_not_against_what_we_knew(
    shop: Shop,
) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Classic")
    payments = shop.stage.services.payments
    assert isinstance(payments, Payments)
    await shop.move(ari, "Pro")
    async with shop.stage.sessions.writing() as session:  # as if nobody had heard of the move
        row = (await session.scalars(select(PlanSubscription))).one()
        row.plan_id = await shop.plan("Classic")  # type: ignore[assignment]  # a plan's id
    refused = await shop.move(ari, "Plus")
    assert [error["code"] for error in refused["errors"]] == ["PAYMENT_REFUSED"]
    assert await following(shop, ari) == ("Pro", None)


async def test_a_checkout_that_opens_late_is_closed_where_another_plan_was_chosen(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(shop.stage.sessions)
    payments = shop.stage.services.payments
    assert isinstance(payments, Payments)
    look = payments.checkout

    async def and_choose_another(reference: str) -> object:
        monkeypatch.setattr(payments, "checkout", look)
        assert (await shop.begin(ari, "Pro"))["errors"] == []
        return await look(reference)

    monkeypatch.setattr(payments, "checkout", and_choose_another)
    late = await shop.begin(ari, "Plus")
    assert [error["code"] for error in late["errors"]] == ["ALREADY_SUBSCRIBED"]
    opened = shop.seller.stripe.v1.checkout.sessions.list({"limit": 10}).data
    assert sorted(str(one.status) for one in opened) == ["expired", "open"]
    await shop.pay(ari)
    await shop.hear()
    assert await following(shop, ari) == ("Pro", None)


async def test_what_is_paid_with_a_balance_is_no_money_of_the_pool(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Plus")
    [customer] = shop.seller.stripe.v1.customers.list().data
    [subscription] = shop.seller.stripe.v1.subscriptions.list().data
    item = subscription["items"].data[0]
    classic = shop.seller.stripe.v1.prices.create(
        {
            "currency": "cad",
            "unit_amount": 2900,
            "recurring": {"interval": "month"},
            "product": item.price.product,
        }
    )
    shop.seller.stripe.v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price": classic.id}], "proration_behavior": "always_invoice"},
    )
    assert (shop.seller.stripe.v1.customers.retrieve(customer.id).balance or 0) < 0
    await shop.hear()
    await next_month(shop)
    async with shop.stage.sessions.reading() as session:
        bills = list(await session.scalars(select(Invoice)))
        entries = list(await session.scalars(select(Entry)))
        assert await paid_invoices.INVARIANT.look(session) == []
    in_pools = sum(one.amount_minor for one in entries if one.to_account.startswith("sub_pool"))
    assert in_pools == sum(one.paid_base_minor for one in bills)
    assert any(one.total_minor < 0 for one in bills)
    assert 4500 < in_pools < 4500 + 2900


@pytest.mark.parametrize(
    ("type", "of"),
    [("invoice.upcoming", {"object": "invoice"}), ("balance.available", {"object": "balance"})],
)
async def test_an_event_about_what_has_no_id_is_kept_and_ignored(shop: Shop, type: str, of: object) -> None:
    event = event_of({"id": "evt_1", "type": type, "created": 1_780_000_000, "data": {"object": of}})
    assert (event.id, event.object_id) == ("evt_1", "")
