"""Addresses of receipts and credit notes: they work without signing in, until they expire."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import SignedPages

RECEIPT: Final = "/purchases/{purchase}/receipt.pdf"
CREDIT_NOTE: Final = "/purchases/{purchase}/credit-notes/{note}.pdf"


class ReceiptLinks(SignedPages):
    """Gives them out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.public_url, settings.secret_key, use="receipts")

    def receipt(self, purchase: str, expires_at: datetime) -> str:
        return self.address(RECEIPT.format(purchase=purchase), expires_at)

    def credit_note(self, purchase: str, note: str, expires_at: datetime) -> str:
        """Of a correction too.

        Args:
            note: The paper's id.
        """
        return self.address(CREDIT_NOTE.format(purchase=purchase, note=note), expires_at)
