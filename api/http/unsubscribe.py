"""The page behind the link in our e-mails: one button, no signing in; a look at it changes nothing (RFC 8058)."""

import base64
import hashlib
from typing import Final
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from api.notifications.letters import PAGES
from api.notifications.preferences import switch_email
from api.notifications.rules import in_words
from api.notifications.unsubscribing import UNSUBSCRIBE_PATH, UnsubscribeLinks, Unsubscription
from db.session import Sessions

_BACK: Final = "back"
"""The form's field that asks for the e-mails again; every other POST switches them off."""
_LONGEST_FORM_BYTES: Final = 4096
_STYLE: Final = PAGES.get_template("unsubscribe.css").render()
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


def unsubscribe_routes(sessions: Sessions, links: UnsubscribeLinks) -> list[BaseRoute]:
    """Routes of the web process."""
    door = _Door(sessions, links)
    path = f"{UNSUBSCRIBE_PATH}/{{token}}"
    return [Route(path, door.show, methods=["GET", "HEAD"]), Route(path, door.switch, methods=["POST"])]


class _Door:
    def __init__(self, sessions: Sessions, links: UnsubscribeLinks) -> None:
        self._sessions = sessions
        self._links = links

    async def show(self, request: Request) -> Response:
        """Ask, and do nothing: programs that look for danger in e-mails follow every link."""
        if (asked := self._asked(request)) is None:
            return _unknown()
        about = in_words(asked.kinds)
        return _page(f"No more e-mails about {about}?", "Everything else stays as it is.", "Unsubscribe")

    async def switch(self, request: Request) -> Response:
        """Switch the e-mails off, or on again; done twice, it is the same."""
        asked = self._asked(request)
        if asked is None:
            return _unknown()
        form = await _form(request)
        if form is None:
            return _page("This is too long.", "Nothing was changed.", status=413)
        back = _BACK in form
        async with self._sessions.writing() as session:
            await switch_email(session, asked.account, asked.kinds, enabled=back)
        return _done(in_words(asked.kinds), back=back)

    def _asked(self, request: Request) -> Unsubscription | None:
        return self._links.read(request.path_params["token"])


async def _form(request: Request) -> dict[str, list[str]] | None:
    """The fields of a form; none of another body, and null for one longer than any of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_FORM_BYTES:
            return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return parse_qs(body.decode("latin-1")) if kind == "application/x-www-form-urlencoded" else {}


def _done(about: str, *, back: bool) -> Response:
    if back:
        return _page("You get these e-mails again.", f"They are about {about}.", "Unsubscribe")
    sentence = f"No more of them will be about {about}."
    return _page("You are unsubscribed.", sentence, "Send them again", field=_BACK)


def _unknown() -> Response:
    sentence = "Take the whole link from the e-mail, or sign in and open your settings."
    return _page("We do not know this link.", sentence, status=404)


def _page(title: str, sentence: str, button: str = "", *, field: str = "off", status: int = 200) -> Response:
    page = PAGES.get_template("unsubscribe.html")
    html = page.render(title=title, sentence=sentence, button=button, field=field, style=Markup(_STYLE))  # noqa: S704 -- our own file
    return HTMLResponse(html, status, _HEADERS)
