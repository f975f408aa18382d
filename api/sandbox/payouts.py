"""Payouts: a balance goes to a bank, by itself each day or when it is asked for, and sometimes comes back."""

from typing import Final

from api.sandbox.accounts import known_of, may
from api.sandbox.balance import Movement, available, balances, enter
from api.sandbox.balance_settings import consider, minimum, pays_daily
from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.errors import AnsweredError, invalid, not_positive
from api.sandbox.fields import metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_DAY: Final = 86_400
_ARRIVES_SECONDS: Final = 2 * _DAY
_ON_ITS_WAY_SECONDS: Final = 3600
_CLOSED: Final = ("account_closed", "The bank account has been closed.")


@serves("POST", "/v1/payouts")
def create_payout(call: Call) -> Json:
    given, books = call.given, call.books
    amount, currency = int(given.get("amount")), given.get("currency").lower()
    given.only(method="standard", source_type="card", destination=_bank(books))
    if amount < 1:
        raise not_positive("amount")
    if not _may_be_paid(books):
        message = "Payouts are not enabled for this account."
        raise invalid(message, code="payouts_not_allowed")
    if available(books, currency) < amount:
        message = "You have insufficient funds in your Stripe account for this payout."
        raise AnsweredError(message, code="balance_insufficient")
    fields = {"description": given.get("description"), "metadata": metadata(given)}
    fields["statement_descriptor"] = given.get("statement_descriptor")
    return _send(books, amount, currency, automatic=False, **fields)


def _may_be_paid(books: Books) -> bool:
    if not books.is_connected:
        return True
    account = books.of(books.platform.id).get("v2.core.account", books.owner)
    return may(account, "payouts")


def _bank(books: Books) -> str:
    return f"ba_{books.owner.removeprefix('acct_')}"


def _send(books: Books, amount: int, currency: str, *, automatic: bool, **fields: object) -> Json:
    payout_id = new_id("po")
    gone = Movement("payout", -amount, currency, payout_id, description="STRIPE PAYOUT")
    payout = books.add(
        {
            "id": payout_id,
            "object": "payout",
            "amount": amount,
            "arrival_date": books.now + _ARRIVES_SECONDS,
            "automatic": automatic,
            "balance_transaction": enter(books, gone),
            "currency": currency,
            "destination": _bank(books),
            "metadata": {},
            "method": "standard",
            "reconciliation_status": "completed" if automatic else "not_applicable",
            "source_type": "card",
            "status": "pending",
            "trace_id": {"status": "pending"},
            "type": "bank_account",
            **fields,
        }
    )
    books.tell("payout.created", payout)
    books.later(books.now + _ON_ITS_WAY_SECONDS, "payout_leaves", payout_id)
    return payout


@happens("payout_leaves")
def _leaves(books: Books, payout_id: str) -> None:
    payout = books.get("payout", payout_id)
    books.change(payout, "payout.updated", status="in_transit")
    books.later(payout["arrival_date"], "payout_arrives", payout_id)


@happens("payout_arrives")
def _arrives(books: Books, payout_id: str) -> None:
    """At the bank, which takes it or sends it back."""
    payout = books.get("payout", payout_id)
    if books.is_connected and known_of(books.of(books.platform.id), books.owner).bank == "refuses":
        fail(books, payout)
    else:
        books.change(payout, status="paid", trace_id={"status": "unsupported", "value": None})
        books.tell("payout.paid", payout)


def fail(books: Books, payout: Json, code: str = _CLOSED[0], message: str = _CLOSED[1]) -> Json:
    """The bank sends it back: the money is in the balance again.

    Raises:
        AnsweredError: It is not on its way, or there any more.
    """
    if payout["status"] not in {"pending", "in_transit", "paid"}:
        raise invalid(f"A payout that is {payout['status']} cannot fail.")
    books.change(
        payout,
        status="failed",
        failure_code=code,
        failure_message=message,
        failure_balance_transaction=_returned(books, payout, "payout_failure"),
    )
    books.tell("payout.failed", payout)
    return payout


def _returned(books: Books, payout: Json, kind: str) -> str:
    """It goes no further, and the money is in the balance again; answers the balance transaction."""
    for step in ("payout_leaves", "payout_arrives"):
        books.never(step, payout["id"])
    back = Movement(kind, payout["amount"], payout["currency"], payout["id"], category="payout_reversal")
    return enter(books, back)


@serves("POST", "/v1/payouts/{payout}/cancel")
def cancel_payout(call: Call) -> Json:
    payout, books = _known(call), call.books
    if payout["status"] != "pending" or payout["automatic"]:
        raise invalid("Payouts can be canceled while they are pending, and if they were asked for by hand.")
    entry = _returned(books, payout, "payout_cancel")
    books.change(payout, status="canceled", failure_balance_transaction=entry)
    books.tell("payout.canceled", payout)
    return payout


@serves("GET", "/v1/payouts/{payout}")
def retrieve_payout(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/payouts")
def list_payouts(call: Call) -> Json:
    return page(call, "payout", "/v1/payouts", "status", "destination")


def _known(call: Call) -> Json:
    return call.books.get("payout", call.id, param="payout")


# ---- by itself -----------------------------------------------------------------------------------


@happens("balance_is_paid_out")
def _paid_out(books: Books, _: str) -> None:
    """All that is available beyond the minimum; where there is more to come, again tomorrow."""
    if not pays_daily(books):
        return
    for currency, amount, _pending in balances(books):
        rest = amount - minimum(books, currency)
        if rest > 0 and _may_be_paid(books):
            _send(books, rest, currency, automatic=True)
    if not books.is_connected or any(entry[1] > 0 or entry[2] > 0 for entry in balances(books)):
        consider(books)
