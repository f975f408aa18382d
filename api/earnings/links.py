"""Addresses of what a producer's account looks like on paper and in a spreadsheet: they work until they expire."""

from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from api.settings import Settings
from api.signatures import Signer, as_word

PDF_PATH: Final = "/finances/statements/{statement}.pdf"
CSV_PATH: Final = "/finances/{producer}.csv"


class FinanceLinks:
    """Gives them out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="finance-links")

    def pdf(self, statement: str, expires_at: datetime) -> str:
        return self._address(PDF_PATH.format(statement=statement), expires_at)

    def csv(self, producer: str, days: tuple[date, date], expires_at: datetime) -> str:
        since, until = (day.isoformat() for day in days)
        return self._address(CSV_PATH.format(producer=producer), expires_at, since=since, until=until)

    def is_ours(self, path: str, said: dict[str, str]) -> bool:
        """Whether we gave the address out; it may have expired since.

        Args:
            said: What stands behind the path.
        """
        signature, words = said.get("signature", ""), {**said, "signature": ""}
        return self._signer.holds(signature, path, urlencode(sorted(words.items())))

    def _address(self, path: str, expires_at: datetime, **facts: str) -> str:
        words = {**facts, "expires": as_word(expires_at)}
        signature = self._signer.sign(path, urlencode(sorted({**words, "signature": ""}.items())))
        return f"{self._start}{path}?{urlencode({**words, 'signature': signature})}"
