"""The walk of `billing_peers`: what is asked in the same words of both, in today's words of ours, in older ones of localstripe."""

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

import httpx
import stripe

from api.gateways.payments import is_signed
from tests.sandbox.shop import a_checkout, a_price, subscribed
from tests.tools.stripe_sandbox import Seller

SECRET: Final = "whsec_of_the_walk"
Answer = Any


class Walk(ABC):
    """What is asked in the same words of both.

    Attributes:
        subscription: The plan that is begun, and with it everything below.
    """

    def __init__(self, client: stripe.StripeClient) -> None:
        self.v1 = client.v1
        self.customer = ""
        self.subscription = ""
        self.charge = ""

    @abstractmethod
    def events(self) -> list[str]:
        """Types of all that was told, oldest first."""

    def first_invoice(self) -> Answer:
        first = self._first()
        return first.status, first.total, first.amount_paid, [line.amount for line in first.lines.data]

    def invoice_of(self) -> Answer:
        return self._first().parent.subscription_details.subscription == self.subscription

    def reason(self) -> Answer:
        return self._first().billing_reason

    def _first(self) -> Any:
        """Before there is another."""
        [first] = self.v1.invoices.list({"subscription": self.subscription}).data
        return first

    def list_order(self) -> Answer:
        listed = [one.type for one in self.v1.events.list({"limit": 100}).data]
        return "the newest" if listed.index("customer.created") > len(listed) / 2 else "the oldest"

    def stop(self) -> Answer:
        return self._ending(ends=True)

    def resume(self) -> Answer:
        return self._ending(ends=False)

    def _ending(self, *, ends: bool) -> Answer:
        changed = self.v1.subscriptions.update(self.subscription, {"cancel_at_period_end": ends})
        return changed.status, changed.cancel_at_period_end

    def refund(self) -> Answer:
        given = self.v1.refunds.create({"charge": self.charge, "amount": 1000})
        charge = self.v1.charges.retrieve(self.charge)
        return given.status, given.amount, charge.amount_refunded, charge.refunded

    def refund_too_much(self) -> Answer:
        return _refusal(lambda: self.v1.refunds.create({"charge": self.charge, "amount": 4000}))[0]

    def cancel(self) -> Answer:
        ended = self.v1.subscriptions.cancel(self.subscription)
        return ended.status, ended.ended_at is not None, "customer.subscription.deleted" in self.events()

    def lists(self) -> Answer:
        usual, every = self.v1.subscriptions.list(), self.v1.subscriptions.list({"status": "all"})
        return tuple(self.subscription in [one.id for one in found.data] for found in (usual, every))

    def missing(self) -> Answer:
        return _refusal(lambda: self.v1.subscriptions.retrieve("sub_nobody"))

    def _hst(self) -> str:
        return self.v1.tax_rates.create({"display_name": "HST", "inclusive": False, "percentage": 13.0}).id


class Ours(Walk):
    """Our sandbox, asked as BeatPass asks: prices, a checkout, a clock."""

    def __init__(self, seller: Seller) -> None:
        super().__init__(seller.stripe)
        self.seller = seller

    def events(self) -> list[str]:
        return self.seller.events()

    def price(self) -> Answer:
        made = self.v1.prices.retrieve(a_price(self.seller, "Plus", 4500))
        assert made.recurring
        self.plus = made.id
        return made.unit_amount, made.currency, made.recurring.interval

    def begin(self) -> Answer:
        begun = subscribed(self.seller, self.plus)
        self.customer, self.subscription = begun.customer, begun.subscription
        return self.v1.subscriptions.retrieve(self.subscription).status

    def period(self) -> Answer:
        item = self._item()
        return _months(item.current_period_start, item.current_period_end)

    def _item(self) -> Any:
        return self.v1.subscriptions.retrieve(self.subscription)["items"].data[0]

    def payment(self) -> Answer:
        [payment] = self.v1.invoices.retrieve(self._first().id, {"expand": ["payments"]}).payments.data  # type: ignore[union-attr]  # asked for
        intent = self.v1.payment_intents.retrieve(str(payment.payment.payment_intent))
        self.charge = str(intent.latest_charge)
        return intent.status, intent.amount

    def preview(self) -> Answer:
        self.pro = a_price(self.seller, "Pro", 5900)
        details: Any = {"items": [{"id": self._item().id, "price": self.pro}]}
        details["proration_behavior"] = "always_invoice"
        seen = self.v1.invoices.create_preview(
            {"subscription": self.subscription, "subscription_details": details}
        )
        return seen.total, sorted(line.amount for line in seen.lines.data)

    def upgrade(self) -> Answer:
        changed = self.v1.subscriptions.update(
            self.subscription,
            {
                "items": [{"id": self._item().id, "price": self.pro}],
                "proration_behavior": "always_invoice",
                "payment_behavior": "error_if_incomplete",
            },
        )
        invoice = self.v1.invoices.retrieve(str(changed.latest_invoice))
        amounts = sorted(line.amount for line in invoice.lines.data)
        return changed.status, invoice.status, invoice.total, amounts

    def tax(self) -> Answer:
        return self._taxed(4500)

    def tax_rounded(self) -> Answer:
        return self._taxed(4599)

    def _taxed(self, amount: int) -> Answer:
        price = a_price(self.seller, "Taxed", amount, tax_behavior="exclusive")
        begun = subscribed(self.seller, price, subscription_data={"default_tax_rates": [self._hst()]})
        [invoice] = self.v1.invoices.list({"subscription": begun.subscription}).data
        return invoice.subtotal, invoice.total - invoice.subtotal, invoice.total

    def declined(self) -> Answer:
        session = a_checkout(self.seller, self.plus)
        there = len(self.v1.subscriptions.list({"status": "all"}).data)
        with suppress(AssertionError):  # the page says that the card was declined
            self.seller.pay(session.id, "declined")
        state = self.v1.checkout.sessions.retrieve(session.id).status
        begun = len(self.v1.subscriptions.list({"status": "all"}).data) - there
        return f"{begun} begun, the checkout {state}"

    def renewal(self) -> Answer:
        begun = subscribed(self.seller, self.plus)
        self.seller.advance(days=31, seconds=3600)
        newest, *_ = self.v1.invoices.list({"subscription": begun.subscription}).data
        return newest.status, newest.total, newest.billing_reason

    def unpaid(self) -> Answer:
        begun = subscribed(self.seller, self.plus, "later")
        self.seller.advance(days=31, seconds=3600)
        newest, *_ = self.v1.invoices.list({"subscription": begun.subscription}).data
        return self.v1.subscriptions.retrieve(begun.subscription).status, newest.status, newest.total

    def signature(self) -> Answer:
        self.seller.control("POST", "/webhooks/endpoints", url="https://api.beatpass.test/", secret=SECRET)
        self.v1.customers.create({"email": "ari@example.org"})
        letter = self.seller.letters()[-1]
        return _is_ours(letter["body"].encode(), letter["headers"]["stripe-signature"])


class Theirs(Walk):
    """localstripe: plans in place of prices, subscriptions without a checkout, and no clock."""

    def __init__(self, url: str) -> None:
        address: Any = {"api": url}
        super().__init__(stripe.StripeClient("sk_test_12345", base_addresses=address, max_network_retries=0))
        self.url = url

    def events(self) -> list[str]:
        return [one.type for one in self.v1.events.list({"limit": 100}).data]

    def price(self) -> Answer:
        made = self._plan("Plus", 4500)
        self.plus = made.id
        return made.amount, made.currency, made.interval

    def _plan(self, name: str, amount: int) -> Any:
        product = self.v1.products.create({"name": name})
        return self.v1.plans.create(
            {"currency": "cad", "amount": amount, "interval": "month", "product": product.id}
        )

    def begin(self) -> Answer:
        self.customer = self._customer()
        begun = self._subscribe(self.customer, self.plus)
        self.subscription = begun.id
        return begun.status

    def _customer(self, card: str = "pm_card_visa") -> str:
        customer = self.v1.customers.create({"email": "noa@example.org"}).id
        method = self.v1.payment_methods.attach(card, {"customer": customer}).id
        chosen: Any = {"invoice_settings": {"default_payment_method": method}}
        self.v1.customers.update(customer, chosen)
        return customer

    def _subscribe(self, customer: str, plan: str, **more: Any) -> Any:
        asked: Any = {"customer": customer, "items": [{"plan": plan}], **more}
        return self.v1.subscriptions.create(asked)

    def period(self) -> Answer:
        found: Any = self.v1.subscriptions.retrieve(self.subscription)
        return _months(found.current_period_start, found.current_period_end)

    def payment(self) -> Answer:
        first = self._first()
        intent = self.v1.payment_intents.retrieve(first["payment_intent"])
        self.charge = first["charge"]["id"]
        return intent.status, intent.amount

    def preview(self) -> Answer:
        self.pro = self._plan("Pro", 5900).id
        asked: Any = {"customer": self.customer, "subscription": self.subscription}
        asked["subscription_details"] = {"items": [{"plan": self.pro}]}
        seen = self.v1.invoices.create_preview(asked)
        return seen.total, sorted(line.amount for line in seen.lines.data)

    def upgrade(self) -> Answer:
        """It bills a change only when it is asked to, by an invoice of its own."""
        asked: Any = {"items": [{"plan": self.pro}]}
        changed = self.v1.subscriptions.update(self.subscription, asked)
        bill = self.v1.invoices.create({"customer": self.customer, "subscription": self.subscription})
        paid = self.v1.invoices.pay(str(bill.id))
        return changed.status, paid.status, paid.total, sorted(line.amount for line in paid.lines.data)

    def tax(self) -> Answer:
        return self._taxed(4500)

    def tax_rounded(self) -> Answer:
        return self._taxed(4599)

    def _taxed(self, amount: int) -> Answer:
        plan = self._plan("Taxed", amount).id
        begun = self._subscribe(self._customer(), plan, default_tax_rates=[self._hst()])
        [invoice] = self.v1.invoices.list({"subscription": begun.id}).data
        return invoice.subtotal, invoice.total - invoice.subtotal, invoice.total

    def declined(self) -> Answer:
        begun = self._subscribe(self._customer("pm_card_chargeCustomerFail"), self.plus)
        [invoice] = self.v1.invoices.list({"subscription": begun.id}).data
        return f"{begun.status}, its invoice {invoice.status}"

    def signature(self) -> Answer:
        with _listening() as (address, heard):
            httpx.post(f"{self.url}/_config/webhooks/walk", data={"url": address, "secret": SECRET})
            self.v1.customers.create({"email": "ari@example.org"})
            return _is_ours(*heard.get(timeout=20))


def _refusal(ask: Any) -> tuple[int | None, str | None]:
    try:
        ask()
    except stripe.StripeError as error:
        return error.http_status, error.code
    return 200, None


def _months(start: int, end: int) -> str:
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    same = (first.day, first.time()) == (last.day, last.time())
    return f"{months} month{'' if same else ', about'}"


def _is_ours(body: bytes, signature: str) -> Answer:
    """Whether the provider's signature passes, and nothing else does."""
    moment = datetime.fromtimestamp(int(signature.split(",", maxsplit=1)[0].removeprefix("t=")), UTC)
    good = is_signed(body, signature, SECRET, tolerance_s=600, at=moment)
    other = is_signed(body, signature, "whsec_of_another", tolerance_s=600, at=moment)
    changed = is_signed(body + b" ", signature, SECRET, tolerance_s=600, at=moment)
    return good, other, changed


@contextmanager
def _listening() -> Generator[tuple[str, "queue.Queue[tuple[bytes, str]]"]]:
    """An address to which webhooks may come, and what came."""
    heard: queue.Queue[tuple[bytes, str]] = queue.Queue()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.put((body, self.headers["stripe-signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()
