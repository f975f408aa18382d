"""Balances: every movement of money is a balance transaction, and a balance is the sum of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_DAY: Final = 86_400


@dataclass(frozen=True)
class Movement:
    """Money that comes or goes.

    Attributes:
        kind: As balance transactions name it.
        amount: Negative where it goes.
        fee: What Stripe keeps of it.
        source: The object that it is about.
        settles: Whether it can be paid out only some days later, as what cards pay.
        category: As reports name it, where that is not the kind.
    """

    kind: str
    amount: int
    currency: str
    source: str
    fee: int = 0
    settles: bool = False
    description: str | None = None
    category: str = ""


def processing_fee(amount: int) -> int:
    """2.9 % and 30 of a charge, halves up."""
    return (amount * 29 + 500) // 1000 + 30


def enter(books: Books, movement: Movement) -> str:
    """Move money; answers the id of the balance transaction."""
    wait = books.platform.settlement_days * _DAY if movement.settles else 0
    net = movement.amount - movement.fee
    entry = books.add(
        {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": movement.amount,
            "available_on": books.now + wait,
            "balance_type": "payments",
            "currency": movement.currency,
            "description": movement.description,
            "fee": movement.fee,
            "fee_details": _fee_details(movement),
            "net": net,
            "reporting_category": movement.category or movement.kind,
            "source": movement.source,
            "status": "pending" if wait else "available",
            "type": movement.kind,
        }
    )
    _put(books, movement.currency, books.now + wait if wait else 0, net)
    if wait:
        books.later(books.now + wait, "funds_available", entry["id"])
    return str(entry["id"])


def _fee_details(movement: Movement) -> list[Json]:
    if not movement.fee:
        return []
    detail = {
        "amount": movement.fee,
        "application": None,
        "currency": movement.currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return [detail]


def _put(books: Books, currency: str, available_on: int, net: int) -> None:
    books.store.run(
        "INSERT INTO purse VALUES (?, ?, ?, ?) "
        "ON CONFLICT (owner, currency, available_on) DO UPDATE SET net = net + excluded.net",
        books.owner,
        currency,
        available_on,
        net,
    )


@happens("funds_available")
def _available(books: Books, entry_id: str) -> None:
    entry = books.get("balance_transaction", entry_id)
    books.change(entry, status="available")
    _put(books, entry["currency"], entry["available_on"], -entry["net"])
    _put(books, entry["currency"], 0, entry["net"])


def available(books: Books, currency: str) -> int:
    """What can be transferred or paid out now."""
    found = books.store.row(
        "SELECT net FROM purse WHERE owner = ? AND currency = ? AND available_on = 0", books.owner, currency
    )
    return int(found[0]) if found else 0


def balances(books: Books) -> list[tuple[str, int, int]]:
    """Currency, what is available, what is pending."""
    rows = books.store.rows(
        "SELECT currency, sum(iif(available_on = 0, net, 0)), sum(iif(available_on > 0, net, 0)) FROM purse "
        "WHERE owner = ? GROUP BY currency ORDER BY currency",
        books.owner,
    )
    return [(str(currency), int(free), int(pending)) for currency, free, pending in rows]


@serves("GET", "/v1/balance")
def retrieve_balance(call: Call) -> Json:
    sums = balances(call.books) or [(call.books.platform.currency, 0, 0)]
    return {
        "object": "balance",
        "available": [_sum(currency, amount) for currency, amount, _ in sums],
        "livemode": False,
        "pending": [_sum(currency, amount) for currency, _, amount in sums],
    }


def _sum(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


@serves("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(call: Call) -> Json:
    return call.books.get("balance_transaction", call.id)


@serves("GET", "/v1/balance_transactions")
def list_balance_transactions(call: Call) -> Json:
    return page(call, "balance_transaction", "/v1/balance_transactions", "currency", "source", "type")


def entries_of(books: Books, ids: Sequence[str]) -> list[Json]:
    """Balance transactions as they stand inside of other objects."""
    return [books.get("balance_transaction", entry_id) for entry_id in ids]
