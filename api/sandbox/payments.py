"""Payments: an intent to pay, and a charge for every attempt."""

from dataclasses import dataclass, field
from typing import Final

from api.sandbox import cards
from api.sandbox.balance import Movement, enter, processing_fee
from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.errors import AnsweredError, invalid
from api.sandbox.expanding import only_asked_for
from api.sandbox.fields import changes, metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import listing, page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_AUTHORISATION_HOLDS_SECONDS: Final = 7 * 86_400
_UNAUTHENTICATED: Final = (
    "authentication_required",
    "The card was declined because its holder did not confirm the payment.",
)


@dataclass(frozen=True)
class Wish:
    """What is to be paid.

    Attributes:
        by_hand: Captured when the seller says so, not at once.
    """

    amount: int
    currency: str
    customer: str | None
    by_hand: bool = False
    metadata: Json = field(default_factory=dict[str, object])
    fields: Json = field(default_factory=dict[str, object])


def new_intent(books: Books, wish: Wish) -> Json:
    """An intent that waits for a card."""
    intent_id = new_id("pi")
    intent = books.add(
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": wish.amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "amount_details": {"tip": {}},
            "capture_method": "manual" if wish.by_hand else "automatic_async",
            "client_secret": new_id(f"{intent_id}_secret"),
            "confirmation_method": "automatic",
            "currency": wish.currency,
            "customer": wish.customer,
            "metadata": wish.metadata,
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
            **wish.fields,
        }
    )
    books.tell("payment_intent.created", intent)
    return intent


def attempt(
    books: Books, intent: Json, method: Json, *, present: bool, authenticated: bool = True
) -> Json | None:
    """Charge a card: null where it is paid or authorised, or why it is not, as errors have it.

    Args:
        present: Whether its holder is there, or it is charged again without.
        authenticated: Whether the holder said yes to the bank, where that is asked.
    """
    card = cards.of_method(method)
    refusal = card.refusal or (None if present else card.refuses_later)
    if present and card.authenticates and not authenticated:
        refusal = _UNAUTHENTICATED
    charge = _new_charge(books, intent, method, refusal)
    if refusal:
        return _refused(books, intent, charge, method, refusal)
    changed = {"latest_charge": charge["id"], "payment_method": method["id"], "last_payment_error": None}
    books.change(intent, **changed)
    if intent["capture_method"] == "manual":
        books.change(
            intent,
            "payment_intent.amount_capturable_updated",
            status="requires_capture",
            amount_capturable=intent["amount"],
        )
        books.tell("charge.succeeded", charge)
        books.later(books.now + _AUTHORISATION_HOLDS_SECONDS, "authorisation_lapses", intent["id"])
    else:
        _take(books, intent, charge, intent["amount"])
        books.tell("charge.succeeded", charge)
        books.tell("payment_intent.succeeded", intent)
    return None


def _new_charge(books: Books, intent: Json, method: Json, refusal: tuple[str, str] | None) -> Json:
    failed = {"failure_code": "card_declined", "failure_message": refusal[1]} if refusal else {}
    charge_id = new_id("ch")
    return books.add(
        {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": books.platform.name.upper()[:22],
            "captured": False,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "fraud_details": {},
            "metadata": intent["metadata"],
            "outcome": _outcome(refusal),
            "paid": not refusal,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": "card", "card": _charged_card(method)},
            "receipt_url": f"{books.url}/receipts/{charge_id}",
            "refunded": False,
            "status": "failed" if refusal else "succeeded",
            "transfer_group": intent["transfer_group"],
            **failed,
        }
    )


def _charged_card(method: Json) -> Json:
    card = method["card"]
    same = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {name: card[name] for name in same} | {"network": card["brand"]}


def _outcome(refusal: tuple[str, str] | None) -> Json:
    if refusal is None:
        return {
            "network_status": "approved_by_network",
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "network_status": "declined_by_network",
        "reason": refusal[0],
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details.",
        "type": "issuer_declined",
    }


def _refused(books: Books, intent: Json, charge: Json, method: Json, refusal: tuple[str, str]) -> Json:
    error = {
        "charge": charge["id"],
        "code": "card_declined",
        "decline_code": refusal[0],
        "message": refusal[1],
        "payment_method": method,
        "type": "card_error",
    }
    books.change(
        intent, latest_charge=charge["id"], last_payment_error=error, status="requires_payment_method"
    )
    books.tell("charge.failed", charge)
    books.tell("payment_intent.payment_failed", intent)
    problem: Json = intent["last_payment_error"]
    return problem


def _take(books: Books, intent: Json, charge: Json, amount: int) -> None:
    """Capture: the money is the seller's, less the fee."""
    movement = Movement(
        kind="charge",
        amount=amount,
        currency=charge["currency"],
        source=charge["id"],
        fee=processing_fee(amount),
        settles=True,
        description=charge["description"],
    )
    books.change(
        charge, amount_captured=amount, captured=True, balance_transaction=enter(books, movement), paid=True
    )
    books.change(intent, amount_capturable=0, amount_received=amount, status="succeeded")


# ---- intents -------------------------------------------------------------------------------------


@serves("GET", "/v1/payment_intents/{intent}")
def retrieve_intent(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/payment_intents")
def list_intents(call: Call) -> Json:
    return page(call, "payment_intent", "/v1/payment_intents", "customer")


@serves("POST", "/v1/payment_intents/{intent}")
def update_intent(call: Call) -> Json:
    intent = _known(call)
    return call.books.change(
        intent,
        **changes(call.given, "description", "transfer_group", "receipt_email"),
        metadata=metadata(call.given, intent["metadata"]),
    )


@serves("POST", "/v1/payment_intents/{intent}/capture")
def capture_intent(call: Call) -> Json:
    intent, books = _known(call), call.books
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured", "requires_capture")
    amount = int(call.given.get("amount_to_capture", intent["amount"]))
    call.given.only(final_capture=True)
    if not 0 < amount <= intent["amount_capturable"]:
        message = (
            f"The amount to capture, {amount}, is not within the capturable {intent['amount_capturable']}."
        )
        raise invalid(message, param="amount_to_capture", code="amount_too_large")
    books.change(intent, metadata=metadata(call.given, intent["metadata"]))
    charge = books.get("charge", intent["latest_charge"])
    books.never("authorisation_lapses", intent["id"])
    _take(books, intent, charge, amount)
    for session in books.every("checkout.session", payment_intent=intent["id"]):
        books.change(session, payment_status="paid")
    books.tell("charge.captured", charge)
    books.tell("payment_intent.succeeded", intent)
    return intent


@serves("POST", "/v1/payment_intents/{intent}/cancel")
def cancel_intent(call: Call) -> Json:
    intent = _known(call)
    if intent["status"] not in {"requires_payment_method", "requires_capture", "requires_action"}:
        raise _unexpected(intent, "canceled", "requires_payment_method, requires_capture or requires_action")
    return void(call.books, intent, call.given.get("cancellation_reason"))


def void(books: Books, intent: Json, reason: str | None) -> Json:
    """Let go of an intent; what was held on the card is free again."""
    if intent["status"] == "requires_capture":
        charge = books.get("charge", intent["latest_charge"])
        books.change(charge, "charge.refunded", amount_refunded=charge["amount"], refunded=True)
    books.never("authorisation_lapses", intent["id"])
    return books.change(
        intent,
        "payment_intent.canceled",
        status="canceled",
        canceled_at=books.now,
        cancellation_reason=reason,
        amount_capturable=0,
    )


@happens("authorisation_lapses")
def _lapse(books: Books, intent_id: str) -> None:
    intent = books.get("payment_intent", intent_id)
    books.tell("charge.expired", books.get("charge", intent["latest_charge"]))
    void(books, intent, "automatic")


def _known(call: Call) -> Json:
    return call.books.get("payment_intent", call.id, param="intent")


def _unexpected(intent: Json, done: str, status: str) -> AnsweredError:
    message = (
        f"This PaymentIntent could not be {done} because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with a status of {status} may be {done}."
    )
    return AnsweredError(message, code="payment_intent_unexpected_state", payment_intent=intent)


# ---- charges -------------------------------------------------------------------------------------


@serves("GET", "/v1/charges/{charge}")
def retrieve_charge(call: Call) -> Json:
    return call.books.get("charge", call.id, param="charge")


@serves("GET", "/v1/charges")
def list_charges(call: Call) -> Json:
    return page(call, "charge", "/v1/charges", "customer", "payment_intent", "transfer_group")


@only_asked_for("charge", "refunds")
def _refunds(books: Books, charge: Json) -> Json:
    return listing(books.every("refund", charge=charge["id"])[::-1], f"/v1/charges/{charge['id']}/refunds")
