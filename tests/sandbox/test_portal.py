"""The billing portal: card, end and bills, by the forms of a page."""

import httpx
import pytest
import stripe

from tests.sandbox.shop import a_price, bills, subscribed
from tests.tools.stripe_sandbox import Seller

_BACK = "http://127.0.0.1:9/finances"


def a_portal(seller: Seller, customer: str) -> str:
    made = seller.stripe.v1.billing_portal.sessions.create({"customer": customer, "return_url": _BACK})
    return made.url


def test_the_page_shows_plan_card_bills_and_the_way_back(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500))
    page = httpx.get(a_portal(seller, noa.customer)).text
    for words in ("no real money", "Plus", "45.00 CAD", "renews on 1 July 2026", "4242", _BACK, "-0001"):
        assert words in page, words


def test_a_plan_is_stopped_and_kept_by_buttons(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500))
    portal = a_portal(seller, noa.customer)
    assert httpx.post(portal, data={"do": "cancel", "which": noa.subscription}).status_code == 303
    assert "It ends on 1 July 2026" in httpx.get(portal).text
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).cancel_at_period_end
    assert httpx.post(portal, data={"do": "resume", "which": noa.subscription}).status_code == 303
    assert not seller.stripe.v1.subscriptions.retrieve(noa.subscription).cancel_at_period_end


def test_another_card_pays_the_bill_that_is_open(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500), "later")
    seller.advance(days=31)
    portal = a_portal(seller, noa.customer)
    [bill] = seller.stripe.v1.invoices.list({"status": "open"}).data
    assert "Pay now" in httpx.get(portal).text
    httpx.post(portal, data={"do": "card", "card": "no_funds"})
    failed = httpx.post(portal, data={"do": "pay", "which": bill.id})
    assert (failed.status_code, "insufficient funds" in failed.text) == (402, True)
    httpx.post(portal, data={"do": "card", "card": "works"})
    assert httpx.post(portal, data={"do": "pay", "which": bill.id}).status_code == 303
    assert bills(seller, noa.subscription)[-1] == ("subscription_cycle", 4500, "paid")
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).status == "active"


def test_nobody_reaches_the_plan_of_another_through_their_own_portal(seller: Seller) -> None:
    price = a_price(seller, "Plus", 4500)
    noa, kai = subscribed(seller, price), subscribed(seller, price)
    answer = httpx.post(a_portal(seller, kai.customer), data={"do": "cancel", "which": noa.subscription})
    assert answer.status_code == 402
    assert not seller.stripe.v1.subscriptions.retrieve(noa.subscription).cancel_at_period_end


def test_a_flow_leads_on_when_it_is_done(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500))
    made = seller.stripe.v1.billing_portal.sessions.create(
        {
            "customer": noa.customer,
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": _BACK}},
            },
        }
    )
    done = httpx.post(made.url, data={"do": "card", "card": "works"})
    assert (done.status_code, done.headers["location"]) == (303, _BACK)


def test_a_portal_that_is_none_is_404(seller: Seller) -> None:
    assert httpx.get(f"{seller.url}/portal/bps_nothing").status_code == 404


def test_a_bill_has_a_page_and_a_pdf_that_is_the_same_each_time(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500))
    [bill] = seller.stripe.v1.invoices.list({"customer": noa.customer}).data
    assert "45.00 CAD" in httpx.get(str(bill.hosted_invoice_url)).text
    first, again = (httpx.get(str(bill.invoice_pdf)) for _ in range(2))
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == again.content
    assert first.content.startswith(b"%PDF-1.4")
    assert b"SANDBOX - NO REAL MONEY" in first.content
    assert b"45.00 CAD" in first.content
    for said in (
        b"Seller: BeatPass, No tax number, contact@beatpass.ca",
        b"Buyer: noa@example.org",
        b"Tax: 0.00 CAD",
    ):
        assert said in first.content
    charge = seller.stripe.v1.charges.list().data[0]
    assert "45.00 CAD" in httpx.get(str(charge.receipt_url)).text


def test_a_portal_needs_a_customer_that_is_there(seller: Seller) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        a_portal(seller, "cus_nobody")
