"""The page behind the link of a takedown notice, for where the site has none of its own: a look changes nothing."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.gateways.attempts import Attempts
from api.http.slips import Slip
from api.refusals import Refused, TooMuch
from api.takedowns.filing import confirm_takedown, count_link, notice_behind
from api.takedowns.letters import CONFIRM_PATH
from db.session import Sessions

_GONE: Final = 410
_TOO_MANY: Final = 429


def takedown_routes(sessions: Sessions, attempts: Attempts) -> list[BaseRoute]:
    """Routes of the web process."""
    door = _Door(sessions, attempts)
    return [
        Route(CONFIRM_PATH, door.ask, methods=["GET", "HEAD"]),
        Route(CONFIRM_PATH, door.confirm, methods=["POST"]),
    ]


class _Door:
    def __init__(self, sessions: Sessions, attempts: Attempts) -> None:
        self._sessions = sessions
        self._attempts = attempts

    async def ask(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        try:
            await count_link(self._attempts, token=token, peer=_peer(request))
            async with self._sessions.reading() as session:
                notice = await notice_behind(session, token)
        except Refused as refusal:
            return _refused(refusal)
        sentence = f"It was filed for {notice.name}. Our staff see it once you confirm it."
        return Slip("Is this your takedown notice?", sentence, button="Confirm the notice").response()

    async def confirm(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        try:
            known = await confirm_takedown(self._sessions, self._attempts, token=token, peer=_peer(request))
        except Refused as refusal:
            return _refused(refusal)
        sentence = f"Our staff look at it, and write to you. Its reference is {known}."
        return Slip("Your notice is confirmed.", sentence).response()


def _refused(refusal: Refused) -> Response:
    status = _TOO_MANY if isinstance(refusal, TooMuch) else _GONE
    return Slip("This link does not work.", refusal.message).response(status)


def _peer(request: Request) -> str:
    return request.client.host if request.client else "unknown"
