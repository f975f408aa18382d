"""Everything that the sandbox answers has the fields and types that the SDK's own classes give them."""

import types
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import httpx
import pytest
import stripe

from api.sandbox.shapes import class_of
from api.sandbox.trees import is_list, is_object
from tests.sandbox.shop import a_checkout, a_customer, a_paid_sale, a_price, a_sale, item_of, subscribed
from tests.sandbox.test_payout_accounts import a_ready_account
from tests.sandbox.test_subscriptions import downgrade
from tests.tools.stripe_sandbox import Seller

_PLAIN: dict[Any, Any] = {int: int, str: str, bool: bool, float: (int, float)}


class Wrong(NamedTuple):
    """A field that is not what its class says."""

    place: str
    note: str
    value: Any


def wrongs(value: dict[str, Any], shape: type[Any], place: str) -> Iterator[Wrong]:
    """What does not fit in an object; objects inside of it are looked at, too."""
    for name, note in notes(shape).items():
        if name in value:
            yield from misfits(value[name], note, f"{place}.{name}")
    for name in value.keys() - notes(shape).keys():
        yield Wrong(f"{place}.{name}", "no such field", value[name])


def notes(shape: type[Any]) -> dict[str, Any]:
    """The annotations of a class and of those that it is made of."""
    found: dict[str, Any] = {}
    for ancestor in reversed(shape.__mro__):
        if issubclass(ancestor, stripe.StripeObject):
            found |= vars(ancestor).get("__annotations__", {})
    return {name: note for name, note in found.items() if not name.startswith("_") and name != "OBJECT_NAME"}


def misfits(value: Any, note: Any, place: str) -> Iterator[Wrong]:
    origin = get_origin(note)
    if origin in {Union, types.UnionType}:
        yield from best(value, get_args(note), place)
    elif origin is list:
        yield from in_list(value, get_args(note)[0], place)
    elif origin is Literal:
        if value not in get_args(note):
            yield Wrong(place, str(note), value)
    elif note in _PLAIN:
        if not isinstance(value, _PLAIN[note]) or (note is int and isinstance(value, bool)):
            yield Wrong(place, str(note), value)
    elif is_object(value) and isinstance(note, type) and issubclass(note, stripe.StripeObject):
        yield from wrongs(value, note, place)


def best(value: Any, kinds: tuple[Any, ...], place: str) -> Iterator[Wrong]:
    """Nothing, if it fits one of the types; else what is wrong by the first."""
    if value is None and types.NoneType in kinds:
        return
    listed = [kind for kind in kinds if get_origin(kind) is Literal]
    kept = (
        listed
        if listed and isinstance(value, str)
        else [kind for kind in kinds if kind is not types.NoneType]
    )
    found = [list(misfits(value, kind, place)) for kind in kept]
    if all(found):
        yield from found[0]


def in_list(value: Any, note: Any, place: str) -> Iterator[Wrong]:
    if not is_list(value):
        yield Wrong(place, "list", value)
        return
    for number, one in enumerate(value):
        yield from misfits(one, note, f"{place}[{number}]")


def everything_inside(value: Any) -> Iterator[dict[str, Any]]:
    """Each object that says which kind it is, wherever it stands."""
    if is_object(value):
        if isinstance(value.get("object"), str) and value["object"] not in {"list", "event"}:
            yield value
        for one in value.values():
            yield from everything_inside(one)
    elif is_list(value):
        for one in value:
            yield from everything_inside(one)


@pytest.fixture
def told(seller: Seller) -> list[dict[str, Any]]:
    """Every object of every event of a seller to whom much has happened."""
    a_sale(seller)
    held = seller.pay(a_sale(seller, capture_method="manual").id)
    seller.stripe.v1.payment_intents.capture(held["payment_intent"])
    httpx.post(str(a_sale(seller).url), data={"card": "declined"})
    payment = a_paid_sale(seller)
    seller.stripe.v1.refunds.create({"payment_intent": payment.id, "amount": 100})
    dispute = seller.control("POST", "/disputes", charge=a_paid_sale(seller).latest_charge)
    seller.control("POST", f"/disputes/{dispute['id']}/win")
    pro, classic = a_price(seller, "Pro", 5900), a_price(seller, "Classic", 2900)
    noa, kai = subscribed(seller, pro), subscribed(seller, classic, "later")
    downgrade(seller, noa.subscription, pro, classic)
    seller.stripe.v1.subscriptions.update(
        kai.subscription, {"items": [{"id": item_of(seller, kai.subscription).id, "price": pro}]}
    )
    asked = {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto"}}
    taxed = a_checkout(seller, classic, a_customer(seller), **asked)
    seller.pay(taxed.id)
    seller.stripe.v1.billing_portal.sessions.create({"customer": noa.customer})
    account = a_ready_account(seller)
    transfer = seller.stripe.v1.transfers.create({"amount": 900, "currency": "cad", "destination": account})
    seller.stripe.v1.transfers.reversals.create(transfer.id, {"amount": 100})
    seller.advance(days=40)
    return _all_events(seller, {}) + _all_events(seller, {"stripe_account": account})


def _all_events(seller: Seller, options: Any) -> list[dict[str, Any]]:
    found = seller.stripe.v1.events.list({"limit": 100}, options)
    return [event.to_dict() for event in found.auto_paging_iter()]


def test_every_object_is_what_its_class_says(seller: Seller, told: list[dict[str, Any]]) -> None:
    kinds: set[str] = set()
    problems: set[tuple[str, str]] = set()
    for one in everything_inside([event["data"]["object"] for event in told]):
        kinds.add(one["object"])
        shape = class_of(one["object"])
        problems |= {
            (wrong.place, f"{wrong.note}: {wrong.value!r}") for wrong in wrongs(one, shape, one["object"])
        }
    assert sorted(problems) == []
    assert kinds >= {
        "charge",
        "checkout.session",
        "customer",
        "dispute",
        "invoice",
        "invoice_payment",
        "invoiceitem",
        "line_item",
        "payment_intent",
        "payment_method",
        "payout",
        "price",
        "product",
        "refund",
        "subscription",
        "subscription_item",
        "subscription_schedule",
        "transfer",
    }


def test_every_event_has_a_type_that_the_sdk_knows(told: list[dict[str, Any]]) -> None:
    known = set(get_args(notes(stripe.Event)["type"]))
    assert {event["type"] for event in told} <= known
