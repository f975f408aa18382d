"""Hosted pages: plain HTML that works without a script and asks nobody else for anything."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

_FOLDER: Final = Path(__file__).parent / "templates"
_PAGES: Final = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE: Final = (_FOLDER / "page.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    ),  # no form-action: it would also forbid the way back to the seller's site
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


def page(name: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page of the sandbox."""
    html = _PAGES.get_template(f"{name}.html").render(
        style=_STYLE, money=money, day=day, moment=moment, **facts
    )
    return HTMLResponse(html, status, _HEADERS)


def money(amount: int, currency: str) -> str:
    """An amount as people read it."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d} {currency.upper()}"


def day(moment: int) -> str:
    """A day as people read it."""
    when = datetime.fromtimestamp(moment, UTC)
    return f"{when.day} {when:%B %Y}"


def moment(when: int) -> str:
    """A day and a time as people read them."""
    return f"{day(when)}, {datetime.fromtimestamp(when, UTC):%H:%M} UTC"
