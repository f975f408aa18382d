"""Every request is held against the types of the pinned SDK: a mistake of each sort fails, and nothing is made."""

from typing import Any

import pytest
import stripe

from api.sandbox.app import SUBJECTS
from api.sandbox.endpoints import known, parameters_class
from api.sandbox.parameters import fields_of
from api.sandbox.serving import ENDPOINTS
from tests.sandbox.shop import BACK, refusal
from tests.tools.stripe_sandbox import Seller

_GOOD: dict[str, Any] = {
    "mode": "payment",
    "success_url": BACK,
    "line_items": [
        {
            "quantity": 1,
            "price_data": {"currency": "cad", "unit_amount": 900, "product_data": {"name": "A"}},
        }
    ],
}


def with_line(**fields: Any) -> dict[str, Any]:
    return {**_GOOD, "line_items": [{**_GOOD["line_items"][0], **fields}]}


_MISTAKES = {
    "unknown": ({**_GOOD, "payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
    "unknown inside": (with_line(colour="red"), "parameter_unknown", "line_items[0][colour]"),
    "missing inside": (
        with_line(price_data={"unit_amount": 900}),
        "parameter_missing",
        "line_items[0][price_data][currency]",
    ),
    "missing": (
        {name: _GOOD[name] for name in ("mode", "line_items")},
        "parameter_missing",
        "success_url",
    ),
    "not a number": (
        with_line(quantity="many"),
        "parameter_invalid_integer",
        "line_items[0][quantity]",
    ),
    "a float for money": (
        with_line(price_data={"currency": "cad", "unit_amount": 9.5, "product_data": {"name": "A"}}),
        "parameter_invalid_integer",
        "line_items[0][price_data][unit_amount]",
    ),
    "no such word": ({**_GOOD, "mode": "barter"}, None, "mode"),
    "not a truth": ({**_GOOD, "automatic_tax": {"enabled": "perhaps"}}, None, "automatic_tax[enabled]"),
    "not an object": ({**_GOOD, "automatic_tax": "yes"}, None, "automatic_tax"),
    "not a list": ({**_GOOD, "line_items": "A"}, None, "line_items"),
    "empty": (with_line(quantity=""), "parameter_invalid_integer", "line_items[0][quantity]"),
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_a_mistake_in_a_request_fails_and_nothing_is_made(seller: Seller, mistake: str) -> None:
    params: Any
    params, code, param = _MISTAKES[mistake]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller.stripe.v1.checkout.sessions.create(params)
    assert refusal(refused.value) == (400, code, param)
    assert seller.stripe.v1.checkout.sessions.list().data == []
    assert seller.events() == []


def test_the_same_request_without_a_mistake_is_good(seller: Seller) -> None:
    good: Any = _GOOD
    assert seller.stripe.v1.checkout.sessions.create(good).amount_total == 900


def test_what_stripe_knows_and_the_sandbox_does_not_act_on_is_refused_in_words(seller: Seller) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not serve the parameter") as refused:
        seller.stripe.v1.customers.create({"email": "a@example.org", "balance": 500})
    assert refusal(refused.value) == (400, "sandbox_unserved", "balance")
    with pytest.raises(stripe.InvalidRequestError, match="does not serve POST /v1/coupons"):
        seller.stripe.v1.coupons.create({"percent_off": 10})
    assert seller.stripe.v1.customers.list().data == []


def test_every_endpoint_that_is_served_is_one_of_the_sdk_and_its_types_can_be_read() -> None:
    assert len(ENDPOINTS) > len(SUBJECTS)
    for served in ENDPOINTS:
        place = (served.method, served.path)
        assert place in known(), place
        wanted = parameters_class(*place)
        if wanted is not None:
            assert "api_key" not in fields_of(wanted)


def test_no_endpoint_is_served_twice() -> None:
    places = [(served.method, served.path) for served in ENDPOINTS]
    assert len(set(places)) == len(places)
