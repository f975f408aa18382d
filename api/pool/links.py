"""Addresses of a producer's share as a spreadsheet: they work without signing in, until they expire."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import Signer, as_word
from db.ids import PoolRunId, ProducerId

SHEET_PATH: Final = "/pools/{run}/{producer}.csv"


class SheetLinks:
    """Gives addresses out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        self._start = settings.public_url.rstrip("/")
        self._signer = Signer(settings.secret_key, use="pool-sheets")

    def sheet(self, run: PoolRunId, producer: ProducerId, expires_at: datetime) -> str:
        expires = as_word(expires_at)
        signature = self._signer.sign(run, producer, expires)
        path = SHEET_PATH.format(run=run, producer=producer)
        return f"{self._start}{path}?expires={expires}&signature={signature}"

    def is_ours(self, run: str, producer: str, expires: str, signature: str) -> bool:
        """Whether we gave the address out; it may have expired since."""
        return self._signer.holds(signature, run, producer, expires)
