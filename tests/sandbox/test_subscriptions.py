"""Subscriptions: the first bill, those that the clock brings, changes in the middle, and the end."""

import pytest
import stripe

from tests.sandbox.shop import a_checkout, a_customer, a_price, bills, item_of, subscribed
from tests.tools.stripe_sandbox import DAY, START, Seller

_MONTH = 30 * DAY
"""June, in which the tests begin."""


def test_a_checkout_that_is_paid_begins_a_subscription_and_pays_its_first_invoice(seller: Seller) -> None:
    noa = subscribed(
        seller, a_price(seller, "Plus", 4500), subscription_data={"metadata": {"account": "acc_1"}}
    )
    found = seller.stripe.v1.subscriptions.retrieve(noa.subscription, {"expand": ["latest_invoice.payments"]})
    assert (found.status, found.metadata["account"], found.customer) == ("active", "acc_1", noa.customer)
    item = item_of(seller, noa.subscription)
    assert (item.current_period_start, item.current_period_end) == (START, START + _MONTH)
    invoice = found.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.total, invoice.amount_paid) == ("paid", 4500, 4500)
    assert invoice.parent
    assert invoice.parent.subscription_details
    assert invoice.parent.subscription_details.subscription == noa.subscription
    assert invoice.parent.subscription_details.metadata
    assert invoice.parent.subscription_details.metadata["account"] == "acc_1"
    assert invoice.payments
    [payment] = invoice.payments.data
    assert (payment.status, payment.amount_paid) == ("paid", 4500)
    intent = seller.stripe.v1.payment_intents.retrieve(str(payment.payment.payment_intent))
    assert (intent.status, intent.amount_received) == ("succeeded", 4500)
    session = seller.stripe.v1.checkout.sessions.retrieve(noa.session)
    assert (session.subscription, session.invoice) == (noa.subscription, invoice.id)
    assert invoice.number
    assert invoice.number.endswith("-0001")


def test_a_declined_card_begins_nothing(seller: Seller) -> None:
    session = a_checkout(seller, a_price(seller, "Plus", 4500))
    with pytest.raises(AssertionError, match="card_declined"):
        seller.pay(session.id, "declined")
    assert seller.stripe.v1.subscriptions.list({"status": "all"}).data == []
    assert seller.stripe.v1.invoices.list().data == []
    assert seller.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_the_clock_renews_it_month_by_month_and_an_invoice_is_a_draft_for_an_hour(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    seller.advance(seconds=_MONTH)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 2900, "draft")
    assert item_of(seller, noa.subscription).current_period_start == START + _MONTH
    seller.advance(seconds=3600)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 2900, "paid")
    seller.advance(days=365)
    assert bills(seller, noa.subscription) == [
        ("subscription_create", 2900, "paid"),
        *[("subscription_cycle", 2900, "paid")] * 13,
    ]
    latest = seller.stripe.v1.invoices.list({"subscription": noa.subscription, "limit": 1}).data[0]
    [line] = latest.lines.data
    assert (latest.period_end, line.period.start) == (line.period.start, latest.period_end)
    assert latest.period_start < latest.period_end < line.period.end
    numbers = [invoice.number for invoice in seller.stripe.v1.invoices.list({"limit": 100}).data]
    assert len(set(numbers)) == 14


def test_a_plan_of_31_january_renews_on_the_last_day_of_short_months(seller: Seller) -> None:
    seller.control("POST", "/clock", to=1_801_396_800)  # 2027-01-31T12:00:00Z
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    ends = [item_of(seller, noa.subscription).current_period_end]
    for _ in range(2):
        seller.control("POST", "/clock", to=ends[-1])
        ends.append(item_of(seller, noa.subscription).current_period_end)
    assert ends == [1_803_816_000, 1_806_494_400, 1_809_086_400]  # 28 February, 31 March, 30 April


def test_an_upgrade_at_once_costs_the_difference_for_the_rest_of_the_month(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    pro = a_price(seller, "Pro", 5900)
    seller.advance(days=10)
    changed = seller.stripe.v1.subscriptions.update(
        noa.subscription,
        {
            "items": [{"id": item_of(seller, noa.subscription).id, "price": pro}],
            "proration_behavior": "always_invoice",
            "payment_behavior": "error_if_incomplete",
        },
    )
    assert (changed.status, item_of(seller, noa.subscription).price.id) == ("active", pro)
    assert item_of(seller, noa.subscription).current_period_end == START + _MONTH
    assert bills(seller, noa.subscription)[-1] == ("subscription_update", 2000, "paid")
    invoice = seller.stripe.v1.invoices.retrieve(str(changed.latest_invoice))
    assert [(line.amount, line.description) for line in invoice.lines.data] == [
        (-1933, "Unused time on Classic after 11 Jun 2026"),
        (3933, "Remaining time on Pro after 11 Jun 2026"),
    ]
    seller.advance(days=21)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 5900, "paid")


def test_a_look_at_the_price_of_an_upgrade_changes_nothing(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    pro, before = a_price(seller, "Pro", 5900), seller.events()
    seller.advance(days=15)
    preview = seller.stripe.v1.invoices.create_preview(
        {
            "subscription": noa.subscription,
            "subscription_details": {
                "items": [{"id": item_of(seller, noa.subscription).id, "price": pro}],
                "proration_behavior": "always_invoice",
            },
        }
    )
    assert preview.total == 1500
    assert seller.events() == before
    assert len(bills(seller, noa.subscription)) == 1


def test_an_upgrade_that_is_not_paid_is_none(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    pro = a_price(seller, "Pro", 5900)
    seller.control("POST", f"/customers/{noa.customer}/card", card="later")
    before, events = seller.stripe.v1.subscriptions.retrieve(noa.subscription), seller.events()
    with pytest.raises(stripe.CardError, match="declined"):
        seller.stripe.v1.subscriptions.update(
            noa.subscription,
            {
                "items": [{"id": item_of(seller, noa.subscription).id, "price": pro}],
                "proration_behavior": "always_invoice",
                "payment_behavior": "error_if_incomplete",
            },
        )
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription) == before
    assert seller.events() == events
    assert len(bills(seller, noa.subscription)) == 1


def test_a_difference_that_is_not_billed_at_once_stands_on_the_next_invoice(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    seller.advance(days=15)
    seller.stripe.v1.subscriptions.update(
        noa.subscription,
        {"items": [{"id": item_of(seller, noa.subscription).id, "price": a_price(seller, "Pro", 5900)}]},
    )
    assert len(bills(seller, noa.subscription)) == 1
    seller.advance(days=16)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 5900 + 1500, "paid")
    seller.advance(days=31)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 5900, "paid")


def test_what_a_smaller_plan_gives_back_at_once_is_credit_for_the_next_invoice(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Pro", 5900))
    seller.advance(days=15)
    seller.stripe.v1.subscriptions.update(
        noa.subscription,
        {
            "items": [
                {"id": item_of(seller, noa.subscription).id, "price": a_price(seller, "Classic", 2900)}
            ],
            "proration_behavior": "always_invoice",
        },
    )
    assert bills(seller, noa.subscription)[-1] == ("subscription_update", -1500, "paid")
    assert seller.stripe.v1.customers.retrieve(noa.customer).balance == -1500
    seller.advance(days=16)
    [latest] = seller.stripe.v1.invoices.list({"limit": 1}).data
    assert (latest.total, latest.amount_due, latest.starting_balance, latest.ending_balance) == (
        2900,
        1400,
        -1500,
        0,
    )


def test_a_smaller_plan_waits_for_the_end_of_the_month_in_a_schedule(seller: Seller) -> None:
    pro, classic = a_price(seller, "Pro", 5900), a_price(seller, "Classic", 2900)
    noa = subscribed(seller, pro)
    schedule = downgrade(seller, noa.subscription, pro, classic)
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).schedule == schedule.id
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        seller.stripe.v1.subscriptions.update(noa.subscription, {"cancel_at_period_end": True})
    seller.advance(seconds=_MONTH + 3600)
    assert item_of(seller, noa.subscription).price.id == classic
    assert bills(seller, noa.subscription) == [
        ("subscription_create", 5900, "paid"),
        ("subscription_cycle", 2900, "paid"),
    ]
    seller.advance(days=31)
    assert seller.stripe.v1.subscription_schedules.retrieve(schedule.id).status == "released"
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).schedule is None
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 2900, "paid")


def test_a_schedule_that_is_released_leaves_the_plan_as_it_is(seller: Seller) -> None:
    pro = a_price(seller, "Pro", 5900)
    noa = subscribed(seller, pro)
    schedule = downgrade(seller, noa.subscription, pro, a_price(seller, "Classic", 2900))
    released = seller.stripe.v1.subscription_schedules.release(schedule.id)
    assert (released.status, released.released_subscription) == ("released", noa.subscription)
    seller.advance(days=31)
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 5900, "paid")


def downgrade(seller: Seller, subscription: str, now: str, then: str) -> stripe.SubscriptionSchedule:
    """A schedule by which a subscription has another price from the next period on."""
    made = seller.stripe.v1.subscription_schedules.create({"from_subscription": subscription})
    [phase] = made.phases
    return seller.stripe.v1.subscription_schedules.update(
        made.id,
        {
            "end_behavior": "release",
            "phases": [
                {
                    "items": [{"price": now, "quantity": 1}],
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                },
                {"items": [{"price": then, "quantity": 1}]},
            ],
        },
    )


def test_a_plan_that_is_not_to_renew_ends_with_its_period_unless_it_is_taken_back(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    for renews in (False, True, False):
        changed = seller.stripe.v1.subscriptions.update(
            noa.subscription, {"cancel_at_period_end": not renews}
        )
        assert changed.cancel_at_period_end is not renews
        assert changed.cancel_at == (None if renews else START + _MONTH)
    seller.advance(seconds=_MONTH - 1)
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).status == "active"
    seller.advance(seconds=1)
    ended = seller.stripe.v1.subscriptions.retrieve(noa.subscription)
    assert (ended.status, ended.ended_at) == ("canceled", START + _MONTH)
    assert len(bills(seller, noa.subscription)) == 1
    assert seller.events()[-1] == "customer.subscription.deleted"


def test_a_plan_can_end_at_once(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    ended = seller.stripe.v1.subscriptions.cancel(noa.subscription)
    assert (ended.status, ended.ended_at) == ("canceled", START)
    seller.advance(days=40)
    assert len(bills(seller, noa.subscription)) == 1
    assert seller.stripe.v1.subscriptions.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        seller.stripe.v1.subscriptions.update(noa.subscription, {"cancel_at_period_end": True})


def test_a_renewal_that_is_not_paid_is_tried_again_and_ends_the_plan_in_the_end(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900), "later")
    seller.advance(seconds=_MONTH + 3600)
    attempts = [state(seller, noa.subscription)]
    for days in (3, 5, 7):
        seller.advance(days=days)
        attempts.append(state(seller, noa.subscription))
    assert attempts == [("past_due", 1), ("past_due", 2), ("past_due", 3), ("canceled", 4)]
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 2900, "open")
    assert seller.events().count("invoice.payment_failed") == 4


def state(seller: Seller, subscription: str) -> tuple[str, int]:
    """Status, and attempts at the latest invoice."""
    found = seller.stripe.v1.subscriptions.retrieve(subscription, {"expand": ["latest_invoice"]})
    assert isinstance(found.latest_invoice, stripe.Invoice)
    return found.status, found.latest_invoice.attempt_count


def test_another_card_pays_what_is_open_and_the_plan_is_good_again(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900), "later")
    seller.advance(seconds=_MONTH + 3600)
    [unpaid] = seller.stripe.v1.invoices.list({"status": "open"}).data
    with pytest.raises(stripe.CardError):
        seller.stripe.v1.invoices.pay(unpaid.id)
    assert state(seller, noa.subscription) == ("past_due", 2)
    seller.control("POST", f"/customers/{noa.customer}/card", card="works")
    assert seller.stripe.v1.invoices.pay(unpaid.id).status == "paid"
    assert state(seller, noa.subscription)[0] == "active"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.invoices.pay(unpaid.id)
    assert refused.value.code == "invoice_already_paid"


def test_somebody_else_is_not_billed(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    other = a_customer(seller, "kai@example.org")
    seller.advance(days=31)
    assert seller.stripe.v1.invoices.list({"customer": other}).data == []
    assert len(seller.stripe.v1.invoices.list({"customer": noa.customer}).data) == 2
