"""Taxes on lines: by the rates that were given, or one flat rate where the tax is automatic."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from api.sandbox.books import Books
from api.sandbox.errors import missing
from api.sandbox.ids import new_id
from api.sandbox.trees import Json

_AUTOMATIC_PERCENTAGE: Final = 13.0
"""Ontario's harmonised sales tax, wherever the buyer lives: the sandbox knows no addresses."""
_AUTOMATIC_NAME: Final = "HST (sandbox)"


def rates(books: Books, ids: Sequence[str], *, param: str) -> list[Json]:
    """The rates with these ids.

    Raises:
        AnsweredError: One is not known.
    """
    found = [(rate_id, books.find("tax_rate", rate_id)) for rate_id in ids]
    for rate_id, rate in found:
        if rate is None:
            raise missing("tax_rate", rate_id, param=param)
    return [rate for _, rate in found if rate]


def automatic(*, enabled: bool) -> Json:
    """Whether tax is added by itself, as subscriptions and their schedules say it."""
    liability = {"account": None, "type": "self"} if enabled else None
    return {"disabled_reason": None, "enabled": enabled, "liability": liability}


def automatic_once(*, enabled: bool) -> Json:
    """The same as checkouts and invoices say it, where it has been added."""
    if not enabled:
        return {"enabled": False}
    return {"enabled": True, "liability": {"type": "self"}, "provider": "stripe", "status": "complete"}


def automatic_rate(books: Books, price: Json) -> Json:
    """The rate of automatic tax; whether it is in the price already, the price says."""
    inclusive = price["tax_behavior"] == "inclusive"
    known = [
        rate
        for rate in books.every("tax_rate", inclusive=inclusive)
        if rate["display_name"] == _AUTOMATIC_NAME
    ]
    return known[0] if known else _new_automatic(books, inclusive=inclusive)


def _new_automatic(books: Books, *, inclusive: bool) -> Json:
    return books.add(
        {
            "id": new_id("txr"),
            "object": "tax_rate",
            "active": True,
            "country": "CA",
            "display_name": _AUTOMATIC_NAME,
            "inclusive": inclusive,
            "metadata": {},
            "percentage": _AUTOMATIC_PERCENTAGE,
            "effective_percentage": _AUTOMATIC_PERCENTAGE,
            "rate_type": "percentage",
            "tax_type": "hst",
        }
    )


def on_amount(amount: int, rate: Json) -> Json:
    """One tax on one amount, as invoice lines have it."""
    tax = _tax(amount, rate)
    return {
        "amount": tax,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": "standard_rated",
        "taxable_amount": amount - tax if rate["inclusive"] else amount,
        "type": "tax_rate_details",
    }


def _tax(amount: int, rate: Json) -> int:
    """The tax on an amount, or in it; halves away from zero."""
    percentage = Decimal(str(rate["percentage"]))
    exact = amount * percentage / (100 + percentage if rate["inclusive"] else 100)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def exclusive(taxes: Sequence[Json]) -> int:
    """What comes on top of the amounts."""
    return sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")


def together(taxes: Sequence[Json]) -> list[Json]:
    """Taxes of many lines, one entry for each rate."""
    sums: dict[str, Json] = {}
    for tax in taxes:
        known = sums.setdefault(
            tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0}
        )
        known["amount"] += tax["amount"]
        known["taxable_amount"] += tax["taxable_amount"]
    return list(sums.values())
