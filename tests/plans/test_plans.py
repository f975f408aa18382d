"""Plans: begun in a checkout, moved, stopped, unpaid and ended, as the payment provider says (D-50)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.clock import now
from db.models.ledger import Entry
from db.models.plans import Invoice, PlanSubscription
from db.queries.plans import plan_of
from tests.factories import Person, a_listener
from tests.plans.shop import Shop

pytestmark = pytest.mark.anyio
PLANS = "{ plans { name pricePerMonth { amount currency } includesDownloads requestTokensPerMonth } }"


async def the_plan_of(shop: Shop, who: Person) -> str:
    """By which everything that a plan includes is given."""
    async with shop.stage.sessions.reading() as session:
        return (await plan_of(session, who.account, now())).name


async def moved(shop: Shop) -> list[tuple[str, str, int]]:
    async with shop.stage.sessions.reading() as session:
        rows = await session.scalars(select(Entry))
        return sorted((row.from_account, row.to_account, row.amount_minor) for row in rows)


async def test_plans_are_on_sale_cheapest_first(shop: Shop) -> None:
    found = (await shop.stage.ask(None, PLANS))["plans"]
    assert [
        (
            one["name"],
            one["pricePerMonth"]["amount"],
            one["includesDownloads"],
            one["requestTokensPerMonth"],
        )
        for one in found
    ] == [
        ("Explorer", "0.00", False, 1),
        ("Classic", "29.00", True, 1),
        ("Plus", "45.00", True, 3),
        ("Pro", "59.00", True, 5),
    ]
    assert {one["pricePerMonth"]["currency"] for one in found} == {"CAD"}


async def test_a_plan_begins_when_its_checkout_is_paid_and_not_before(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    payload = await shop.begin(ari, "Plus")
    assert payload["errors"] == []
    assert payload["checkoutUrl"].startswith(shop.seller.url)
    assert payload["subscription"]["status"] == "CHECKOUT_OPEN"
    assert await the_plan_of(shop, ari) == "Explorer"
    await shop.pay(ari)
    statuses = await shop.hear()
    assert set(statuses) == {204}
    mine = await shop.mine(ari)
    assert (mine["plan"]["status"], mine["plan"]["plan"]["name"]) == ("ACTIVE", "Plus")
    assert mine["requestTokens"] == {"allowance": 3, "remaining": 3}
    [bill] = mine["plan"]["invoices"]
    assert (bill["total"], bool(bill["paidAt"])) == ({"amount": "45.00", "currency": "CAD"}, True)
    assert bill["pdf"]["url"].startswith(shop.seller.url)
    assert await the_plan_of(shop, ari) == "Plus"


async def test_a_paid_bill_goes_to_the_pool_of_its_month_and_its_fee_is_the_platforms(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Classic")
    assert await moved(shop) == [
        ("stripe_cash", "sub_pool:2026-06", 2900),
        ("stripe_fees", "stripe_cash", 114),
    ]
    await shop.hear(shop.seller.letters())
    assert len(await moved(shop)) == 2


async def test_the_same_key_is_the_same_checkout_and_for_another_plan_it_is_refused(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    first = await shop.begin(ari, "Plus", idempotencyKey="one")
    again = await shop.begin(ari, "Plus", idempotencyKey="one")
    assert again == first
    other = await shop.begin(ari, "Plus", idempotencyKey="two")
    assert other["checkoutUrl"] == first["checkoutUrl"]
    refused = await shop.begin(ari, "Pro", idempotencyKey="one")
    assert [error["code"] for error in refused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_choosing_another_plan_puts_the_open_checkout_away(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, "Plus")
    [plus] = await checkouts(shop)
    payload = await shop.begin(ari, "Pro")
    assert (payload["errors"], payload["subscription"]["plan"]["name"]) == ([], "Pro")
    with pytest.raises(AssertionError):
        shop.seller.pay(plus)
    await shop.pay(ari)
    await shop.hear()
    assert await the_plan_of(shop, ari) == "Pro"


async def checkouts(shop: Shop) -> list[str]:
    async with shop.stage.sessions.reading() as session:
        rows = await session.scalars(select(PlanSubscription))
        return [str(row.checkout_reference) for row in rows]


async def test_what_was_paid_while_another_plan_was_chosen_stands(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, "Plus")
    await shop.pay(ari)
    payload = await shop.begin(ari, "Pro")
    assert [error["code"] for error in payload["errors"]] == ["ALREADY_SUBSCRIBED"]
    assert await the_plan_of(shop, ari) == "Plus"


@pytest.mark.parametrize(
    ("name", "different", "problem"),
    [
        ("Explorer", {}, ("input.planId", "NOTHING_TO_PAY")),
        ("Plus", {"planId": "pln_00000000000000000000000000"}, ("input.planId", "NOT_FOUND")),
        ("Plus", {"planId": "trk_00000000000000000000000000"}, ("input.planId", "WRONG_ID_TYPE")),
        ("Plus", {"idempotencyKey": " "}, ("input.idempotencyKey", "REQUIRED")),
        ("Plus", {"returnPath": "https://elsewhere.example"}, ("input.returnPath", "MALFORMED")),
        ("Plus", {"returnPath": "//elsewhere.example"}, ("input.returnPath", "MALFORMED")),
        ("Plus", {"returnPath": "/\t/elsewhere.example"}, ("input.returnPath", "MALFORMED")),
    ],
)
async def test_what_cannot_be_begun_is_refused_and_begins_nothing(
    shop: Shop, name: str, different: dict[str, str], problem: tuple[str, str]
) -> None:
    ari = await a_listener(shop.stage.sessions)
    payload = await shop.begin(ari, name, **different)
    assert [(".".join(one["path"]), one["code"]) for one in payload["errors"]] == [problem]
    assert await checkouts(shop) == []


async def test_a_checkout_that_nobody_pays_is_over_after_a_day_and_another_can_be_opened(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, "Plus")
    shop.seller.advance(days=2)
    await shop.hear()
    assert (await shop.mine(ari))["plan"] is None
    payload = await shop.begin(ari, "Plus")
    assert payload["checkoutUrl"]


async def test_a_dearer_plan_begins_at_once_and_the_difference_is_paid(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Classic")
    shop.seller.advance(days=10)
    payload = await shop.move(ari, "Pro")
    assert (payload["errors"], payload["subscription"]["plan"]["name"]) == ([], "Pro")
    await shop.hear()
    mine = await shop.mine(ari)
    assert [bill["total"]["amount"] for bill in mine["plan"]["invoices"]] == ["20.00", "29.00"]
    assert mine["requestTokens"]["allowance"] == 5


async def test_a_key_of_a_change_is_for_one_plan(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Pro")
    assert (await shop.move(ari, "Classic", idempotencyKey="one"))["errors"] == []
    again = await shop.move(ari, "Classic", idempotencyKey="one")
    assert (again["errors"], again["subscription"]["nextPlan"]) == ([], {"name": "Classic"})
    other = await shop.move(ari, "Plus", idempotencyKey="one")
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_card_that_is_declined_leaves_the_plan_as_it_was(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Classic")
    before = await shop.mine(ari)
    await set_card(shop, "declined")
    payload = await shop.move(ari, "Pro")
    assert [error["code"] for error in payload["errors"]] == ["PAYMENT_REFUSED"]
    await shop.hear()
    assert await shop.mine(ari) == before


async def set_card(shop: Shop, card: str) -> None:
    [customer] = shop.seller.stripe.v1.customers.list().data
    shop.seller.control("POST", f"/customers/{customer.id}/card", card=card)


async def test_a_cheaper_plan_takes_over_at_the_periods_end_and_can_be_taken_back(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Pro")
    assert (await shop.move(ari, "Plus"))["subscription"]["nextPlan"] == {"name": "Plus"}
    assert (await shop.move(ari, "Classic"))["subscription"]["nextPlan"] == {"name": "Classic"}
    assert (await shop.move(ari, "Pro"))["subscription"]["nextPlan"] is None
    payload = await shop.move(ari, "Classic")
    assert payload["subscription"]["plan"]["name"] == "Pro"
    shop.seller.advance(days=32)
    await shop.hear()
    mine = await shop.mine(ari)
    assert (mine["plan"]["plan"]["name"], mine["plan"]["nextPlan"]) == ("Classic", None)
    assert [bill["total"]["amount"] for bill in mine["plan"]["invoices"]] == ["29.00", "59.00"]


async def test_a_plan_that_is_stopped_runs_to_the_periods_end_unless_it_is_resumed(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Plus")
    assert (await shop.renew(ari, renews=False))["subscription"]["status"] == "CANCELLING"
    assert (await shop.renew(ari, renews=True))["subscription"]["status"] == "ACTIVE"
    assert (await shop.renew(ari, renews=False))["subscription"]["status"] == "CANCELLING"
    assert await the_plan_of(shop, ari) == "Plus"
    shop.seller.advance(days=32)
    await shop.hear()
    ended = (await shop.mine(ari))["plan"]
    assert (ended["status"], [bill["total"]["amount"] for bill in ended["invoices"]]) == ("ENDED", ["45.00"])
    assert await the_plan_of(shop, ari) == "Explorer"
    assert (await shop.begin(ari, "Pro"))["subscription"]["status"] == "CHECKOUT_OPEN"
    assert (await shop.mine(ari))["plan"]["status"] == "CHECKOUT_OPEN"


async def test_a_bill_that_is_not_paid_leaves_days_of_grace_and_then_nothing(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Plus")
    await set_card(shop, "declined")
    shop.seller.advance(days=31)
    await shop.hear()
    mine = await shop.mine(ari)
    assert mine["plan"]["status"] == "PAYMENT_FAILED"
    assert await the_plan_of(shop, ari) == "Plus"
    async with shop.stage.sessions.reading() as session:
        later = await plan_of(session, ari.account, now() + timedelta(days=8))
    assert later.name == "Explorer"
    refused = await shop.move(ari, "Pro")
    assert [error["code"] for error in refused["errors"]] == ["BILL_UNPAID"]
    await set_card(shop, "works")
    shop.seller.advance(days=5)
    await shop.hear()
    assert (await shop.mine(ari))["plan"]["status"] == "ACTIVE"


async def test_who_has_no_plan_has_nothing_to_change_or_to_stop(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, "Plus")
    assert [one["code"] for one in (await shop.move(ari, "Pro"))["errors"]] == ["NO_PLAN"]
    assert [one["code"] for one in (await shop.renew(ari, renews=False))["errors"]] == ["NO_PLAN"]


async def test_bills_and_the_portal_are_for_who_pays(shop: Shop) -> None:
    ari, noa = await a_listener(shop.stage.sessions), await a_listener(shop.stage.sessions)
    await shop.subscribed(ari, "Plus")
    plan = (await shop.mine(ari))["plan"]["id"]
    asked = "query($id: ID!) { node(id: $id) { ... on PlanSubscription { portal { url } } } }"
    found = (await shop.stage.ask(ari, asked, id=plan))["node"]
    assert found["portal"]["url"].startswith(shop.seller.url)
    assert (await shop.stage.ask(noa, asked, id=plan))["node"] is None


async def test_a_bill_is_kept_once_whatever_is_heard_of_it(shop: Shop) -> None:
    ari = await a_listener(shop.stage.sessions)
    await shop.begin(ari, "Plus")
    await shop.pay(ari)
    letters = shop.seller.letters()
    await shop.hear([*letters, *letters[::-1]])
    async with shop.stage.sessions.reading() as session:
        [bill] = await session.scalars(select(Invoice))
    assert (bill.total_minor, bill.base_minor, bill.tax_minor) == (4500, 4500, 0)
