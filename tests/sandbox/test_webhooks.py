"""Webhooks: signed as the SDK wants it, tried again until they are taken, and at fault where a test asks for it."""

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.sandbox.shop import a_customer, a_paid_sale, a_price, subscribed
from tests.tools.stripe_sandbox import Sandbox, Seller

_SECRET = "whsec_of_the_tests"


@dataclass
class Receiver:
    """Takes webhooks and answers as it is told."""

    url: str
    statuses: list[int] = field(default_factory=list[int])
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.taken]


@contextmanager
def receiving() -> Generator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            here.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(here.statuses.pop(0) if here.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield here
        server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def listen(seller: Seller, url: str, **facts: Any) -> str:
    found: str = seller.control("POST", "/webhooks/endpoints", url=url, secret=_SECRET, **facts)["id"]
    return found


def read(letter: dict[str, Any], secret: str = _SECRET) -> stripe.Event:
    """The event of a webhook whose signature is good."""
    header = letter["headers"]["stripe-signature"]
    event: Any = stripe.Webhook.construct_event(letter["body"], header, secret)
    assert isinstance(event, stripe.Event)
    return event


def test_what_happens_is_sent_signed_in_its_order(seller: Seller, receiver: Receiver) -> None:
    listen(seller, receiver.url)
    a_paid_sale(seller)
    assert set(seller.control("POST", "/webhooks/deliver")) == {200}
    assert receiver.kinds() == seller.events()
    headers, body = receiver.taken[-1]
    event = read({"headers": headers, "body": body.decode()})
    assert (event.type, event.livemode) == ("checkout.session.completed", False)
    assert event.data.object["payment_status"] == "paid"
    found = seller.stripe.v1.events.retrieve(event.id)
    assert (found.data.object["id"], found.pending_webhooks) == (event.data.object["id"], 0)


def test_a_forged_or_altered_webhook_is_told_by_its_signature(seller: Seller) -> None:
    listen(seller, "http://127.0.0.1:9/")
    a_customer(seller)
    [letter] = seller.letters()
    assert read(letter).type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        read(letter, "whsec_of_somebody_else")
    with pytest.raises(stripe.SignatureVerificationError):
        read({**letter, "body": letter["body"].replace("noa@", "eve@")})


def test_what_is_not_taken_is_sent_again_later(seller: Seller, receiver: Receiver) -> None:
    listen(seller, receiver.url)
    a_customer(seller)
    receiver.statuses = [500, 404]
    answers = [seller.control("POST", "/webhooks/deliver") for _ in range(4)]
    assert answers == [[500], [404], [200], []]
    [delivery] = seller.control("GET", "/webhooks")
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 3, 200)


def test_an_address_where_nobody_is_is_given_up_in_the_end(seller: Seller) -> None:
    listen(seller, "http://127.0.0.1:9/")
    a_customer(seller)
    answers = [seller.control("POST", "/webhooks/deliver") for _ in range(10)]
    assert answers == [[None]] * 9 + [[]]
    [delivery] = seller.control("GET", "/webhooks")
    assert (delivery["state"], delivery["attempts"]) == ("given_up", 9)


def test_webhooks_go_out_by_themselves_where_nobody_holds_them(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.seller(deliveries="automatic") as seller:
        listen(seller, receiver.url)
        receiver.statuses = [503]
        a_customer(seller)
        done = threading.Event()
        while len(receiver.taken) < 2:
            done.wait(0.05)
        assert receiver.kinds() == ["customer.created"] * 2


def test_an_endpoint_hears_of_the_types_that_it_asked_for(seller: Seller) -> None:
    listen(seller, "http://127.0.0.1:9/", events=["invoice.paid", "customer.subscription.deleted"])
    noa = subscribed(seller, a_price(seller, "Classic", 2900))
    seller.stripe.v1.subscriptions.cancel(noa.subscription)
    assert [read(letter).type for letter in seller.letters()] == [
        "invoice.paid",
        "customer.subscription.deleted",
    ]


def test_a_new_secret_signs_beside_the_old_one_until_that_is_over(seller: Seller) -> None:
    endpoint = listen(seller, "http://127.0.0.1:9/")
    seller.control("POST", f"/webhooks/endpoints/{endpoint}/rotate", secret="whsec_new", overlap_seconds=60)
    a_customer(seller)
    [letter] = seller.letters()
    assert letter["headers"]["stripe-signature"].count("v1=") == 2
    assert read(letter, _SECRET).id == read(letter, "whsec_new").id
    seller.control("POST", f"/webhooks/endpoints/{endpoint}/rotate", secret="whsec_newer", overlap_seconds=0)
    a_customer(seller)
    [letter] = seller.letters()
    assert read(letter, "whsec_newer").type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        read(letter, "whsec_new")


def test_a_webhook_can_be_duplicated_missing_overtaken_or_out_of_order(seller: Seller) -> None:
    listen(seller, "http://127.0.0.1:9/")
    seller.arm("webhook_duplicated", type="customer.created")
    seller.arm("webhook_missing", type="product.*")
    seller.arm("webhook_reordered", type="price.created")
    a_customer(seller)
    a_price(seller, "Classic", 2900)
    seller.stripe.v1.tax_rates.create({"display_name": "HST", "inclusive": False, "percentage": 13.0})
    kinds = [read(letter).type for letter in seller.letters()]
    assert kinds == ["customer.created", "customer.created", "tax_rate.created", "price.created"]
    assert seller.control("GET", "/faults") == []
    for _ in range(5):
        a_customer(seller)
    ids = [event.id for event in seller.stripe.v1.events.list({"limit": 5}).data]
    assert [read(letter).id for letter in seller.letters(reversed=True)] == ids


def test_an_order_by_a_seed_is_the_same_one_again(sandbox: Sandbox) -> None:
    orders: list[list[str]] = []
    for _ in range(2):
        with sandbox.seller() as seller:
            listen(seller, "http://127.0.0.1:9/")
            a_paid_sale(seller)
            orders.append([read(letter).type for letter in seller.letters(seed=7)])
            assert sorted(orders[-1]) == sorted(seller.events())
            assert orders[-1] != seller.events()
    assert orders[0] == orders[1]


def test_an_event_can_be_sent_once_more(seller: Seller) -> None:
    listen(seller, "http://127.0.0.1:9/")
    a_customer(seller)
    [first] = seller.letters()
    assert seller.control("POST", f"/events/{read(first).id}/resend") == {"deliveries": 1}
    [again] = seller.letters()
    assert read(again).id == read(first).id


def test_events_are_listed_for_those_who_missed_them(seller: Seller) -> None:
    customers = [a_customer(seller) for _ in range(5)]
    seller.advance(days=1)
    a_price(seller, "Classic", 2900)
    everything = seller.stripe.v1.events.list({"limit": 100}).data
    assert [event.type for event in everything[:2]] == ["price.created", "product.created"]
    third = next(event for event in everything if event.data.object["id"] == customers[2])
    after = seller.stripe.v1.events.list({"ending_before": third.id}).data
    assert [event.id for event in after] == [event.id for event in everything[: everything.index(third)]]
    before = seller.stripe.v1.events.list({"starting_after": third.id, "limit": 1})
    assert (before.data[0].data.object["id"], before.has_more) == (customers[1], True)
    recent = seller.stripe.v1.events.list({"created": {"gt": third.created}}).data
    assert [event.type for event in recent] == ["price.created", "product.created"]
    some = seller.stripe.v1.events.list({"types": ["customer.created", "price.created"], "limit": 2}).data
    assert [event.type for event in some] == ["price.created", "customer.created"]
