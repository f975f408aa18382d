"""Addresses of receipts: they work without signing in, until they expire."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import SignedPages
from db.vocabulary import ReceiptKind

PATH: Final = "/purchases/{purchase}/{paper}.pdf"
_PAPERS: Final = {ReceiptKind.RECEIPT: "receipt", ReceiptKind.CREDIT_NOTE: "credit-note"}
KINDS: Final = {name: kind for kind, name in _PAPERS.items()}
"""By what the path calls them."""


class ReceiptLinks(SignedPages):
    """Gives them out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.public_url, settings.secret_key, use="receipts")

    def pdf(self, purchase: str, kind: ReceiptKind, expires_at: datetime) -> str:
        return self.address(PATH.format(purchase=purchase, paper=_PAPERS[kind]), expires_at)
