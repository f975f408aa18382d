"""Who asks: the bearer token or the cookie of a request, and the context made of it."""

from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from api.auth.access import Authenticate
from api.context import RequestContext, Services
from api.viewer import Viewer

COOKIE: Final = "beatpass_session"
CSRF_HEADER: Final = "x-beatpass-csrf"
"""Any value: a page of another origin cannot send it without being asked first."""
_BEARER: Final = "bearer "
_LONGEST_TOKEN: Final = 200


class Asker:
    """Makes the context of a request.

    Args:
        services: Of the process.
        authenticate: Finds the viewer behind a token.
    """

    def __init__(self, services: Services, authenticate: Authenticate) -> None:
        self.services = services
        self._authenticate = authenticate

    async def context(self, request: HTTPConnection, *, token: str | None = None) -> RequestContext:
        """The context of one request, or of one WebSocket.

        Args:
            token: From elsewhere than the headers; it goes before them.
        """
        given = token or token_of(request)

        async def viewer() -> Viewer | None:
            return await self._authenticate(self.services.sessions, given, request) if given else None

        return RequestContext(
            services=self.services,
            viewer=await viewer(),
            reauthenticate=viewer,
            device=_device(request),
            peer=request.client.host if request.client else "unknown",
        )

    def keep_cookie(self, request: Request, context: RequestContext, response: Response) -> None:
        """Do with the session cookie what the operation asked for."""
        if context.cookie is None:
            return
        days = self.services.settings.session_days
        response.set_cookie(
            COOKIE,
            context.cookie,
            max_age=days * 86_400 if context.cookie else 0,
            secure=self.services.settings.public_url.startswith("https:"),
            httponly=True,
            samesite="lax",
        )


def token_of(request: HTTPConnection) -> str | None:
    """The bearer token; or the cookie's, if the CSRF header shows that a script of ours sent it."""
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return bearer(header)
    from_script = CSRF_HEADER in request.headers or request.scope["type"] == "websocket"
    return request.cookies.get(COOKIE) if from_script else None


def bearer(header: str) -> str:
    """The token of an Authorization header's value, with or without its scheme."""
    token = header[len(_BEARER) :] if header[: len(_BEARER)].lower() == _BEARER else header
    return token.strip()[:_LONGEST_TOKEN]


def _device(request: HTTPConnection) -> str:
    return request.headers.get("user-agent", "unknown")[:200]
