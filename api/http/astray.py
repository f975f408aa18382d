"""Where no route leads: programs hear 404, and a browser is told why a link of the site ends here."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.negotiation import HTML, prefers
from api.http.slips import Slip

_LOOKS: Final = ("GET", "HEAD")


class Astray:
    """Stands at the end of the routes.

    Letters and notices lead to pages of the site. An installation without one, such as `./bp run`, is its own site,
    and has no more of them than those that letters cannot do without.

    Args:
        otherwise: Answers programs.
        public_url: Of this API.
    """

    def __init__(self, otherwise: ASGIApp, public_url: str) -> None:
        self._otherwise = otherwise
        self._slip = Slip(
            "This page belongs to the site.",
            "You have reached the API, which the site asks, and here is no page of this name. "
            "What the page would show, the API answers: its explorer is here.",
            link=f"{public_url.rstrip('/')}/graphql",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._slip.response(404) if _is_browser(scope) else self._otherwise
        await answer(scope, receive, send)


def _is_browser(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in _LOOKS:
        return False
    return prefers(Headers(scope=scope).get("accept"), HTML)
