"""Tables as CSV (RFC 4180), such that every spreadsheet reads the letters and takes no text for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_MARK: Final = "\ufeff"
"""By it Excel knows UTF-8."""
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of one (OWASP, CSV injection)."""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table with the names of its columns. Numbers stay numbers; a text that looks like a formula begins with a quote."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(head)
    table.writerows([_cell(value) for value in row] for row in rows)
    return (_MARK + written.getvalue()).encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return "" if value is None else value
