"""Invoices as they are collected: paid, tried again by the clock, given up."""

from collections.abc import Callable
from typing import Final

from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.errors import AnsweredError, declined
from api.sandbox.ids import new_id
from api.sandbox.invoice_writing import finalise
from api.sandbox.payments import Wish, attempt, new_intent
from api.sandbox.trees import Json

DRAFT_SECONDS: Final = 3600
"""A renewal's invoice can be looked at for so long before it is final."""
RETRY_SECONDS: Final = (3 * 86_400, 5 * 86_400, 7 * 86_400)
"""Between attempts at a renewal; after the last one the subscription ends."""

Outcome = Callable[[Books, str, bool, bool], None]
_FOLLOWERS: Final[list[Outcome]] = []


def follows(outcome: Outcome) -> Outcome:
    """Have a function told of each attempt: the subscription, whether it is paid, whether that was the last attempt."""
    _FOLLOWERS.append(outcome)
    return outcome


def collect(
    books: Books, invoice: Json, method: Json | None, *, present: bool, retries: bool = True
) -> Json | None:
    """Try to have an open invoice paid: null where it is, or why it is not, as errors have it.

    Args:
        present: Whether the cardholder is there.
        retries: Whether it is tried again after a failure.
    """
    if not invoice["amount_due"]:
        _paid(books, invoice)
        return None
    payment, intent = _payment(books, invoice)
    problem = attempt(books, intent, method, present=present) if method else _NO_CARD
    books.change(invoice, attempted=True, attempt_count=invoice["attempt_count"] + 1)
    if problem:
        _unpaid(books, invoice, retries=retries)
        return problem
    moments = {**payment["status_transitions"], "paid_at": books.now}
    books.change(payment, status="paid", amount_paid=invoice["amount_due"], status_transitions=moments)
    books.tell("invoice_payment.paid", payment)
    _paid(books, invoice)
    return None


_NO_CARD: Final[Json] = {
    "code": "resource_missing",
    "message": "This customer has no attached payment source or default payment method.",
    "type": "invalid_request_error",
}


def _payment(books: Books, invoice: Json) -> tuple[Json, Json]:
    """The invoice's payment and its intent, made at the first attempt."""
    for payment in books.every("invoice_payment", invoice=invoice["id"], status="open"):
        return payment, books.get("payment_intent", payment["payment"]["payment_intent"])
    first = invoice["billing_reason"] == "subscription_create"
    fields = {"description": "Subscription creation" if first else "Subscription update"}
    wish = Wish(invoice["amount_due"], invoice["currency"], invoice["customer"], fields=fields)
    intent = new_intent(books, wish)
    payment = books.add(
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_requested": invoice["amount_due"],
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
            "status": "open",
            "status_transitions": {},
        }
    )
    return payment, intent


def _paid(books: Books, invoice: Json) -> None:
    books.never("invoice_is_tried", invoice["id"])
    books.change(
        invoice,
        "invoice.paid",
        status="paid",
        attempted=True,
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], "paid_at": books.now},
    )
    books.tell("invoice.payment_succeeded", invoice)
    _tell_followers(books, invoice, paid=True, last=False)


def _unpaid(books: Books, invoice: Json, *, retries: bool) -> None:
    place = int(invoice["attempt_count"]) - 1
    goes_on: bool = retries and place < len(RETRY_SECONDS)
    next_attempt: int | None = books.now + RETRY_SECONDS[place] if goes_on else None
    books.change(invoice, next_payment_attempt=next_attempt)
    if next_attempt:
        books.later(next_attempt, "invoice_is_tried", invoice["id"])
    books.tell("invoice.payment_failed", invoice)
    _tell_followers(books, invoice, paid=False, last=retries and not goes_on)


def _tell_followers(books: Books, invoice: Json, *, paid: bool, last: bool) -> None:
    for outcome in _FOLLOWERS:
        outcome(books, _subscription_of(invoice), paid, last)


@happens("invoice_is_final")
def _final(books: Books, invoice_id: str) -> None:
    invoice = books.get("invoice", invoice_id)
    finalise(books, invoice)
    collect(books, invoice, default_method(books, invoice), present=False)


@happens("invoice_is_tried")
def _tried(books: Books, invoice_id: str) -> None:
    invoice = books.get("invoice", invoice_id)
    collect(books, invoice, default_method(books, invoice), present=False)


def pay_open(books: Books, invoice: Json) -> None:
    """Its customer has a bill paid by the card that is kept.

    Raises:
        AnsweredError: It is not open, or the card is declined.
    """
    if invoice["status"] != "open":
        raise AnsweredError("This bill is not open.")
    problem = collect(books, invoice, default_method(books, invoice), present=True)
    if problem:
        raise AnsweredError(problem["message"], stays=True)


def default_method(books: Books, invoice: Json) -> Json | None:
    """The card that pays a subscription: its own, or its customer's."""
    subscription = books.get("subscription", _subscription_of(invoice))
    customer = books.find("customer", invoice["customer"])
    fallback = customer["invoice_settings"]["default_payment_method"] if customer else None
    return books.find("payment_method", subscription["default_payment_method"] or fallback)


def _subscription_of(invoice: Json) -> str:
    return str(invoice["parent"]["subscription_details"]["subscription"])


def set_aside(books: Books, subscription_id: str) -> None:
    """Nothing more is collected by itself of a subscription that has ended."""
    for invoice in of_subscription(books, subscription_id):
        books.never("invoice_is_final", invoice["id"])
        books.never("invoice_is_tried", invoice["id"])
        if invoice["status"] in {"draft", "open"}:
            books.change(invoice, "invoice.updated", auto_advance=False, next_payment_attempt=None)


def of_subscription(books: Books, subscription_id: str) -> list[Json]:
    """Its invoices, oldest first."""
    return books.every("invoice", subscription=subscription_id)


def refused(problem: Json, *, stays: bool = True) -> AnsweredError:
    """A payment that failed, as the call that asked for it answers."""
    if problem["type"] != "card_error":
        return AnsweredError(problem["message"], stays=stays, code=problem["code"])
    facts = {"charge": problem["charge"], "payment_method": problem["payment_method"]}
    return declined(problem["decline_code"], problem["message"], stays=stays, **facts)
