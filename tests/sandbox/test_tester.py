"""The page of whoever tries things out at this machine: a clock, charges that a bank takes back, what has happened."""

from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox.shop import a_paid_sale, a_price, bills, subscribed
from tests.tools.stripe_sandbox import DAY, Sandbox, Seller, stripe_sandbox


@pytest.fixture(scope="module")
def alone() -> Iterator[Sandbox]:
    """A sandbox whose first platform is the test's: the page is about that one."""
    with stripe_sandbox() as made:
        yield made


@pytest.fixture
def first(alone: Sandbox) -> Iterator[Seller]:
    seller = alone.first()
    yield seller
    seller.session.close()


def test_a_month_goes_by_at_the_press_of_a_button(first: Seller) -> None:
    noa = subscribed(first, a_price(first, "Plus", 4500))
    before = first.control("GET", "/clock")["now"]
    assert httpx.post(first.url, data={"step": "month"}).status_code == 303
    assert 31 * DAY <= first.control("GET", "/clock")["now"] - before < 32 * DAY
    assert httpx.post(first.url, data={"step": "day"}).status_code == 303
    assert bills(first, noa.subscription)[-1] == ("subscription_cycle", 4500, "paid")
    page = httpx.get(first.url).text
    for words in ("no real money", "invoice.paid", "45.00 CAD", "One month later"):
        assert words in page, words


def test_a_bank_takes_a_charge_back_and_decides(first: Seller) -> None:
    charge = str(a_paid_sale(first).latest_charge)
    httpx.post(first.url, data={"do": "dispute", "which": charge})
    [dispute] = first.stripe.v1.disputes.list({"charge": charge}).data
    assert dispute.status == "needs_response"
    httpx.post(first.url, data={"do": "won", "which": dispute.id})
    assert first.stripe.v1.disputes.retrieve(dispute.id).status == "won"
    assert "Dispute won" in httpx.get(first.url).text


def test_another_site_cannot_press_the_buttons(first: Seller) -> None:
    before = first.control("GET", "/platform")["ahead_seconds"]
    answer = httpx.post(first.url, data={"step": "month"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 404
    assert first.control("GET", "/platform")["ahead_seconds"] == before
