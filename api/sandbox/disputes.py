"""Disputes: a cardholder's bank takes the money back, until the dispute is won or lost. The control opens and ends them."""

from typing import Final, Literal

from api.sandbox.balance import Movement, enter, entries_of
from api.sandbox.books import Books
from api.sandbox.errors import invalid
from api.sandbox.fields import metadata
from api.sandbox.ids import new_id
from api.sandbox.lists import page
from api.sandbox.serving import Call, serves
from api.sandbox.trees import Json

_FEE: Final = 1500
"""Of a dispute, in Canada; it stays, whoever wins."""
_ANSWER_WITHIN_SECONDS: Final = 14 * 86_400
_OPEN: Final = frozenset({"needs_response", "under_review"})


def open_dispute(books: Books, charge_id: str, reason: str = "fraudulent", part: int | None = None) -> Json:
    """The bank takes a charge back, or a part of it.

    Raises:
        AnsweredError: There is nothing to take back, or not so much, or it was taken already.
    """
    charge = books.get("charge", charge_id)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if part is None else part
    if charge["disputed"] or not left:
        raise invalid("This charge is disputed already, or nothing of it is left to dispute.")
    if not 0 < amount <= left:
        raise invalid(f"Of this charge {left} can be disputed.", param="amount")
    dispute = _new_dispute(books, charge, amount, reason)
    books.change(charge, "charge.updated", disputed=True)
    books.tell("charge.dispute.created", dispute)
    books.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _new_dispute(books: Books, charge: Json, amount: int, reason: str) -> Json:
    dispute_id = new_id("du")
    taken = Movement(
        "adjustment",
        -amount,
        charge["currency"],
        dispute_id,
        fee=_FEE,
        description=f"Chargeback withdrawal for {charge['id']}",
        category="dispute",
    )
    entry = enter(books, taken)
    return books.add(
        {
            "id": dispute_id,
            "object": "dispute",
            "amount": amount,
            "balance_transactions": entries_of(books, [entry]),
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": books.now + _ANSWER_WITHIN_SECONDS,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "manual",
            },
            "is_charge_refundable": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "needs_response",
        }
    )


def end_dispute(books: Books, dispute_id: str, outcome: Literal["won", "lost"]) -> Json:
    """The bank decides. What is won comes back, also where it was lost before; the fee does not."""
    dispute = books.get("dispute", dispute_id)
    reopened = dispute["status"] == "lost" and outcome == "won"
    if dispute["status"] not in _OPEN and not reopened:
        raise invalid(f"This dispute is {dispute['status']} already.")
    if outcome == "won":
        _give_back(books, dispute)
    books.change(dispute, "charge.dispute.updated", status=outcome)
    books.tell("charge.dispute.closed", dispute)
    return dispute


def _give_back(books: Books, dispute: Json) -> None:
    given = Movement(
        "adjustment",
        dispute["amount"],
        dispute["currency"],
        dispute["id"],
        description=f"Chargeback reversal for {dispute['charge']}",
        category="dispute_reversal",
    )
    entries = [*dispute["balance_transactions"], *entries_of(books, [enter(books, given)])]
    books.change(dispute, balance_transactions=entries, is_charge_refundable=True)
    books.tell("charge.dispute.funds_reinstated", dispute)


@serves("GET", "/v1/disputes/{dispute}")
def retrieve_dispute(call: Call) -> Json:
    return _known(call)


@serves("GET", "/v1/disputes")
def list_disputes(call: Call) -> Json:
    return page(call, "dispute", "/v1/disputes", "charge", "payment_intent")


@serves("POST", "/v1/disputes/{dispute}")
def update_dispute(call: Call) -> Json:
    """Hand in evidence; submitted, it is the bank's turn."""
    dispute, books = _known(call), call.books
    if dispute["status"] not in _OPEN:
        raise invalid("This dispute is already closed.", code="dispute_closed")
    if evidence := call.given.get("evidence"):
        details = {**dispute["evidence_details"], "has_evidence": True}
        books.change(dispute, evidence={**dispute["evidence"], **evidence}, evidence_details=details)
    if call.given.get("submit"):
        details = dispute["evidence_details"]
        count = details["submission_count"] + 1
        books.change(dispute, status="under_review", evidence_details={**details, "submission_count": count})
    books.change(dispute, metadata=metadata(call.given, dispute["metadata"]))
    books.tell("charge.dispute.updated", dispute)
    return dispute


@serves("POST", "/v1/disputes/{dispute}/close")
def close_dispute(call: Call) -> Json:
    """Give in."""
    return end_dispute(call.books, _known(call)["id"], "lost")


def _known(call: Call) -> Json:
    return call.books.get("dispute", call.id, param="dispute")
