"""The address of a certificate's PDF: it works without signing in, until it expires."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import Signer, as_word

PDF_PATH: Final = "/licences/{number}/certificate.pdf"


class CertificateLinks:
    """Gives out the addresses, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="certificate-links")

    def pdf(self, number: str, expires_at: datetime) -> str:
        expires = as_word(expires_at)
        signature = self._signer.sign(number, expires)
        return f"{self._start}{PDF_PATH.format(number=number)}?expires={expires}&signature={signature}"

    def is_ours(self, number: str, expires: str, signature: str) -> bool:
        """Whether we gave the address out; it may have expired since."""
        return self._signer.holds(signature, number, expires)
