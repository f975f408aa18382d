"""What tests of the sandbox sell: monthly plans and single things."""

from dataclasses import dataclass
from typing import Any

import stripe

from tests.tools.stripe_sandbox import Seller

BACK = "http://127.0.0.1:9/back?session={CHECKOUT_SESSION_ID}"


@dataclass(frozen=True)
class Subscribed:
    """A customer with a plan."""

    customer: str
    subscription: str
    session: str


def a_price(seller: Seller, name: str, amount: int, **fields: Any) -> str:
    """A monthly price in CAD."""
    params: Any = {
        "product_data": {"name": name},
        "currency": "cad",
        "unit_amount": amount,
        "recurring": {"interval": "month"},
    }
    return seller.stripe.v1.prices.create(params | fields).id


def a_customer(seller: Seller, email: str = "noa@example.org") -> str:
    return seller.stripe.v1.customers.create({"email": email}).id


def a_checkout(seller: Seller, price: str, customer: str = "", **fields: Any) -> stripe.checkout.Session:
    """A checkout of a plan that is open."""
    params: Any = {
        "mode": "subscription",
        "customer": customer or a_customer(seller),
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": BACK,
        "cancel_url": "http://127.0.0.1:9/cancelled",
    }
    return seller.stripe.v1.checkout.sessions.create(params | fields)


def a_sale(seller: Seller, amount: int = 10_000, **data: Any) -> stripe.checkout.Session:
    """A checkout of one thing that is open."""
    line = {"currency": "cad", "unit_amount": amount, "product_data": {"name": "Night Bus"}}
    params: Any = {
        "mode": "payment",
        "customer_email": "noa@example.org",
        "line_items": [{"price_data": line, "quantity": 1}],
        "success_url": BACK,
        "payment_intent_data": data,
    }
    return seller.stripe.v1.checkout.sessions.create(params)


def a_paid_sale(seller: Seller, amount: int = 10_000, **data: Any) -> stripe.PaymentIntent:
    """The payment of a checkout that is complete."""
    paid = seller.pay(a_sale(seller, amount, **data).id)
    return seller.stripe.v1.payment_intents.retrieve(paid["payment_intent"])


def subscribed(seller: Seller, price: str, card: str = "works", **fields: Any) -> Subscribed:
    """Somebody who has just paid for the first month."""
    session = a_checkout(seller, price, **fields)
    done = seller.pay(session.id, card)
    return Subscribed(done["customer"], done["subscription"], session.id)


def item_of(seller: Seller, subscription: str) -> stripe.SubscriptionItem:
    """The one item of a subscription."""
    items: stripe.ListObject[stripe.SubscriptionItem] = seller.stripe.v1.subscriptions.retrieve(subscription)[
        "items"
    ]
    [item] = items.data
    return item


def refusal(error: stripe.InvalidRequestError) -> tuple[int | None, str | None, str | None]:
    """Status, code and parameter."""
    param: Any = vars(error)["param"]
    return error.http_status, error.code, param


def bills(seller: Seller, subscription: str) -> list[tuple[str | None, int, str | None]]:
    """Reason, total and status of all invoices, oldest first."""
    found = seller.stripe.v1.invoices.list({"subscription": subscription, "limit": 100}).data
    return [(invoice.billing_reason, invoice.total, invoice.status) for invoice in found[::-1]]
