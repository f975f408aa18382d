"""Changes of a subscription in the middle of its period: other prices, with the difference billed; its end; its words."""

from dataclasses import dataclass
from typing import Any, Final

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.catalogue import recurring_price_of
from api.sandbox.collecting import collect, default_method, refused
from api.sandbox.errors import invalid, unserved
from api.sandbox.fields import changes, metadata
from api.sandbox.given import Given
from api.sandbox.ids import new_id
from api.sandbox.invoice_lines import Part, of_period, of_rest, pricing_of
from api.sandbox.invoice_writing import finalise, write
from api.sandbox.periods import next_end
from api.sandbox.serving import Call, serves
from api.sandbox.shapes import whole
from api.sandbox.subscriptions import (
    Sold,
    item_list,
    items_of,
    known,
    new_item,
    next_period,
    period_end,
    plan_of,
    renewal,
    take_along,
    waiting,
    whole_periods,
)
from api.sandbox.trees import Json

_TOLD: Final = "customer.subscription.updated"


@dataclass(frozen=True)
class Change:
    """Items before and after, and the moment of it.

    Attributes:
        anew: Whether a new period begins with it.
    """

    before: list[Json]
    after: list[Json]
    moment: int
    anew: bool


@serves("POST", "/v1/subscriptions/{subscription_exposed_id}")
def update_subscription(call: Call) -> Json:
    """Change what was given; where money is due at once and does not come, `payment_behavior` says what becomes of it."""
    subscription, given = known(call), call.given
    if subscription["status"] == "canceled":
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    _set_fields(call.books, subscription, given)
    _set_end(call.books, subscription, given)
    change = _change_of(call.books, subscription, given)
    proration, payment = given.get("proration_behavior", "create_prorations"), _payment_behavior(given)
    if change:
        _apply(call.books, subscription, change)
        _bill(call.books, subscription, change, proration=proration, payment=payment)
    return call.books.get("subscription", subscription["id"])


def _payment_behavior(given: Given) -> str:
    behavior = str(given.get("payment_behavior", "allow_incomplete"))
    given.only(off_session=given.get("off_session"))
    if behavior not in {"allow_incomplete", "error_if_incomplete"}:
        raise unserved(f"payment_behavior {behavior}", param="payment_behavior")
    return behavior


def _set_fields(books: Books, subscription: Json, given: Given) -> None:
    new: dict[str, Any] = changes(given, "description")
    if "default_payment_method" in given:
        wanted = given.get("default_payment_method")
        new["default_payment_method"] = books.get("payment_method", wanted, param="default_payment_method")[
            "id"
        ]
    if "default_tax_rates" in given:
        wanted = given.texts("default_tax_rates")
        new["default_tax_rates"] = taxes.rates(books, wanted, param="default_tax_rates")
    if details := given.get("cancellation_details"):
        new["cancellation_details"] = {**subscription["cancellation_details"], **details}
    if automatic := given.inner("automatic_tax"):
        new["automatic_tax"] = taxes.automatic(enabled=automatic.get("enabled"))
    words = metadata(given, subscription["metadata"])
    books.change(subscription, _TOLD, **new, metadata=words)


def _set_end(books: Books, subscription: Json, given: Given) -> None:
    """At the end of the period, at a moment, or never."""
    asked = [name for name in ("cancel_at", "cancel_at_period_end") if name in given]
    if not asked:
        return
    if subscription["schedule"]:
        raise invalid(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and updating any "
            "cancelation behavior directly is not allowed.",
            param=asked[0],
        )
    cancel_at = given.get("cancel_at")
    if isinstance(cancel_at, str):
        cancel_at = period_end(subscription)
    at_end = bool(given.get("cancel_at_period_end", False))
    set_end(books, subscription, period_end(subscription) if at_end else cancel_at, at_end=at_end)


def set_end(books: Books, subscription: Json, cancel_at: int | None, *, at_end: bool) -> None:
    """Let it end at a moment; null takes that back."""
    reason = "cancellation_requested" if cancel_at else None
    books.change(
        subscription,
        _TOLD,
        cancel_at=cancel_at,
        cancel_at_period_end=at_end,
        canceled_at=books.now if cancel_at else None,
        cancellation_details={**subscription["cancellation_details"], "reason": reason},
    )
    renewal(books, subscription)


# ---- items ---------------------------------------------------------------------------------------


def _change_of(books: Books, subscription: Json, given: Given) -> Change | None:
    """What is to become of the items; null where they stay as they are."""
    before = items_of(subscription)
    moment = int(given.get("proration_date", books.now))
    anchor = given.inner("billing_cycle_anchor").get("type", "unchanged")
    items = {item["id"]: item for item in before}
    for wanted in given.each("items"):
        item = _changed(books, subscription, items, wanted)
        items.pop(item["id"], None) if wanted.get("deleted") else items.update({item["id"]: item})
    after = list(items.values())
    if not after:
        raise invalid("A subscription must have at least one active plan.", param="items")
    anew = anchor == "now" or _rhythm(after) != _rhythm(before)
    if after == before and not anew:
        return None
    return Change(before, _from_now(after, books.now) if anew else after, moment, anew)


def _changed(books: Books, subscription: Json, items: dict[str, Json], wanted: Given) -> Json:
    item_id = wanted.get("id")
    if item_id and item_id not in items:
        raise invalid(
            f"No such subscription item: '{item_id}'", param=wanted.place("id"), code="resource_missing"
        )
    prices = "price" in wanted or "price_data" in wanted
    if not item_id:
        first = items_of(subscription)[0]
        period = (first["current_period_start"], first["current_period_end"])
        sold = Sold(recurring_price_of(books, wanted, "subscriptions"), int(wanted.get("quantity", 1)))
        return new_item(books, subscription["id"], sold, period)
    item = items[item_id]
    price = recurring_price_of(books, wanted, "subscriptions") if prices else item["price"]
    quantity = int(wanted.get("quantity", item["quantity"]))
    words = metadata(wanted, item["metadata"])
    return {**item, "price": price, "plan": plan_of(price), "quantity": quantity, "metadata": words}


def _rhythm(items: list[Json]) -> tuple[str, int]:
    recurring = items[0]["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _from_now(items: list[Json], now: int) -> list[Json]:
    return [
        {
            **item,
            "current_period_start": now,
            "current_period_end": next_end(now, item["price"]["recurring"], now),
        }
        for item in items
    ]


def _apply(books: Books, subscription: Json, change: Change) -> None:
    """Have the new items hold."""
    anchor = books.now if change.anew else subscription["billing_cycle_anchor"]
    books.change(
        subscription, _TOLD, items=item_list(subscription["id"], change.after), billing_cycle_anchor=anchor
    )
    renewal(books, subscription)


def _difference(books: Books, change: Change) -> list[Part]:
    """What is given back of the old items and what the new ones cost, for the rest of the period or the whole new one."""
    new = [item for item in change.after if change.anew or item not in change.before]
    old = [item for item in change.before if change.anew or item not in change.after]
    back = [of_rest(books, item, change.moment, back=True) for item in old]
    if change.anew:
        return [*back, *(of_period(books, item) for item in new)]
    return [*back, *(of_rest(books, item, change.moment, back=False) for item in new)]


def _bill(books: Books, subscription: Json, change: Change, *, proration: str, payment: str) -> None:
    """Bill the difference now, or have it wait for the next invoice."""
    parts = _difference(books, change)
    if proration == "none":
        parts = [part for part in parts if not part.proration]
    if proration == "always_invoice" or change.anew:
        _bill_now(books, subscription, parts, payment)
        return
    for part in parts:
        _let_wait(books, subscription, part)


def _bill_now(books: Books, subscription: Json, parts: list[Part], payment: str) -> None:
    waited = waiting(books, subscription)
    invoice = write(books, subscription, "subscription_update", [*waited, *parts])
    take_along(books, invoice, waited)
    finalise(books, invoice)
    books.change(subscription, _TOLD, latest_invoice=invoice["id"])
    problem = collect(books, invoice, default_method(books, invoice), present=False)
    if problem and payment == "error_if_incomplete":
        raise refused(problem, stays=False)


def _let_wait(books: Books, subscription: Json, part: Part) -> None:
    price = part.item["price"]
    entry = books.add(
        {
            "id": new_id("ii"),
            "object": "invoiceitem",
            "amount": part.amount,
            "currency": price["currency"],
            "customer": subscription["customer"],
            "date": books.now,
            "description": part.description,
            "discountable": False,
            "discounts": [],
            "metadata": {},
            "parent": {
                "type": "subscription_details",
                "subscription_details": {
                    "subscription": subscription["id"],
                    "subscription_item": part.item["id"],
                },
            },
            "period": {"start": part.start, "end": part.end},
            "pricing": pricing_of(price),
            "proration": True,
            "quantity": part.item["quantity"],
            "quantity_decimal": str(part.item["quantity"]),
        }
    )
    books.tell("invoiceitem.created", entry)


# ---- a look ahead --------------------------------------------------------------------------------


@serves("POST", "/v1/invoices/create_preview")
def preview_invoice(call: Call) -> Json:
    """The invoice of a change, or the next one, without either being made."""
    given, books = call.given, call.books
    subscription = books.get("subscription", given.get("subscription"), param="subscription")
    with books.store.undone():
        invoice = _preview(books, subscription, given.inner("subscription_details"))
    return whole({**invoice, "id": new_id("upcoming_in")})


def _preview(books: Books, subscription: Json, details: Given) -> Json:
    change = _change_of(books, subscription, details)
    proration = details.get("proration_behavior", "create_prorations")
    if change is None:
        return write(books, subscription, "upcoming", whole_periods(books, subscription))
    parts = _difference(books, change) if proration != "none" else []
    if proration == "create_prorations":
        following = [next_period(subscription, item) for item in change.after]
        parts += [of_period(books, item) for item in following]
    return write(books, subscription, "upcoming", parts)
