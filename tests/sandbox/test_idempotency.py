"""Idempotency keys: the first answer stands for 24 hours, errors included, and a key names one request."""

import concurrent.futures
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.shop import a_customer, a_paid_sale
from tests.tools.stripe_sandbox import Sandbox, Seller


def test_the_same_key_has_the_same_answer_and_one_effect(seller: Seller) -> None:
    first, again = (
        seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
        for _ in range(2)
    )
    assert (again.id, again.created) == (first.id, first.created)
    assert again.last_response
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert [one.id for one in seller.stripe.v1.customers.list().data] == [first.id]


def test_a_key_with_other_parameters_or_another_endpoint_is_refused(seller: Seller) -> None:
    made = seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        seller.stripe.v1.customers.create({"email": "b@example.org"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        seller.stripe.v1.products.create({"name": "A"}, {"idempotency_key": "k"})
    assert [one.id for one in seller.stripe.v1.customers.list().data] == [made.id]
    assert seller.stripe.v1.products.list().data == []


def test_a_500_is_the_answer_for_ever_until_the_key_is_a_day_old(seller: Seller) -> None:
    seller.arm("error_before", path="/v1/customers")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            seller.stripe.v1.customers.create({}, {"idempotency_key": "k"})
    assert seller.stripe.v1.customers.list().data == []
    seller.advance(seconds=24 * 3600)
    assert seller.stripe.v1.customers.create({}, {"idempotency_key": "k"}).id


def test_a_request_that_never_began_leaves_its_key_free(seller: Seller) -> None:
    mistaken: Any = {"emial": "a@example.org"}
    with pytest.raises(stripe.InvalidRequestError):
        seller.stripe.v1.customers.create(mistaken, {"idempotency_key": "k"})
    seller.arm("rate_limited", path="/v1/customers")
    with pytest.raises(stripe.RateLimitError):
        seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
    assert seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"}).email


def test_a_refusal_of_the_endpoint_is_the_answer_to_its_key(seller: Seller) -> None:
    payment = a_paid_sale(seller, 1000)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
            seller.stripe.v1.refunds.create(
                {"payment_intent": payment.id, "amount": 1001}, {"idempotency_key": "k"}
            )
    assert seller.stripe.v1.refunds.list().data == []


def test_a_second_call_while_the_first_is_under_way_is_409(seller: Seller) -> None:
    seller.arm("late", path="/v1/customers", seconds=1.0)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        first = pool.submit(seller.stripe.v1.customers.create, {}, {"idempotency_key": "k"})
        with pytest.raises(stripe.StripeError) as refused:
            while not first.done():
                _create_or_wait(seller)
        assert refused.value.http_status == 409
        made = first.result()
    assert seller.stripe.v1.customers.create({}, {"idempotency_key": "k"}).id == made.id


def _create_or_wait(seller: Seller) -> None:
    """Ask for the list until the first call has arrived, then ask with its key."""
    if seller.control("GET", "/faults") == []:
        seller.stripe.v1.customers.create({}, {"idempotency_key": "k"})


def test_a_key_that_was_pruned_does_it_again(seller: Seller) -> None:
    first = seller.stripe.v1.customers.create({}, {"idempotency_key": "k"})
    assert seller.control("DELETE", "/idempotency/k") == {"pruned": 1}
    assert seller.stripe.v1.customers.create({}, {"idempotency_key": "k"}).id != first.id


_CALLS = st.lists(
    st.tuples(
        st.sampled_from(["k1", "k2", "k3"]),
        st.sampled_from(["a@example.org", "b@example.org"]),
        st.sampled_from(["", "", "error_before", "error_after", "rate_limited"]),
        st.sampled_from([0, 0, 3600, 86_400]),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=_CALLS)
def test_keys_behave_as_a_table_of_first_answers(
    sandbox: Sandbox, calls: list[tuple[str, str, str, int]]
) -> None:
    """A model of ten lines: what each key answered first, with which parameters, and when."""
    with sandbox.seller() as seller:
        kept: dict[str, tuple[str, str, int]] = {}
        now, effects = 0, 0
        for key, email, fault, later in calls:
            seller.advance(seconds=later)
            now += later
            kept = {name: known for name, known in kept.items() if now - known[2] < 86_400}
            if fault:
                seller.arm(fault, path="/v1/customers", method="POST")
            answer = ask(seller, key, email)
            seller.control("DELETE", "/faults")
            if fault == "rate_limited":
                assert answer == "429"
            elif key in kept:
                assert answer == (kept[key][1] if kept[key][0] == email else "misused")
            else:
                effects += fault != "error_before"
                assert (answer == "500") == bool(fault)
                kept[key] = (email, answer, now)
        assert len(seller.stripe.v1.customers.list({"limit": 100}).data) == effects


def ask(seller: Seller, key: str, email: str) -> str:
    """The id of a customer, or what went wrong."""
    try:
        return seller.stripe.v1.customers.create({"email": email}, {"idempotency_key": key}).id
    except stripe.IdempotencyError:
        return "misused"
    except stripe.StripeError as error:
        return str(error.http_status)


def test_a_key_belongs_to_one_seller(sandbox: Sandbox, seller: Seller) -> None:
    with sandbox.seller() as other:
        mine = seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"})
        theirs = other.stripe.v1.customers.create({"email": "b@example.org"}, {"idempotency_key": "k"})
    assert mine.id != theirs.id
    assert a_customer(seller)


def test_the_newer_endpoints_do_again_what_failed_and_keep_what_was_done(seller: Seller) -> None:
    params: Any = {
        "configuration": {
            "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
        }
    }
    seller.arm("error_before", path="/v2/core/accounts")
    with pytest.raises(stripe.StripeError) as refused:
        seller.stripe.v2.core.accounts.create(params, {"idempotency_key": "k"})
    assert refused.value.http_status == 500
    first, again = (seller.stripe.v2.core.accounts.create(params, {"idempotency_key": "k"}) for _ in range(2))
    assert first.id == again.id
    assert len(seller.stripe.v2.core.accounts.list().data) == 1


@pytest.mark.anyio
async def test_the_asynchronous_half_of_the_sdk_gets_the_same_answers(seller: Seller) -> None:
    connections = stripe.HTTPXClient()
    client = stripe.StripeClient(seller.key, base_addresses={"api": seller.url}, http_client=connections)
    made = await client.v1.customers.create_async({"email": "a@example.org"}, {"idempotency_key": "k"})
    await connections.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    assert (
        seller.stripe.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "k"}).id == made.id
    )
