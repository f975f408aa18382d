"""The page behind the link in our e-mails: one button, no signing in; a look at it changes nothing (RFC 8058)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.http.slips import Slip, form_of, too_long
from api.notifications.preferences import switch_email
from api.notifications.rules import in_words
from api.notifications.unsubscribing import UNSUBSCRIBE_PATH, UnsubscribeLinks, Unsubscription
from db.session import Sessions

_BACK: Final = "back"
"""The form's field that asks for the e-mails again; every other POST switches them off."""


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
        form = await form_of(request)
        if form is None:
            return too_long()
        back = _BACK in form
        async with self._sessions.writing() as session:
            await switch_email(session, asked.account, asked.kinds, enabled=back)
        return _done(in_words(asked.kinds), back=back)

    def _asked(self, request: Request) -> Unsubscription | None:
        return self._links.read(request.path_params["token"])


def _done(about: str, *, back: bool) -> Response:
    if back:
        return _page("You get these e-mails again.", f"They are about {about}.", "Unsubscribe")
    sentence = f"No more of them will be about {about}."
    return _page("You are unsubscribed.", sentence, "Send them again", field=_BACK)


def _unknown() -> Response:
    sentence = "Take the whole link from the e-mail, or sign in and open your settings."
    return Slip("We do not know this link.", sentence).response(404)


def _page(title: str, sentence: str, button: str, *, field: str = "off") -> Response:
    return Slip(title, sentence, button=button, hidden={field: "yes"}).response()
