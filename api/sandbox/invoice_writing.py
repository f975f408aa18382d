"""Invoices as they are written: who owes what for which time, and the number that makes it final."""

from collections.abc import Sequence

from api.sandbox import taxes
from api.sandbox.books import Books
from api.sandbox.ids import new_id
from api.sandbox.invoice_lines import Part, written
from api.sandbox.lists import listing
from api.sandbox.trees import Json


def write(
    books: Books, subscription: Json, reason: str, parts: Sequence[Part], *, since: int | None = None
) -> Json:
    """A draft.

    Args:
        since: Where the period began that is over now: an invoice looks back, and only its lines look ahead.
    """
    customer = books.get("customer", subscription["customer"])
    invoice_id = new_id("in")
    lines = [written(books, invoice_id, subscription, part) for part in parts]
    invoice = books.add(
        {
            "id": invoice_id,
            "object": "invoice",
            **_who(books, subscription, customer),
            **_sums(lines),
            **_nothing_yet(),
            "automatic_tax": taxes.automatic_once(enabled=subscription["automatic_tax"]["enabled"]),
            "billing_reason": reason,
            "currency": subscription["currency"],
            "default_tax_rates": subscription["default_tax_rates"],
            "lines": listing(lines, f"/v1/invoices/{invoice_id}/lines"),
            "parent": {
                "type": "subscription_details",
                "subscription_details": {
                    "metadata": subscription["metadata"],
                    "subscription": subscription["id"],
                },
            },
            "period_start": since or books.now,
            "period_end": books.now,
            "starting_balance": customer["balance"],
        }
    )
    books.tell("invoice.created", invoice)
    return invoice


def _nothing_yet() -> Json:
    """What every draft has."""
    return {
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "collection_method": "charge_automatically",
        "discounts": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "payment_settings": {},
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "status": "draft",
        "status_transitions": {},
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
    }


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
