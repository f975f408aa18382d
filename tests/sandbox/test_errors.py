"""Errors have the status, type, code and words that the SDK turns into its own exceptions."""

import httpx
import pytest
import stripe

from tests.sandbox.shop import a_customer, a_price, refusal, subscribed
from tests.tools.stripe_sandbox import Sandbox, Seller


def test_a_wrong_key_is_401_and_not_shown_again(sandbox: Sandbox) -> None:
    client = stripe.StripeClient(
        "sk_test_nobody_knows_me", base_addresses={"api": sandbox.url}, http_client=stripe.RequestsClient()
    )
    with pytest.raises(stripe.AuthenticationError) as refused:
        client.v1.customers.list()
    assert refused.value.http_status == 401
    assert "nobody" not in str(refused.value)


def test_no_key_at_all_is_401(sandbox: Sandbox) -> None:
    assert httpx.get(f"{sandbox.url}/v1/customers").status_code == 401


def test_another_version_of_the_api_is_refused(seller: Seller) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"speaks 2026-10-28\.endive, not 2020-08-27"):
        seller.stripe.v1.customers.list({}, {"stripe_version": "2020-08-27"})


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("/webhooks/endpoints", {"url": "http://127.0.0.1:9/"}, "Missing: secret"),
        ("/platform", {"colour": "red"}, "Unknown: colour"),
        ("/clock", {"to": 0}, "forward only"),
        ("/wishes", {}, "The control has no POST"),
    ],
)
def test_a_slip_in_a_call_of_the_control_is_told(
    seller: Seller, path: str, given: dict[str, object], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        seller.control("POST", path, **given)


def test_what_is_not_there_is_404_with_its_kind_and_id(seller: Seller) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.customers.retrieve("cus_nobody")
    error = refused.value
    assert refusal(error) == (404, "resource_missing", "customer")
    assert error.user_message == "No such customer: 'cus_nobody'"
    assert error.request_id
    assert error.request_id.startswith("req_")


def test_objects_of_another_seller_are_not_there(sandbox: Sandbox, seller: Seller) -> None:
    customer = a_customer(seller)
    with sandbox.seller() as other, pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        other.stripe.v1.customers.retrieve(customer)
    assert seller.stripe.v1.customers.retrieve(customer).id == customer


def test_an_address_that_is_none_says_so(seller: Seller) -> None:
    answer = httpx.get(f"{seller.url}/v1/wishes", headers={"authorization": f"Bearer {seller.key}"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")


@pytest.mark.parametrize("body", [b"a[=1", b"[]", b"\xff\xfe=1", b"a[b][c][d][e][f][g][h][i][j][k][l][m]=1"])
def test_hostile_bodies_are_400(seller: Seller, body: bytes) -> None:
    headers = {
        "authorization": f"Bearer {seller.key}",
        "content-type": "application/x-www-form-urlencoded",
    }
    answer = httpx.post(f"{seller.url}/v1/customers", headers=headers, content=body)
    assert answer.status_code == 400


def test_a_body_beyond_256_kib_is_413(seller: Seller) -> None:
    headers = {"authorization": f"Bearer {seller.key}"}
    answer = httpx.post(f"{seller.url}/v1/customers", headers=headers, content=b"a" * (256 * 1024 + 1))
    assert answer.status_code == 413


def test_a_customer_who_is_deleted_leaves_an_id_and_no_plan(seller: Seller) -> None:
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    assert seller.stripe.v1.customers.delete(noa.customer).deleted
    left = seller.stripe.v1.customers.retrieve(noa.customer)
    assert (left.deleted, "email" in left) == (True, False)
    assert seller.stripe.v1.subscriptions.retrieve(noa.subscription).status == "canceled"
    assert seller.stripe.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        seller.stripe.v1.customers.update(noa.customer, {"name": "Noa"})
    seller.advance(days=31)
    assert len(seller.stripe.v1.invoices.list({"customer": noa.customer}).data) == 1
