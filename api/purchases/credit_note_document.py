"""A credit note, or the correction of one, on paper: the same bytes as often as it is printed (D-82)."""

from collections.abc import Sequence
from typing import Final

from api.documents.figures import shown_amount, shown_day
from api.documents.parts import Document, Entries, Entry, Fact, Facts, Section, Title, Words
from api.purchases.receipt_document import UNTAXED, bought, parties
from db.money import Amount
from db.queries.purchases import PurchaseRow
from db.queries.receipts import CreditNoteRow, ReceiptRow
from db.vocabulary import CreditCause, ReceiptKind

_NAMES: Final = {ReceiptKind.CREDIT_NOTE: "Credit note", ReceiptKind.CORRECTION: "Correction"}
_SECTIONS: Final = {
    ReceiptKind.CREDIT_NOTE: "What went back",
    ReceiptKind.CORRECTION: "What is here again",
}
_SUMS: Final = {
    ReceiptKind.CREDIT_NOTE: "Total given back",
    ReceiptKind.CORRECTION: "Total received again",
}
_REASONS: Final = {
    CreditCause.REFUND: "Refunded to the buyer",
    CreditCause.LOST_DISPUTE: "The buyer's bank took money back, and decided for the buyer",
    CreditCause.WON_DISPUTE: "The buyer's bank gave back after all what it had taken",
}
_SHARED_OUT: Final = (
    "A part of the receipt: it is shared out among price, fee and tax in their proportion, each rounded to the"
    " smallest unit for all that has gone back so far. Together, credit notes never come to more than the receipt."
)


def document_of(
    note: CreditNoteRow, purchase: PurchaseRow, receipt: ReceiptRow, notes: Sequence[CreditNoteRow]
) -> Document:
    """That money went back, or is here again, as a document.

    Args:
        receipt: What it puts right.
        notes: All of the purchase, in order; the later ones change nothing of it.
    """
    kind, until = _NAMES[note.kind], notes[: notes.index(note) + 1]
    name = f"{kind} {note.numbered}"
    return Document(
        title=name,
        foot=f"BeatPass {name.lower()}, purchase {purchase.id}",
        made_at=note.issued_at,
        kind=kind,
        parts=[
            Title(name, f"{shown_day(note.issued_at)}  ·  in {purchase.currency}"),
            parties(note.seller, purchase),
            Section(_SECTIONS[note.kind]),
            Entries(_entries(note, purchase)),
            Section("Why"),
            Facts(_facts(note, purchase, receipt, until)),
            Words(_small_print(note, purchase)),
        ],
    )


def _entries(note: CreditNoteRow, purchase: PurchaseRow) -> list[Entry]:
    """With the receipt's signs turned: what is credited is below zero."""
    total = _SUMS[note.kind]
    lines = {
        bought(purchase): note.price_minor,
        "Platform fee": note.fee_minor,
        "Tax": note.tax_minor,
        total: note.total_minor,
    }
    day = shown_day(note.happened_at)
    return [
        Entry(day, text, shown_amount(Amount(-minor, purchase.currency)), bold=text == total)
        for text, minor in lines.items()
    ]


def _facts(
    note: CreditNoteRow, purchase: PurchaseRow, receipt: ReceiptRow, until: Sequence[CreditNoteRow]
) -> list[Fact]:
    paid, gone = _paid(purchase), sum(one.total_minor for one in until)
    put_right = [f"credit note {one.numbered}" for one in until[:-1] if one.reference == note.reference]
    shown = {
        "Puts right": ", ".join([*put_right, f"receipt {receipt.numbered}"]),
        "Reason": f"{_REASONS[note.cause]} ({note.reference})",
        "Payment": str(purchase.payment_reference),
        "Gone back so far": f"{_shown(gone, purchase)} of {_shown(paid, purchase)} {purchase.currency}",
        "Left of the receipt": f"{_shown(paid - gone, purchase)} {purchase.currency}",
    }
    return [Fact(label, value) for label, value in shown.items()]


def _small_print(note: CreditNoteRow, purchase: PurchaseRow) -> str:
    whole = abs(note.total_minor) == _paid(purchase)
    untaxed = [] if purchase.tax_minor else [UNTAXED]
    return " ".join([*untaxed, "This is all of the receipt." if whole else _SHARED_OUT])


def _paid(purchase: PurchaseRow) -> int:
    return purchase.total_minor + purchase.tax_minor


def _shown(minor: int, purchase: PurchaseRow) -> str:
    return shown_amount(Amount(minor, purchase.currency))
