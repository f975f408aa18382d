"""Tables as CSV (RFC 4180), such that every spreadsheet reads the letters and takes no text for a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_MARK: Final = "\ufeff"
"""By it Excel knows UTF-8."""
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of one (OWASP, CSV injection)."""


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table with the names of its columns: the same cells give the same bytes."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows(rows)
    return (_MARK + written.getvalue()).encode()


def typed(text: str) -> str:
    """What somebody typed, which is never a formula: an apostrophe before it, which a spreadsheet does not show."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
