"""A small page with at most one form: what links in our e-mails lead to, without a script and without signing in."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.notifications.letters import PAGES
from api.refusals import Refused, TooMuch

_LONGEST_FORM_BYTES: Final = 4096
_GONE: Final = 410
_TOO_MANY: Final = 429
_STYLE: Final = PAGES.get_template("slip.css").render()
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


@dataclass(frozen=True)
class Slip:
    """What a page says and asks.

    Attributes:
        notes: Further sentences, such as why the last try was refused.
        button: Of the form; empty: there is none.
        hidden: Fields of the form that nobody sees.
        password: The form asks for a new password.
        link: Address to go on to; empty: the page leads nowhere, as none should that has a token in its address.
    """

    title: str
    sentence: str
    notes: Sequence[str] = ()
    button: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict[str, str])
    password: bool = False
    link: str = ""

    def response(self, status: int = 200) -> Response:
        return small_page("slip.html", status, slip=self)


def small_page(template: str, status: int, **facts: object) -> Response:
    """A page in the style of slips, that no cache keeps."""
    html = PAGES.get_template(template).render(style=Markup(_STYLE), **facts)  # noqa: S704 -- our own file
    return HTMLResponse(html, status, _HEADERS)


async def form_of(request: Request, *, longest_bytes: int = _LONGEST_FORM_BYTES) -> dict[str, str] | None:
    """The fields of a form, the first of each name; none of another body, and null for one that is longer."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > longest_bytes:
            return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    return {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}


def too_long() -> Response:
    return Slip("This is too long.", "Nothing was changed.").response(413)


def link_refused(refusal: Refused) -> Response:
    """The page of a link that opens nothing, or nothing now."""
    if isinstance(refusal, TooMuch):  # it may well work, in a while
        return Slip("This link was opened too often lately.", refusal.message).response(_TOO_MANY)
    return Slip("This link does not work.", refusal.message).response(_GONE)


def token_of(request: Request) -> str:
    """What stands in the link."""
    return request.query_params.get("token", "")


def peer_of(request: Request) -> str:
    """Network address that it is opened from."""
    return request.client.host if request.client else "unknown"
