"""Checkout: a page that takes a card, and what is there when it was paid, declined, left or forgotten."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.shop import a_customer, a_price, a_sale
from tests.tools.stripe_sandbox import START, Seller


def test_an_open_checkout_says_what_is_to_be_paid_and_where(seller: Seller) -> None:
    session = a_sale(seller)
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 10_000)
    assert (session.expires_at, session.payment_intent) == (START + 24 * 3600, None)
    assert session.url == f"{seller.url}/checkout/{session.id}"
    assert "line_items" not in session
    found = seller.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert found.line_items
    assert [(line.description, line.amount_total) for line in found.line_items.data] == [
        ("Night Bus", 10_000)
    ]


def test_paying_on_the_page_leads_back_with_the_id_and_the_money_is_there(seller: Seller) -> None:
    session = a_sale(seller)
    answer = httpx.post(str(session.url), data={"card": "works"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"http://127.0.0.1:9/back?session={session.id}",
    )
    done = seller.stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    charge = done.payment_intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    entry = charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (done.payment_intent.status, charge.amount_captured) == ("succeeded", 10_000)
    assert (entry.amount, entry.fee, entry.net) == (10_000, 320, 9_680)
    assert seller.stripe.v1.balance.retrieve().available[0].amount == 9_680


def test_a_paid_checkout_cannot_be_paid_again(seller: Seller) -> None:
    session = a_sale(seller)
    seller.pay(session.id)
    assert httpx.post(str(session.url), data={"card": "works"}).status_code == 303
    assert len(seller.stripe.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        seller.stripe.v1.checkout.sessions.expire(session.id)


def test_a_declined_card_says_why_and_the_same_checkout_can_be_paid_with_another(seller: Seller) -> None:
    session = a_sale(seller)
    answer = httpx.post(str(session.url), data={"card": "no_funds"})
    assert (answer.status_code, "Your card has insufficient funds." in answer.text) == (402, True)
    [intent] = seller.stripe.v1.payment_intents.list().data
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert intent.last_payment_error
    assert intent.last_payment_error.decline_code == "insufficient_funds"
    seller.pay(session.id)
    [intent] = seller.stripe.v1.payment_intents.list().data
    assert (intent.status, intent.last_payment_error) == ("succeeded", None)
    assert [charge.status for charge in seller.stripe.v1.charges.list().data] == ["succeeded", "failed"]


def test_a_bank_that_asks_is_answered_on_a_page_of_its_own(seller: Seller) -> None:
    session = a_sale(seller)
    asked = httpx.post(str(session.url), data={"card": "authenticates"})
    assert (asked.status_code, "Is this you?" in asked.text) == (200, True)
    assert seller.stripe.v1.charges.list().data == []
    refused = httpx.post(str(session.url), data={"card": "authenticates", "answer": "no"})
    assert refused.status_code == 402
    accepted = httpx.post(str(session.url), data={"card": "authenticates", "answer": "yes"})
    assert accepted.status_code == 303


def test_a_stranger_gives_an_e_mail_address_first(seller: Seller) -> None:
    session = seller.stripe.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://127.0.0.1:9/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "cad",
                        "unit_amount": 500,
                        "product_data": {"name": "A"},
                    },
                }
            ],
        }
    )
    assert "Choose a card" in httpx.post(str(session.url), data={"card": "works"}).text
    assert seller.stripe.v1.charges.list().data == []
    httpx.post(str(session.url), data={"card": "works", "email": "kai@example.org"})
    done = seller.stripe.v1.checkout.sessions.retrieve(session.id)
    assert done.customer_details
    assert done.customer_details.email == "kai@example.org"


def test_what_is_held_by_hand_is_the_sellers_once_it_is_captured(seller: Seller) -> None:
    session = a_sale(seller, capture_method="manual", metadata={"order": "ord_1"}, transfer_group="g")
    seller.pay(session.id)
    held = seller.stripe.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert isinstance(held.payment_intent, stripe.PaymentIntent)
    assert (held.payment_status, held.payment_intent.status) == ("unpaid", "requires_capture")
    assert (held.payment_intent.amount_capturable, held.payment_intent.metadata["order"]) == (10_000, "ord_1")
    assert seller.stripe.v1.balance.retrieve().available[0].amount == 0
    taken = seller.stripe.v1.payment_intents.capture(held.payment_intent.id)
    assert (taken.status, taken.amount_received, taken.transfer_group) == ("succeeded", 10_000, "g")
    assert seller.stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.payment_intents.capture(taken.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert seller.stripe.v1.balance.retrieve().available[0].amount == 9_680


def test_a_hold_that_is_let_go_costs_nothing_and_one_that_is_forgotten_lapses(seller: Seller) -> None:
    first, second = (a_sale(seller, capture_method="manual") for _ in range(2))
    voided = seller.pay(first.id)["payment_intent"]
    forgotten = seller.pay(second.id)["payment_intent"]
    assert seller.stripe.v1.payment_intents.cancel(voided).status == "canceled"
    seller.advance(days=7)
    lapsed = seller.stripe.v1.payment_intents.retrieve(forgotten)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    assert seller.stripe.v1.balance_transactions.list().data == []


def test_a_checkout_expires_by_the_clock_or_by_wish_and_is_too_late_then(seller: Seller) -> None:
    soon = START + 1800
    first = seller.stripe.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": a_customer(seller),
            "line_items": [{"price": a_price(seller, "Plus", 4500), "quantity": 1}],
            "success_url": "http://127.0.0.1:9/",
            "expires_at": soon,
        }
    )
    second = a_sale(seller)
    assert seller.stripe.v1.checkout.sessions.expire(second.id).status == "expired"
    seller.advance(seconds=1799)
    assert seller.stripe.v1.checkout.sessions.retrieve(first.id).status == "open"
    seller.advance(seconds=1)
    assert seller.stripe.v1.checkout.sessions.retrieve(first.id).status == "expired"
    for session in (first, second):
        assert httpx.post(str(session.url), data={"card": "works"}).status_code == 410
    assert seller.events().count("checkout.session.expired") == 2
    assert seller.stripe.v1.charges.list().data == []


@pytest.mark.parametrize("seconds", [1799, 86_401])
def test_a_checkout_lives_from_half_an_hour_to_a_day(seller: Seller, seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 30 minutes and 24 hours"):
        seller.stripe.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "line_items": [{"price": a_price(seller, "Plus", 4500), "quantity": 1}],
                "success_url": "http://127.0.0.1:9/",
                "expires_at": START + seconds,
            }
        )
    assert seller.stripe.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize("update", [{}, {"customer_update": {"address": "never"}}])
def test_taxes_are_not_reckoned_of_somebody_who_lives_nowhere(seller: Seller, update: Any) -> None:
    asked: Any = {
        "mode": "subscription",
        "customer": a_customer(seller),
        "line_items": [{"price": a_price(seller, "Classic", 2900), "quantity": 1}],
        "success_url": "http://127.0.0.1:9/",
        "automatic_tax": {"enabled": True},
        **update,
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.checkout.sessions.create(asked)
    assert refused.value.code == "customer_tax_location_invalid"


def test_tax_comes_on_top_of_a_price_or_is_in_it(seller: Seller) -> None:
    rate = seller.stripe.v1.tax_rates.create({"display_name": "HST", "inclusive": False, "percentage": 13.0})
    for behaviour, total, tax in (("exclusive", 3277, 377), ("inclusive", 2900, 334)):
        price = a_price(seller, "Classic", 2900, tax_behavior=behaviour)
        session = seller.stripe.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": a_customer(seller),
                "line_items": [{"price": price, "quantity": 1}],
                "success_url": "http://127.0.0.1:9/",
                "automatic_tax": {"enabled": True},
                "customer_update": {"address": "auto"},
            }
        )
        assert session.total_details
        assert (session.amount_total, session.total_details.amount_tax) == (total, tax)
        done = seller.pay(session.id)
        invoice = seller.stripe.v1.invoices.retrieve(done["invoice"])
        assert (invoice.total, invoice.total_excluding_tax) == (total, total - tax)
        assert invoice.total_taxes
        assert [one.amount for one in invoice.total_taxes] == [tax]
    by_rate = seller.stripe.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": a_customer(seller),
            "line_items": [{"price": a_price(seller, "Pro", 5900), "quantity": 1}],
            "success_url": "http://127.0.0.1:9/",
            "subscription_data": {"default_tax_rates": [rate.id]},
        }
    )
    assert by_rate.amount_total == 6667
    assert seller.stripe.v1.invoices.retrieve(seller.pay(by_rate.id)["invoice"]).total == 6667
