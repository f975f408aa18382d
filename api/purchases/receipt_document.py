"""A receipt on paper: the same bytes as often as it is printed (D-82)."""

from collections.abc import Mapping
from typing import Any, Final

from api.documents.figures import shown_amount, shown_day
from api.documents.parts import Document, Entries, Entry, Parties, Party, Section, Title, Words
from db.money import Amount
from db.queries.purchases import PurchaseRow
from db.queries.receipts import ReceiptRow

UNTAXED: Final = "No tax was charged."
_SUM: Final = "Total paid"


def document_of(receipt: ReceiptRow, purchase: PurchaseRow) -> Document:
    """That a purchase was paid, as a document."""
    name = f"Receipt {receipt.numbered}"
    return Document(
        title=name,
        foot=f"BeatPass {name.lower()}, purchase {purchase.id}",
        made_at=receipt.issued_at,
        kind="Receipt",
        parts=[
            Title(name, f"{shown_day(receipt.issued_at)}  ·  in {purchase.currency}"),
            parties(receipt.seller, purchase),
            Section("What was bought"),
            Entries(_entries(receipt, purchase)),
            Words(_note(receipt, purchase)),
        ],
    )


def parties(seller: Mapping[str, Any], purchase: PurchaseRow) -> Parties:
    """Who sold, as they called themselves then, and the buyer, as the licence names them."""
    tax, licensee = seller["tax_number"], purchase.grant["licensee"]
    lines = [*seller["address"], *([f"Tax number {tax}"] if tax else []), seller["email"]]
    return Parties(
        Party("Seller", seller["name"], lines),
        Party("Buyer", licensee["name"], (licensee["email"], f"Account {purchase.account_id}")),
    )


def bought(purchase: PurchaseRow) -> str:
    """What a purchase was of."""
    work = purchase.grant["work"]
    return f"Exclusive licence to “{work['title']}” by {work['producer_name']}"


def _entries(receipt: ReceiptRow, purchase: PurchaseRow) -> list[Entry]:
    lines = {
        bought(purchase): purchase.price_minor,
        "Platform fee": purchase.fee_minor,
        "Tax": purchase.tax_minor,
        _SUM: purchase.total_minor + purchase.tax_minor,
    }
    day, currency = shown_day(receipt.issued_at), purchase.currency
    return [
        Entry(day, text, shown_amount(Amount(minor, currency)), bold=text == _SUM)
        for text, minor in lines.items()
    ]


def _note(receipt: ReceiptRow, purchase: PurchaseRow) -> str:
    day = shown_day(purchase.completed_at or receipt.issued_at)
    sentence = f"Paid in full on {day} by the payment {purchase.payment_reference}."
    return sentence if purchase.tax_minor else f"{sentence} {UNTAXED}"
