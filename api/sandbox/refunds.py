"""Refunds: money of a charge goes back to the card; the fee stays with Stripe."""

from api.sandbox.balance import Movement, enter
from api.sandbox.books import Books
from api.sandbox.errors import invalid, not_positive
from api.sandbox.fields import metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json


@serves("POST", "/v1/refunds")
def create_refund(call: Call) -> Json:
    charge, given = _charge(call), call.given
    amount = _amount(call, charge)
    refund = _new_refund(call.books, charge, amount, metadata=metadata(given), reason=given.get("reason"))
    return _send_back(call.books, refund, charge)


def refund_half(books: Books, charge_id: str) -> Json:
    """Half of what is left of a charge, and the odd cent, as a person gives it back at the provider's desk.

    Raises:
        AnsweredError: Nothing can be given back.
    """
    charge = books.get("charge", charge_id)
    amount = (_left(books, charge) + 1) // 2
    return _send_back(books, _new_refund(books, charge, amount, metadata={}, reason=None), charge)


def _charge(call: Call) -> Json:
    given, books = call.given, call.books
    if "charge" in given:
        return books.get("charge", given.get("charge"), param="charge")
    if "payment_intent" not in given:
        raise invalid("One of charge and payment_intent is needed.", param="payment_intent")
    intent = books.get("payment_intent", given.get("payment_intent"), param="payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise invalid(message, param="payment_intent")
    return books.get("charge", intent["latest_charge"])


def _left(books: Books, charge: Json) -> int:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] and not _won(books, charge):
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if not charge["captured"]:
        raise invalid(f"Charge {charge['id']} was not captured.", code="charge_not_captured")
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    return int(left)


def _amount(call: Call, charge: Json) -> int:
    left = _left(call.books, charge)
    amount = int(call.given.get("amount", left))
    if amount < 1:
        raise not_positive("amount")
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", param="amount"
        )
    return amount


def _won(books: Books, charge: Json) -> bool:
    return all(dispute["status"] == "won" for dispute in books.every("dispute", charge=charge["id"]))


def _new_refund(books: Books, charge: Json, amount: int, *, metadata: Json, reason: str | None) -> Json:
    return books.add(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "currency": charge["currency"],
            "destination_details": {"type": "card"},
            "metadata": metadata,
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": reason,
            "status": "pending",
        }
    )


def _send_back(books: Books, refund: Json, charge: Json) -> Json:
    movement = Movement("refund", -refund["amount"], refund["currency"], refund["id"])
    books.change(refund, balance_transaction=enter(books, movement), status="succeeded")
    back = charge["amount_refunded"] + refund["amount"]
    books.tell("refund.created", refund)
    books.change(charge, "charge.refunded", amount_refunded=back, refunded=back == charge["amount_captured"])
    return refund


def fail_refund(books: Books, refund_id: str, reason: str) -> Json:
    """The bank sends a refund back: the money is the seller's again."""
    refund = books.get("refund", refund_id)
    if refund["status"] != "succeeded":
        raise invalid(f"A refund that is {refund['status']} cannot fail.")
    charge = books.get("charge", refund["charge"])
    entry = enter(books, Movement("refund_failure", refund["amount"], refund["currency"], refund["id"]))
    books.change(charge, amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    books.change(
        refund, "refund.updated", status="failed", failure_reason=reason, failure_balance_transaction=entry
    )
    books.tell("refund.failed", refund)
    return refund


@serves("GET", "/v1/refunds/{refund}")
def retrieve_refund(call: Call) -> Json:
    return call.books.get("refund", call.id, param="refund")


@serves("GET", "/v1/refunds")
def list_refunds(call: Call) -> Json:
    return page(call, "refund", "/v1/refunds", "charge", "payment_intent")
