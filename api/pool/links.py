"""Addresses of a producer's share as a spreadsheet: they work without signing in, until they expire."""

from datetime import datetime
from typing import Final

from api.settings import Settings
from api.signatures import SignedPages
from db.ids import PoolRunId, ProducerId

SHEET_PATH: Final = "/pools/{run}/{producer}.csv"


class SheetLinks(SignedPages):
    """Gives addresses out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.public_url, settings.secret_key, use="pool-sheets")

    def sheet(self, run: PoolRunId, producer: ProducerId, expires_at: datetime) -> str:
        return self.address(SHEET_PATH.format(run=run, producer=producer), expires_at)
