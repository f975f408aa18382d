"""A sandbox as `./bp run` has it: one platform whose clock runs, a page for whoever tries things out, a file that stays."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.sandbox.configuration import Configuration, install
from api.sandbox.platforms import by_key
from api.sandbox.store import Store
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


def test_half_of_a_charge_is_given_back_and_half_of_the_rest(first: Seller) -> None:
    charge = str(a_paid_sale(first, 10_001).latest_charge)
    for _ in range(2):
        assert httpx.post(first.url, data={"do": "refund", "which": charge}).status_code == 303
    refunds = first.stripe.v1.refunds.list({"charge": charge}).data
    assert [one.amount for one in refunds] == [2500, 5001]
    assert "75.01 CAD refunded" in httpx.get(first.url).text


def test_a_bank_may_dispute_a_part_and_no_more_than_there_is(first: Seller) -> None:
    charge = str(a_paid_sale(first, 10_000).latest_charge)
    with pytest.raises(AssertionError, match="Of this charge 10000 can be disputed"):
        first.control("POST", "/disputes", charge=charge, amount=10_001)
    dispute = first.control("POST", "/disputes", charge=charge, amount=2500)
    assert (dispute["amount"], first.stripe.v1.disputes.retrieve(dispute["id"]).amount) == (2500, 2500)


def test_bills_name_the_seller_of_the_settings(tmp_path: Path) -> None:
    told = {
        "BEATPASS_SANDBOX_FILE": str(tmp_path / "sandbox.db"),
        "BEATPASS_STRIPE_API_URL": "http://127.0.0.1:9",
        "BEATPASS_STRIPE_SECRET_KEY": "sk_test_x",
    }
    store = Store(tmp_path / "sandbox.db")
    here = {"BEATPASS_SELLER_NAME": "BeatPass Inc.", "BEATPASS_SELLER_ADDRESS": "1 Queen Street | Canada"}
    for given in (here | {"BEATPASS_SELLER_TAX_NUMBER": "12345 RT0001"}, {}):
        install(store, Configuration.of(told | given))
        platform = by_key(store, "sk_test_x")
        assert platform
        assert platform.seller == [
            "BeatPass Inc.",
            "1 Queen Street",
            "Canada",
            "Tax number 12345 RT0001",
            "contact@beatpass.ca",
        ]
    store.close()


def test_another_site_cannot_press_the_buttons(first: Seller) -> None:
    before = first.control("GET", "/platform")["ahead_seconds"]
    answer = httpx.post(first.url, data={"step": "month"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 404
    assert first.control("GET", "/platform")["ahead_seconds"] == before


def test_a_second_start_has_everything_of_the_first_at_its_new_address(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    with stripe_sandbox(file) as before:
        seller = before.first()
        noa = subscribed(seller, a_price(seller, "Plus", 4500))
        seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
        seller.session.close()
    with stripe_sandbox(file) as after:
        seller = after.first()
        [bill] = seller.stripe.v1.invoices.list({"subscription": noa.subscription}).data
        assert str(bill.hosted_invoice_url).startswith(f"{after.url}/invoices/")
        assert "45.00 CAD" in httpx.get(str(bill.hosted_invoice_url)).text
        again = seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
        assert again.id in {one.id for one in seller.stripe.v1.customers.list().data}
        assert len(seller.stripe.v1.customers.list().data) == 2
        seller.session.close()
