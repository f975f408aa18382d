"""What paying in a checkout does: an intent to pay and its charge, or a subscription and its first invoice."""

from typing import Any

from api.sandbox.books import Books
from api.sandbox.cards import Card
from api.sandbox.checkout import beside
from api.sandbox.customers import attach, new_customer, new_method
from api.sandbox.errors import AnsweredError, declined, invalid
from api.sandbox.payments import Wish, attempt, new_intent
from api.sandbox.subscriptions import Beginning, Sold, begin
from api.sandbox.trees import Json


def pay(books: Books, session_id: str, card: Card, *, email: str = "", authenticated: bool = True) -> Json:
    """Pay with a card.

    Returns:
        The session, which is complete.

    Raises:
        AnsweredError: It is not open any more, or the card is declined; the session stays open then.
    """
    session = books.get("checkout.session", session_id)
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']}.")
    problem = (
        _pay_once(books, session, card, email, authenticated=authenticated)
        if session["mode"] == "payment"
        else _subscribe(books, session, card, email, authenticated=authenticated)
    )
    if problem:
        raise problem
    return session


def _pay_once(
    books: Books, session: Json, card: Card, email: str, *, authenticated: bool
) -> AnsweredError | None:
    """An intent is kept from one attempt to the next, as its charges are."""
    data = beside(books, session)["data"]
    customer = _payer(books, session, email)
    intent = books.find("payment_intent", session["payment_intent"]) or new_intent(
        books,
        Wish(
            session["amount_total"],
            session["currency"],
            session["customer"],
            by_hand=data["by_hand"],
            metadata=data["metadata"],
            fields=data["fields"],
        ),
    )
    books.change(session, payment_intent=intent["id"])
    method = _method(books, customer, card, email or session["customer_email"])
    problem = attempt(books, intent, method, present=True, authenticated=authenticated)
    if problem:
        return declined(problem["decline_code"], problem["message"], stays=True)
    _complete(books, session, "unpaid" if data["by_hand"] else "paid", email)
    return None


def _subscribe(
    books: Books, session: Json, card: Card, email: str, *, authenticated: bool
) -> AnsweredError | None:
    """All of it, or nothing: no subscription is left of a declined card."""
    if card.refusal or (card.authenticates and not authenticated):
        reason = card.refusal or ("authentication_required", "Your bank did not confirm the payment.")
        return declined(*reason)
    kept = beside(books, session)
    customer = _payer(books, session, email, always=True)
    assert customer
    method = attach(books, customer, card, as_default=True)
    automatic = session["automatic_tax"]["enabled"]
    beginning = Beginning(
        customer,
        [_sold(line, automatic=automatic) for line in kept["lines"]["data"]],
        method,
        automatic_tax=automatic,
        fields={**kept["data"]["fields"], "metadata": kept["data"]["metadata"]},
    )
    subscription, invoice, problem = begin(books, beginning)
    assert problem is None
    books.change(session, subscription=subscription["id"], invoice=invoice["id"])
    _complete(books, session, "paid", email)
    return None


def _sold(line: Json, *, automatic: bool) -> Sold:
    rates: list[Any] = [tax["rate"] for tax in line["taxes"]]
    return Sold(line["price"], line["quantity"], [] if automatic else rates)


def _payer(books: Books, session: Json, email: str, *, always: bool = False) -> Json | None:
    """The customer, made where one is wanted and there is none."""
    if session["customer"]:
        return books.get("customer", session["customer"])
    if not always and session["customer_creation"] != "always":
        return None
    customer = new_customer(books, email=email or session["customer_email"])
    books.change(session, customer=customer["id"])
    return customer


def _method(books: Books, customer: Json | None, card: Card, email: str | None) -> Json:
    if customer:
        return attach(books, customer, card)
    return new_method(books, card, {"email": email})


def _complete(books: Books, session: Json, payment_status: str, email: str) -> None:
    books.never("checkout_expires", session["id"])
    known: Json = session["customer_details"] or {}
    details: Json = {"email": email or session["customer_email"], "tax_exempt": "none", **known}
    books.change(
        session, status="complete", payment_status=payment_status, customer_details=details, url=None
    )
    books.tell("checkout.session.completed", session)
