"""Invoices as they are asked for: found, paid, voided."""

from api.sandbox.books import Books
from api.sandbox.collecting import collect, default_method, refused
from api.sandbox.errors import invalid
from api.sandbox.expanding import only_asked_for
from api.sandbox.fields import metadata
from api.sandbox.invoice_writing import finalise
from api.sandbox.lists import listing, page
from api.sandbox.payments import void
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json


@serves("GET", "/v1/invoices/{invoice}")
def retrieve_invoice(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/invoices")
def list_invoices(call: Call) -> Json:
    return page(call, "invoice", "/v1/invoices", "collection_method", "customer", "status", "subscription")


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
        "invoice",
        "status",
        payment_intent=payment.get("payment_intent"),
    )


@only_asked_for("invoice", "payments")
def _payments(books: Books, invoice: Json) -> Json:
    found = books.every("invoice_payment", invoice=invoice["id"])
    return listing(found[::-1], f"/v1/invoices/{invoice['id']}/payments")


def _known(call: Call) -> Json:
    return call.books.get("invoice", call.id, param="invoice")
