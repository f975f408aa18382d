"""The hosted pages in a browser whose scripts are switched off: labelled, usable by mouse and keyboard, asking nobody else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.shop import a_price, a_sale, subscribed
from tests.sandbox.test_payout_accounts import a_link, an_account, statuses
from tests.tools.browser import Page, browser
from tests.tools.stripe_sandbox import Seller


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with browser() as page:
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        yield page


def show(page: Page, url: str) -> None:
    page.addresses.clear()
    page.complaints.clear()
    page.open(url)
    page.until("document.readyState === 'complete' && !!document.querySelector('.label')")


def is_labelled_and_alone(page: Page) -> bool:
    """Whether the page says what it is, asks nobody else, and each field has a name that can be read out."""
    nameless: Any = page.value(
        "[...document.querySelectorAll('input:not([type=hidden]), button')]"
        ".filter(e => !(e.labels?.length || e.innerText.trim())).length"
    )
    return (
        "Sandbox — no real money" in page.text()
        and page.hosts() == {"127.0.0.1"}
        and page.complaints == []
        and nameless == 0
    )


def reads(page: Page, words: str) -> None:
    """Wait until the words stand on the page."""
    page.until(f"!!document.body?.innerText.includes({json.dumps(words)})")


def test_a_buyer_pays_and_comes_back(seller: Seller, chromium: Page) -> None:
    session = a_sale(seller)
    seller.stripe.v1.checkout.sessions.update(session.id, {"metadata": {"seen": "by a browser"}})
    show(chromium, str(session.url))
    assert is_labelled_and_alone(chromium)
    assert "100.00 CAD" in chromium.text()
    chromium.click("label", text="without funds")
    chromium.click("button", text="Pay")
    reads(chromium, "insufficient funds")
    chromium.click("label", text="whose bank asks you first")
    chromium.click("button", text="Pay")
    reads(chromium, "Is this you?")
    chromium.click("button", text="Yes, pay")
    chromium.until("!!document.body && !document.querySelector('.label')")
    assert seller.stripe.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert any(address.endswith(f"/back?session={session.id}") for address in chromium.addresses)


def test_a_customer_cancels_keeps_and_changes_the_card(seller: Seller, chromium: Page) -> None:
    noa = subscribed(seller, a_price(seller, "Plus", 4500))
    portal = seller.stripe.v1.billing_portal.sessions.create({"customer": noa.customer})
    show(chromium, portal.url)
    assert is_labelled_and_alone(chromium)
    chromium.click("button", text="Cancel at the end")
    reads(chromium, "It ends on 1 July 2026")
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).cancel_at_period_end
    chromium.click("button", text="Keep the plan")
    reads(chromium, "It renews on 1 July 2026")
    chromium.click("label", text="declined at the next renewal")
    chromium.click("button", text="Use this card")
    reads(chromium, "Visa ···· 0341\n")
    chromium.click("a", text="-0001")
    reads(chromium, "As PDF")
    assert is_labelled_and_alone(chromium)


def test_a_producer_says_who_they_are(seller: Seller, chromium: Page) -> None:
    account = an_account(seller)
    show(chromium, a_link(seller, account))
    assert is_labelled_and_alone(chromium)
    chromium.value("document.querySelector('#name').value = 'Kai Moss'")
    chromium.click("button", text="Agree and finish")
    chromium.until("!!document.body && !document.querySelector('.label')")
    assert statuses(seller, account) == ("active", "active")
