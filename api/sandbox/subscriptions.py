"""Subscriptions: begun in a checkout, renewed by the clock, ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.collecting import DRAFT_SECONDS, collect, follows, of_subscription, set_aside
from api.sandbox.errors import invalid
from api.sandbox.ids import new_id
from api.sandbox.invoice_lines import Part, of_period, of_rest
from api.sandbox.invoice_writing import finalise, write
from api.sandbox.lists import listing, page
from api.sandbox.periods import next_end
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

Step = Callable[[Books, Json], None]
_BEFORE_RENEWAL: Final[list[Step]] = []
_AT_THE_END: Final[list[Step]] = []


def before_renewal(step: Step) -> Step:
    """Have the function see a subscription whose new period begins, and change it."""
    _BEFORE_RENEWAL.append(step)
    return step


def at_the_end(step: Step) -> Step:
    """Have the function see a subscription that has ended."""
    _AT_THE_END.append(step)
    return step


@dataclass(frozen=True)
class Sold:
    """A line of what is subscribed to."""

    price: Json
    quantity: int
    tax_rates: list[Json] = field(default_factory=list[Json])


@dataclass(frozen=True)
class Beginning:
    """What a subscription is made of.

    Attributes:
        fields: Further fields of its own.
    """

    customer: Json
    sold: Sequence[Sold]
    method: Json
    automatic_tax: bool = False
    fields: Json = field(default_factory=dict[str, Any])


def begin(books: Books, beginning: Beginning) -> tuple[Json, Json, Json | None]:
    """Begin a subscription and collect its first invoice.

    Returns:
        The subscription, its invoice, and why it is not paid.
    """
    subscription = _new(books, beginning)
    books.tell("customer.subscription.created", subscription)
    invoice = write(books, subscription, "subscription_create", whole_periods(books, subscription))
    finalise(books, invoice)
    books.change(subscription, latest_invoice=invoice["id"])
    problem = collect(books, invoice, beginning.method, present=True, retries=False)
    renewal(books, subscription)
    return books.get("subscription", subscription["id"]), invoice, problem


def _new(books: Books, beginning: Beginning) -> Json:
    first = beginning.sold[0].price
    subscription_id = new_id("sub")
    end = next_end(books.now, first["recurring"], books.now)
    items = [new_item(books, subscription_id, sold, (books.now, end)) for sold in beginning.sold]
    return books.add(
        {
            "id": subscription_id,
            "object": "subscription",
            "automatic_tax": taxes.automatic(enabled=beginning.automatic_tax),
            "billing_cycle_anchor": books.now,
            "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}},
            "billing_schedules": [],
            "cancel_at_period_end": False,
            "cancellation_details": {},
            "collection_method": "charge_automatically",
            "currency": first["currency"],
            "customer": beginning.customer["id"],
            "default_payment_method": beginning.method["id"],
            "default_tax_rates": [],
            "discounts": [],
            "invoice_settings": {"issuer": {"type": "self"}},
            "items": item_list(subscription_id, items),
            "metadata": {},
            "payment_settings": {"save_default_payment_method": "off"},
            "start_date": books.now,
            "status": "incomplete",
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            **beginning.fields,
        }
    )


def new_item(books: Books, subscription_id: str, sold: Sold, period: tuple[int, int]) -> Json:
    """A thing that is subscribed to; the dates of its period stand here, not at the subscription."""
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": books.now,
        "current_period_start": period[0],
        "current_period_end": period[1],
        "discounts": [],
        "metadata": {},
        "plan": plan_of(sold.price),
        "price": sold.price,
        "quantity": sold.quantity,
        "subscription": subscription_id,
        "tax_rates": sold.tax_rates,
    }


def plan_of(price: Json) -> Json:
    """A price in the words of before there were prices."""
    recurring = price["recurring"]
    same = (
        "id",
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
    )
    return {
        **{name: price[name] for name in same},
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "meter": None,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


def item_list(subscription_id: str, items: list[Json]) -> Json:
    found = listing(items, f"/v1/subscription_items?subscription={subscription_id}")
    return {**found, "total_count": len(items)}


def items_of(subscription: Json) -> list[Json]:
    found: list[Json] = subscription["items"]["data"]
    return found


def whole_periods(books: Books, subscription: Json) -> list[Part]:
    """What the current periods of all items cost."""
    return [of_period(books, item) for item in items_of(subscription)]


# ---- renewals ------------------------------------------------------------------------------------


def period_end(subscription: Json) -> int:
    return int(min(item["current_period_end"] for item in items_of(subscription)))


def renewal(books: Books, subscription: Json) -> None:
    """Have it end when it is to, or be renewed with its period."""
    end = period_end(subscription)
    cancel_at = subscription["cancel_at"]
    books.later(min(end, cancel_at) if cancel_at else end, "subscription_period_ends", subscription["id"])


@happens("subscription_period_ends")
def _period_ends(books: Books, subscription_id: str) -> None:
    subscription = books.get("subscription", subscription_id)
    if subscription["cancel_at"] and subscription["cancel_at"] <= books.now:
        end_now(books, subscription)
    else:
        _renew(books, subscription)


def _renew(books: Books, subscription: Json) -> None:
    """The next period begins at once; its invoice is a draft for an hour."""
    for step in _BEFORE_RENEWAL:
        step(books, subscription)
    if subscription["status"] == "canceled":
        return
    before = {"items": subscription["items"], "latest_invoice": subscription["latest_invoice"]}
    since = int(items_of(subscription)[0]["current_period_start"])
    items = [next_period(subscription, item) for item in items_of(subscription)]
    parts = [*waiting(books, subscription), *(of_period(books, item) for item in items)]
    books.change(subscription, items=item_list(subscription["id"], items))
    invoice = write(books, subscription, "subscription_cycle", parts, since=since)
    take_along(books, invoice, parts)
    books.change(invoice, automatically_finalizes_at=books.now + DRAFT_SECONDS)
    books.later(books.now + DRAFT_SECONDS, "invoice_is_final", invoice["id"])
    books.change(subscription, latest_invoice=invoice["id"])
    books.tell("customer.subscription.updated", subscription, before)
    renewal(books, subscription)


def next_period(subscription: Json, item: Json) -> Json:
    """An item as it is when its current period is over."""
    start = item["current_period_end"]
    end = next_end(subscription["billing_cycle_anchor"], item["price"]["recurring"], start)
    return {**item, "current_period_start": start, "current_period_end": end}


def waiting(books: Books, subscription: Json) -> list[Part]:
    """What waits for the next invoice."""
    found = [
        entry
        for entry in books.every("invoiceitem", subscription=subscription["id"])
        if entry["invoice"] is None
    ]
    by_id = {item["id"]: item for item in items_of(subscription)}
    parts: list[Part] = []
    for entry in found:
        item = by_id.get(
            entry["parent"]["subscription_details"]["subscription_item"], items_of(subscription)[0]
        )
        price = books.get("price", entry["pricing"]["price_details"]["price"])
        parts.append(
            Part(
                {**item, "price": price, "quantity": entry["quantity"]},
                entry["amount"],
                entry["period"]["start"],
                entry["period"]["end"],
                entry["description"],
                proration=True,
                invoice_item=entry["id"],
            )
        )
    return parts


def take_along(books: Books, invoice: Json, parts: Sequence[Part]) -> None:
    """What waited stands on this invoice now."""
    for part in parts:
        if part.invoice_item:
            books.change(books.get("invoiceitem", part.invoice_item), invoice=invoice["id"])


@follows
def _after_attempt(books: Books, subscription_id: str, paid: bool, last: bool) -> None:
    subscription = books.get("subscription", subscription_id)
    if subscription["status"] in {"canceled", "incomplete_expired"}:
        return
    if last:
        end_now(books, subscription, reason="payment_failed")
    elif paid and not _owes(books, subscription_id):
        books.change(subscription, "customer.subscription.updated", status="active")
    elif not paid and subscription["status"] == "active":
        books.change(subscription, "customer.subscription.updated", status="past_due")


def _owes(books: Books, subscription_id: str) -> bool:
    return any(invoice["status"] == "open" for invoice in of_subscription(books, subscription_id))


def living_of(books: Books, customer: Json) -> list[Json]:
    """What a customer subscribes to, oldest first, without what has ended."""
    every = books.every("subscription", customer=customer["id"])
    return [one for one in every if one["status"] != "canceled"]


# ---- the end -------------------------------------------------------------------------------------


def end_now(books: Books, subscription: Json, *, reason: str = "cancellation_requested") -> Json:
    """It is over; what is not paid is not collected any more."""
    books.never("subscription_period_ends", subscription["id"])
    set_aside(books, subscription["id"])
    details = {**subscription["cancellation_details"], "reason": reason}
    books.change(
        subscription,
        status="canceled",
        ended_at=books.now,
        canceled_at=subscription["canceled_at"] or books.now,
        cancellation_details=details,
    )
    for step in _AT_THE_END:
        step(books, subscription)
    books.tell("customer.subscription.deleted", subscription)
    return subscription


# ---- the API -------------------------------------------------------------------------------------


@serves("GET", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve_subscription(call: Call) -> Json:
    return known(call)


@serves("GET", "/v1/subscriptions")
def list_subscriptions(call: Call) -> Json:
    """Those that have ended are left out unless they are asked for."""
    given = call.given
    status = given.get("status")
    living = ["incomplete", "active", "past_due", "trialing", "unpaid", "paused"]
    wanted = {None: living, "all": None, "ended": ["canceled", "incomplete_expired"]}.get(status, status)
    return page(call, "subscription", "/v1/subscriptions", "customer", status=wanted)


@serves("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def cancel_subscription(call: Call) -> Json:
    """End it at once. What is left of the period is given back as credit where that is asked for."""
    subscription, books = known(call), call.books
    if subscription["status"] == "canceled":
        raise invalid(f"No such subscription: '{call.id}'", param="id", code="resource_missing")
    call.given.only(invoice_now=False)
    if details := call.given.get("cancellation_details"):
        books.change(subscription, cancellation_details={**subscription["cancellation_details"], **details})
    if call.given.get("prorate"):
        parts = [of_rest(books, item, books.now, back=True) for item in items_of(subscription)]
        invoice = write(books, subscription, "subscription_update", parts)
        collect(books, finalise(books, invoice), None, present=False)
    return end_now(books, subscription)


def known(call: Call) -> Json:
    return call.books.get("subscription", call.id, param="id")
