"""What tables about support, reports, takedowns and what staff do hold of a person."""

from collections.abc import Mapping
from typing import Final

from db.personal.holding import BOOKS, DELETED_TEXT, Holding

_HOUSE: Final = "what staff write is the house's word; of people it has ids"
_OUTSIDERS: Final = "it names who acts for the house without an account, and the log is never changed"
_STRANGERS: Final = "it is of somebody without an account, who is found by nothing else"
_HISTORY: Final = "the history of a notice is kept for who has to answer for it (D-83), under ids"

DESK: Final[Mapping[str, Holding]] = {
    "support_ticket": Holding(
        of="account_id:account",
        goes=True,
        section="support_tickets",
        shown="id subject status opened_at closed_at",
        plain="id account_id contact_id subject status line respond_by messages opened_at closed_at token_sha256"
        " link_ends_at email proved_at letters_ended_at",
    ),
    "ticket_message": Holding(
        of="ticket_id:support_ticket",
        goes=True,
        section="messages_to_and_from_support",
        shown="ticket_id number from_staff text sent_at",
        plain="id ticket_id number from_staff author_id text sent_at",
    ),
    "support_contact": Holding(of="", kept={"email_key": _STRANGERS}, plain="id created_at"),
    "content_report": Holding(
        of="account_id:account",
        section="reports",
        shown="object_id reason created_at settled_at",
        replaced={"reason": DELETED_TEXT},
        plain="id object_id account_id created_at settled_at entry_id",
    ),
    "audit_entry": Holding(
        of="", kept={"reason": _HOUSE, "actor_name": _OUTSIDERS}, plain="id actor_id action object_id at"
    ),
    "withholding": Holding(
        of="",
        kept={"reason lift_reason": _HOUSE},
        plain="id object_id cause cause_id placed_by placed_at lifted_by lifted_at",
    ),
    "suspension": Holding(
        of="account_id:account",
        section="suspensions",
        shown="reason placed_at lifted_at lift_reason",
        kept={"reason lift_reason": _HOUSE},
        plain="id account_id placed_by placed_at lifted_by lifted_at",
    ),
    "takedown": Holding(
        of="",
        kept={
            "name work grounds": f"{_STRANGERS}; {_HISTORY}",
            "email signature": f"{_STRANGERS}; it goes three years after the notice was decided",
        },
        plain="id track_id status token_sha256 created_at expires_at proved_at",
    ),
    "takedown_step": Holding(
        of="by:account",
        section="answers_to_takedown_notices",
        shown="takedown_id status text at",
        kept={"text": _HISTORY},
        plain="id takedown_id status by at",
    ),
    "terms_acceptance": Holding(
        of="account_id:account",
        section="accepted_terms",
        shown="document version accepted_at",
        plain="account_id document version accepted_at",
    ),
    "receipt": Holding(
        of="purchase_id:purchase",
        section="receipts",
        shown="id purchase_id kind year number issued_at",
        kept={
            "kind purchase_id year number seller issued_at": f"{BOOKS}; the buyer is read from the purchase"
        },
        plain="id",
    ),
    "credit_note": Holding(
        of="purchase_id:purchase",
        section="credit_notes",
        shown="receipt_id purchase_id cause price_minor fee_minor tax_minor happened_at",
        plain="receipt_id purchase_id cause reference price_minor fee_minor tax_minor happened_at",
    ),
}
