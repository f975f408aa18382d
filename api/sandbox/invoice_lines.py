"""Lines of invoices: what a period costs, and what a change in the middle of one gives back and adds."""

from dataclasses import dataclass

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.ids import new_id
from api.sandbox.periods import in_words
from api.sandbox.shapes import whole
from api.sandbox.trees import Json


@dataclass(frozen=True)
class Part:
    """Something to bill for a subscription's item.

    Attributes:
        amount: Negative where time that was paid is given back.
        invoice_item: Where it waited for the next bill.
    """

    item: Json
    amount: int
    start: int
    end: int
    description: str
    proration: bool = False
    invoice_item: str | None = None


def of_period(books: Books, item: Json) -> Part:
    """The price of an item's current period."""
    name = books.get("product", item["price"]["product"])["name"]
    amount = item["price"]["unit_amount"]
    price = f"{amount / 100:.2f} {item['price']['currency'].upper()}"
    words = f"{item['quantity']} x {name} (at {price} / {item['price']['recurring']['interval']})"
    return Part(
        item,
        amount * item["quantity"],
        item["current_period_start"],
        item["current_period_end"],
        words,
    )


def of_rest(books: Books, item: Json, moment: int, *, back: bool) -> Part:
    """The share of an item's period that is left at a moment, given back or added."""
    name = books.get("product", item["price"]["product"])["name"]
    start, end = item["current_period_start"], item["current_period_end"]
    full = item["price"]["unit_amount"] * item["quantity"]
    amount = share(full, end - moment, end - start)
    words = "Unused time on" if back else "Remaining time on"
    return Part(
        item,
        -amount if back else amount,
        moment,
        end,
        f"{words} {name} after {in_words(moment)}",
        proration=True,
    )


def share(amount: int, part: int, of: int) -> int:
    """A share of an amount in whole cents, halves up."""
    return (2 * amount * part + of) // (2 * of)


def written(books: Books, invoice_id: str, subscription: Json, part: Part) -> Json:
    """A line as invoices have it."""
    price = part.item["price"]
    return whole(
        {
            "id": new_id("il"),
            "object": "line_item",
            "amount": part.amount,
            "currency": price["currency"],
            "description": part.description,
            "discount_amounts": [],
            "discountable": not part.proration,
            "discounts": [],
            "invoice": invoice_id,
            "livemode": False,
            "metadata": subscription["metadata"],
            "parent": _parent(subscription, part),
            "period": {"start": part.start, "end": part.end},
            "pretax_credit_amounts": [],
            "pricing": pricing_of(price),
            "quantity": part.item["quantity"],
            "subtotal": part.amount,
            "taxes": _taxes(books, subscription, part),
        }
    )


def pricing_of(price: Json) -> Json:
    """By which price, as lines and what waits for an invoice have it."""
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def _parent(subscription: Json, part: Part) -> Json:
    details = {
        "invoice_item": part.invoice_item,
        "proration": part.proration,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": part.item["id"],
    }
    return {"type": "subscription_item_details", "subscription_item_details": details}


def _taxes(books: Books, subscription: Json, part: Part) -> list[Json]:
    if subscription["automatic_tax"]["enabled"]:
        wanted = [taxes.automatic_rate(books, part.item["price"])]
    else:
        wanted = part.item["tax_rates"] or subscription["default_tax_rates"]
    return [taxes.on_amount(part.amount, rate) for rate in wanted]
