"""Addresses of what a producer's account looks like on paper and in a spreadsheet: they work until they expire."""

from datetime import date, datetime
from typing import Final

from api.settings import Settings
from api.signatures import SignedPages

PDF_PATH: Final = "/finances/statements/{statement}.pdf"
CSV_PATH: Final = "/finances/{producer}.csv"


class FinanceLinks(SignedPages):
    """Gives them out, and recognises them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.public_url, settings.secret_key, use="finance-links")

    def pdf(self, statement: str, expires_at: datetime) -> str:
        return self.address(PDF_PATH.format(statement=statement), expires_at)

    def csv(self, producer: str, days: tuple[date, date], expires_at: datetime) -> str:
        since, until = (day.isoformat() for day in days)
        return self.address(CSV_PATH.format(producer=producer), expires_at, since=since, until=until)
