"""Invoices of subscriptions: written, finalised, collected, tried again, paid."""

from collections.abc import Callable, Sequence
from typing import Final

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.clock import happens
from api.sandbox.errors import AnsweredError, declined, invalid
from api.sandbox.expanding import only_asked_for
from api.sandbox.fields import metadata
from api.sandbox.ids import new_id
from api.sandbox.invoice_lines import Part, written
from api.sandbox.lists import listing, page
from api.sandbox.payments import Wish, attempt, new_intent, void
from api.sandbox.serving import Call, serves
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


def write(books: Books, subscription: Json, reason: str, parts: Sequence[Part]) -> Json:
    """A draft."""
    customer = books.get("customer", subscription["customer"])
    invoice_id = new_id("in")
    lines = [written(books, invoice_id, subscription, part) for part in parts]
    invoice = books.add(
        {
            "id": invoice_id,
            "object": "invoice",
            **_who(books, subscription, customer),
            **_sums(lines),
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": {
                **subscription["automatic_tax"],
                "provider": "stripe" if subscription["automatic_tax"]["enabled"] else None,
                "status": "complete" if subscription["automatic_tax"]["enabled"] else None,
            },
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "currency": subscription["currency"],
            "default_tax_rates": subscription["default_tax_rates"],
            "discounts": [],
            "issuer": {"type": "self"},
            "lines": listing(lines, f"/v1/invoices/{invoice_id}/lines"),
            "metadata": {},
            "parent": {
                "type": "subscription_details",
                "subscription_details": {
                    "metadata": subscription["metadata"],
                    "subscription": subscription["id"],
                },
            },
            "payment_settings": {},
            "period_start": min((part.start for part in parts), default=books.now),
            "period_end": max((part.end for part in parts), default=books.now),
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "starting_balance": customer["balance"],
            "status": "draft",
            "status_transitions": {},
            "total_discount_amounts": [],
            "total_pretax_credit_amounts": [],
        }
    )
    books.tell("invoice.created", invoice)
    return invoice


def _who(books: Books, subscription: Json, customer: Json) -> Json:
    return {
        "account_country": books.platform.country,
        "account_name": books.platform.name,
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "description": subscription["description"],
    }


def _sums(lines: Sequence[Json]) -> Json:
    on_lines = [tax for line in lines for tax in line["taxes"]]
    subtotal = sum(line["amount"] for line in lines)
    inside = sum(tax["amount"] for tax in on_lines) - taxes.exclusive(on_lines)
    total = subtotal + taxes.exclusive(on_lines)
    return {
        "amount_due": max(0, total),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": max(0, total),
        "amount_shipping": 0,
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inside,
        "total": total,
        "total_excluding_tax": subtotal - inside,
        "total_taxes": taxes.together(on_lines),
    }


def finalise(books: Books, invoice: Json) -> Json:
    """Give it a number; what the customer has of credit is taken off, what is left over of it is kept."""
    customer = books.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    before = customer["balance"]
    owed = invoice["total"] + before
    due, balance = max(0, owed), min(0, owed)
    books.change(customer, next_invoice_sequence=customer["next_invoice_sequence"] + 1)
    books.change(customer, "customer.updated", balance=balance)
    books.change(
        invoice,
        status="open",
        number=number,
        effective_at=books.now,
        amount_due=due,
        amount_remaining=due,
        starting_balance=before,
        ending_balance=balance,
        hosted_invoice_url=f"{books.url}/invoices/{invoice['id']}",
        invoice_pdf=f"{books.url}/invoices/{invoice['id']}/pdf",
        status_transitions={**invoice["status_transitions"], "finalized_at": books.now},
    )
    books.tell("invoice.finalized", invoice)
    return invoice


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
    subscription = invoice["parent"]["subscription_details"]["subscription"]
    for outcome in _FOLLOWERS:
        outcome(books, subscription, paid, last)


@happens("invoice_is_final")
def _final(books: Books, invoice_id: str) -> None:
    invoice = books.get("invoice", invoice_id)
    finalise(books, invoice)
    collect(books, invoice, default_method(books, invoice), present=False)


@happens("invoice_is_tried")
def _tried(books: Books, invoice_id: str) -> None:
    invoice = books.get("invoice", invoice_id)
    collect(books, invoice, default_method(books, invoice), present=False)


def default_method(books: Books, invoice: Json) -> Json | None:
    """The card that pays a subscription: its own, or its customer's."""
    subscription = books.get("subscription", subscription_of(invoice))
    customer = books.find("customer", invoice["customer"])
    fallback = customer["invoice_settings"]["default_payment_method"] if customer else None
    return books.find("payment_method", subscription["default_payment_method"] or fallback)


def subscription_of(invoice: Json) -> str:
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


# ---- the API -------------------------------------------------------------------------------------


@serves("GET", "/v1/invoices/{invoice}")
def retrieve_invoice(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/invoices")
def list_invoices(call: Call) -> Json:
    given = call.given
    return page(
        call,
        "invoice",
        "/v1/invoices",
        collection_method=given.get("collection_method"),
        customer=given.get("customer"),
        status=given.get("status"),
        subscription=given.get("subscription"),
    )


@serves("POST", "/v1/invoices/{invoice}")
def update_invoice(call: Call) -> Json:
    invoice = _known(call)
    new = {"metadata": metadata(call.given, invoice["metadata"])}
    return call.books.change(invoice, "invoice.updated", **new)


@serves("POST", "/v1/invoices/{invoice}/finalize")
def finalise_invoice(call: Call) -> Json:
    invoice = _known(call)
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized.", code="invoice_not_editable")
    call.books.never("invoice_is_final", invoice["id"])
    return finalise(call.books, invoice)


@serves("POST", "/v1/invoices/{invoice}/pay")
def pay_invoice(call: Call) -> Json:
    """Try at once; what came of it stays, also where it is not paid."""
    invoice, books = _known(call), call.books
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in {"draft", "open"}:
        raise invalid(f"Invoices that are {invoice['status']} cannot be paid.")
    if invoice["status"] == "draft":
        books.never("invoice_is_final", invoice["id"])
        finalise(books, invoice)
    wanted = call.given.get("payment_method")
    method = (
        books.get("payment_method", wanted, param="payment_method")
        if wanted
        else default_method(books, invoice)
    )
    problem = collect(books, invoice, method, present=not call.given.get("off_session", True))
    if problem:
        raise refused(problem)
    return invoice


def refused(problem: Json, *, stays: bool = True) -> AnsweredError:
    """A payment that failed, as the call that asked for it answers."""
    if problem["type"] != "card_error":
        return AnsweredError(problem["message"], stays=stays, code=problem["code"])
    facts = {"charge": problem["charge"], "payment_method": problem["payment_method"]}
    return declined(problem["decline_code"], problem["message"], stays=stays, **facts)


@serves("POST", "/v1/invoices/{invoice}/void")
def void_invoice(call: Call) -> Json:
    invoice, books = _known(call), call.books
    if invoice["status"] != "open":
        raise invalid("Only invoices that are open can be voided.")
    books.never("invoice_is_tried", invoice["id"])
    for payment in books.every("invoice_payment", invoice=invoice["id"], status="open"):
        void(books, books.get("payment_intent", payment["payment"]["payment_intent"]), "void_invoice")
        books.change(payment, status="canceled")
    moments = {**invoice["status_transitions"], "voided_at": books.now}
    return books.change(
        invoice,
        "invoice.voided",
        status="void",
        amount_remaining=0,
        status_transitions=moments,
        next_payment_attempt=None,
    )


@serves("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_invoice_payment(call: Call) -> Json:
    return call.books.get("invoice_payment", call.id)


@serves("GET", "/v1/invoice_payments")
def list_invoice_payments(call: Call) -> Json:
    given = call.given
    payment = given.inner("payment")
    payment.only(type="payment_intent")
    return page(
        call,
        "invoice_payment",
        "/v1/invoice_payments",
        invoice=given.get("invoice"),
        status=given.get("status"),
        payment_intent=payment.get("payment_intent"),
    )


@only_asked_for("invoice", "payments")
def _payments(books: Books, invoice: Json) -> Json:
    found = books.every("invoice_payment", invoice=invoice["id"])
    return listing(found[::-1], f"/v1/invoices/{invoice['id']}/payments")


def _known(call: Call) -> Json:
    return call.books.get("invoice", call.id, param="invoice")
