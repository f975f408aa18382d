"""A receipt on paper, and that the money went back: the same bytes as often as it is printed (D-82)."""

from collections.abc import Mapping
from typing import Any, Final

from api.documents.figures import shown_amount, shown_day
from api.documents.parts import Document, Entries, Entry, Part, Parties, Party, Section, Title, Words
from db.money import Amount
from db.queries.purchases import PurchaseRow
from db.queries.receipts import ReceiptRow
from db.vocabulary import ReceiptKind

_NAMES: Final = {ReceiptKind.RECEIPT: "Receipt", ReceiptKind.CREDIT_NOTE: "Credit note"}
_SUMS: Final = {ReceiptKind.RECEIPT: "Total paid", ReceiptKind.CREDIT_NOTE: "Total given back"}
_PAID: Final = "Paid in full on {day} by the payment {reference}."
_BACK: Final = "This puts receipt {number} right: the whole payment {reference} went back on {day}."
_UNTAXED: Final = "No tax was charged."


def document_of(paper: ReceiptRow, purchase: PurchaseRow, receipt: ReceiptRow) -> Document:
    """A paper about a purchase as a document.

    Args:
        receipt: That the purchase was paid: the paper itself, or what it puts right.
    """
    name, number = _NAMES[paper.kind], paper.numbered
    parts: list[Part] = [
        Title(f"{name} {number}", f"{shown_day(paper.issued_at)}  ·  in {purchase.currency}"),
        Parties(_seller(paper.seller), _buyer(purchase)),
        Section("What was bought"),
        Entries(_entries(paper, purchase)),
        Words(_note(paper, purchase, receipt)),
    ]
    return Document(
        title=f"{name} {number}",
        foot=f"BeatPass {name.lower()} {number}, purchase {purchase.id}",
        made_at=paper.issued_at,
        kind=name,
        parts=parts,
    )


def _seller(seller: dict[str, Any]) -> Party:
    tax = seller["tax_number"]
    lines = [*seller["address"], *([f"Tax number {tax}"] if tax else []), seller["email"]]
    return Party("Seller", seller["name"], lines)


def _buyer(purchase: PurchaseRow) -> Party:
    """As the licence names them."""
    licensee = purchase.grant["licensee"]
    return Party("Buyer", licensee["name"], (licensee["email"], f"Account {purchase.account_id}"))


def _entries(paper: ReceiptRow, purchase: PurchaseRow) -> list[Entry]:
    sign = 1 if paper.kind is ReceiptKind.RECEIPT else -1
    lines = {
        _bought(purchase.grant["work"]): purchase.price_minor,
        "Platform fee": purchase.fee_minor,
        "Tax": purchase.tax_minor,
        _SUMS[paper.kind]: purchase.total_minor + purchase.tax_minor,
    }
    day, currency = shown_day(paper.issued_at), purchase.currency
    return [
        Entry(day, text, shown_amount(Amount(sign * minor, currency)), bold=text == _SUMS[paper.kind])
        for text, minor in lines.items()
    ]


def _bought(work: Mapping[str, Any]) -> str:
    return f"Exclusive licence to “{work['title']}” by {work['producer_name']}"


def _note(paper: ReceiptRow, purchase: PurchaseRow, receipt: ReceiptRow) -> str:
    back = paper.kind is ReceiptKind.CREDIT_NOTE
    moment = (purchase.ended_at if back else purchase.completed_at) or paper.issued_at
    facts = {"day": shown_day(moment), "reference": purchase.payment_reference, "number": receipt.numbered}
    sentence = (_BACK if back else _PAID).format(**facts)
    return sentence if purchase.tax_minor else f"{sentence} {_UNTAXED}"
