"""The page behind the link of a takedown notice, for where the site has none of its own: a look changes nothing."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.gateways.attempts import Attempts
from api.http.slips import Slip, link_refused, peer_of, token_of
from api.refusals import Refused
from api.takedowns.filing import confirm_takedown, count_link, notice_behind
from api.takedowns.letters import CONFIRM_PATH
from db.session import Sessions


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
        token = token_of(request)
        try:
            await count_link(self._attempts, token=token, peer=peer_of(request))
            async with self._sessions.reading() as session:
                notice = await notice_behind(session, token)
        except Refused as refusal:
            return link_refused(refusal)
        sentence = f"It was filed for {notice.name}. Our staff see it once you confirm it."
        return Slip("Is this your takedown notice?", sentence, button="Confirm the notice").response()

    async def confirm(self, request: Request) -> Response:
        token = token_of(request)
        try:
            known = await confirm_takedown(self._sessions, self._attempts, token=token, peer=peer_of(request))
        except Refused as refusal:
            return link_refused(refusal)
        sentence = f"Our staff look at it, and write to you. Its reference is {known}."
        return Slip("Your notice is confirmed.", sentence).response()
