"""Faults: what goes wrong between a call and its answer, and what was done all the same."""

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import a_customer, a_paid_sale
from tests.tools.stripe_sandbox import Seller

_CUSTOMERS = "/v1/customers"


def count(seller: Seller) -> int:
    return len(seller.stripe.v1.customers.list({"limit": 100}).data)


@pytest.mark.parametrize(
    ("fault", "problem", "done"),
    [
        ("error_before", stripe.APIError, 0),
        ("error_after", stripe.APIError, 1),
        ("drop_before", stripe.APIConnectionError, 0),
        ("drop_after", stripe.APIConnectionError, 1),
        ("rate_limited", stripe.RateLimitError, 0),
    ],
)
def test_a_call_goes_wrong_once_before_or_after_its_effect(
    seller: Seller, fault: str, problem: type[stripe.StripeError], done: int
) -> None:
    seller.arm(fault, method="POST", path=_CUSTOMERS)
    with pytest.raises(problem):
        seller.stripe.v1.customers.create({})
    assert count(seller) == done
    assert seller.stripe.v1.customers.create({}).id
    assert count(seller) == done + 1


def test_a_conflict_is_409(seller: Seller) -> None:
    seller.arm("conflict", path=_CUSTOMERS)
    with pytest.raises(stripe.StripeError) as refused:
        seller.stripe.v1.customers.create({})
    answer: Any = refused.value.json_body
    assert (refused.value.http_status, answer["error"]["code"]) == (409, "lock_timeout")
    assert count(seller) == 0


def test_the_answer_of_a_dropped_call_is_there_under_its_key(seller: Seller) -> None:
    seller.arm("drop_after", path=_CUSTOMERS)
    with pytest.raises(stripe.APIConnectionError):
        seller.stripe.v1.customers.create({}, {"idempotency_key": "k"})
    [made] = seller.stripe.v1.customers.list().data
    assert seller.stripe.v1.customers.create({}, {"idempotency_key": "k"}).id == made.id


def test_the_sdk_with_retries_gets_over_what_is_passing(seller: Seller) -> None:
    seller.arm("drop_before", path=_CUSTOMERS)
    client = stripe.StripeClient(
        seller.key,
        base_addresses={"api": seller.url},
        http_client=stripe.RequestsClient(session=seller.session),
        max_network_retries=2,
    )
    assert client.v1.customers.create({}).id
    assert count(seller) == 1


def test_a_fault_waits_for_the_calls_that_it_is_meant_for(seller: Seller) -> None:
    seller.arm("error_before", method="POST", path="/v1/payment_intents/*/cancel")
    seller.arm("error_before", path=_CUSTOMERS, method="POST", skip=1, times=2, status=503)
    a_customer(seller)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as problem:
            seller.stripe.v1.customers.create({})
        assert problem.value.http_status == 503
    a_customer(seller)
    assert [fault["path"] for fault in seller.control("GET", "/faults")] == ["/v1/payment_intents/*/cancel"]
    seller.control("DELETE", "/faults")
    assert seller.control("GET", "/faults") == []


def test_a_late_answer_is_done_when_nobody_waits_any_more(seller: Seller) -> None:
    seller.arm("late", path=_CUSTOMERS, seconds=0.5)
    hasty = stripe.StripeClient(
        seller.key,
        base_addresses={"api": seller.url},
        http_client=stripe.RequestsClient(session=seller.session, timeout=0.2),
        max_network_retries=0,
    )
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.customers.create({})
    assert count(seller) == 1


def test_an_unknown_fault_is_refused(seller: Seller) -> None:
    with pytest.raises(AssertionError, match="A fault has a kind"):
        seller.arm("earthquake")
    assert seller.control("GET", "/faults") == []


def test_a_refund_that_went_wrong_after_its_effect_is_found_by_looking(seller: Seller) -> None:
    payment = a_paid_sale(seller)
    seller.arm("error_after", path="/v1/refunds")
    with pytest.raises(stripe.APIError):
        seller.stripe.v1.refunds.create({"payment_intent": payment.id}, {"idempotency_key": "k"})
    with pytest.raises(stripe.APIError):
        seller.stripe.v1.refunds.create({"payment_intent": payment.id}, {"idempotency_key": "k"})
    found = seller.stripe.v1.refunds.list({"payment_intent": payment.id}).data
    assert [(one.amount, one.status) for one in found] == [(10_000, "succeeded")]


def test_the_answer_of_a_key_can_be_lost_more_than_once(seller: Seller) -> None:
    seller.arm("drop_after", path=_CUSTOMERS, method="POST", times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIConnectionError):
            seller.stripe.v1.customers.create({}, {"idempotency_key": "k"})
    assert seller.stripe.v1.customers.create({}, {"idempotency_key": "k"}).id
    assert count(seller) == 1
