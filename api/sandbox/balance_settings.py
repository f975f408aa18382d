"""How a balance is paid out: by hand or daily, and what is to stay in it."""

from typing import Final

from api.sandbox.books import Books
from api.sandbox.errors import unserved
from api.sandbox.given import Given
from api.sandbox.serving import Call, serves
from api.sandbox.shapes import whole
from api.sandbox.trees import Json

_DAY: Final = 86_400
_KIND: Final = "balance_settings"


def settings(books: Books) -> Json:
    """The settings of an account; connected ones are paid out daily, the platform by hand, until somebody says otherwise."""
    found = books.find(_KIND, f"{books.owner}:{_KIND}")
    if found:
        found.pop("id")
        return found
    payouts = {
        "schedule": {"interval": "daily" if books.is_connected else "manual"},
        "status": "enabled",
    }
    timing = {"delay_days": books.platform.settlement_days}
    return whole({"object": _KIND, "payments": {"payouts": payouts, "settlement_timing": timing}})


def pays_daily(books: Books) -> bool:
    return bool(settings(books)["payments"]["payouts"]["schedule"]["interval"] == "daily")


def consider(books: Books) -> None:
    """Have the balance paid out at the next midnight, where that is how the account is set."""
    if pays_daily(books):
        books.later((books.now // _DAY + 1) * _DAY, "balance_is_paid_out", books.owner)


def minimum(books: Books, currency: str) -> int:
    """What stays in the balance."""
    amounts: Json = settings(books)["payments"]["payouts"]["minimum_balance_by_currency"] or {}
    return int(amounts.get(currency, 0))


@serves("GET", "/v1/balance_settings")
def retrieve_settings(call: Call) -> Json:
    return settings(call.books)


@serves("POST", "/v1/balance_settings")
def update_settings(call: Call) -> Json:
    books, given = call.books, call.given.inner("payments").inner("payouts")
    known = settings(books)
    payouts = {**known["payments"]["payouts"], **_schedule(given), **_minimum(given)}
    new = whole({**known, "payments": {**known["payments"], "payouts": payouts}})
    _keep(books, new)
    books.tell("balance_settings.updated", new)
    consider(books)
    return new


def _schedule(given: Given) -> Json:
    interval = given.inner("schedule").get("interval")
    if interval is None:
        return {}
    if interval not in {"daily", "manual"}:
        raise unserved(f"payouts that are {interval}", param="payments[payouts][schedule][interval]")
    return {"schedule": {"interval": interval}}


def _minimum(given: Given) -> Json:
    if "minimum_balance_by_currency" not in given:
        return {}
    amounts: Json = given.get("minimum_balance_by_currency") or {}
    return {"minimum_balance_by_currency": {name: int(amount) for name, amount in amounts.items() if amount}}


def _keep(books: Books, new: Json) -> None:
    kept = {**new, "id": f"{books.owner}:{_KIND}"}
    if books.find(_KIND, kept["id"]):
        books.store.save(kept)
    else:
        books.store.add(books.owner, _KIND, books.now, kept)
