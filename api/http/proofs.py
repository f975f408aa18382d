"""Pages behind the links in our letters about e-mails and passwords, for where the site has none of its own (D-80).

A look at one changes nothing, for programs that look for danger in e-mails follow every link; the button does. The
token stands in the query, which no log keeps, and no page leads anywhere.
"""

from collections.abc import Collection
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.accounts.letters import RESET_PATH, VERIFY_PATH
from api.accounts.proving import PROVING, verify_email
from api.accounts.resetting import RESETTING, set_password
from api.auth.errors import LinkHasExpired
from api.auth.limiting import count
from api.auth.tokens import stored_form
from api.gateways.attempts import Attempts
from api.http.slips import Slip, form_of, link_refused, peer_of, token_of, too_long
from api.refusals import ManyRefused, Refused
from db.clock import now
from db.queries import proofs
from db.queries.proofs import ProofRow
from db.session import Sessions
from db.vocabulary import ProofKind

_REFUSED: Final = 400


def proof_routes(sessions: Sessions, attempts: Attempts) -> list[BaseRoute]:
    """Routes of the web process."""
    door = ProofDoor(sessions, attempts)
    looks, acts = ["GET", "HEAD"], ["POST"]
    return [
        Route(VERIFY_PATH, door.ask_to_verify, methods=looks),
        Route(VERIFY_PATH, door.verify, methods=acts),
        Route(RESET_PATH, door.ask_for_password, methods=looks),
        Route(RESET_PATH, door.reset, methods=acts),
    ]


class ProofDoor:
    """Shows what a link is for, and does it when asked."""

    def __init__(self, sessions: Sessions, attempts: Attempts) -> None:
        self._sessions = sessions
        self._attempts = attempts

    async def ask_to_verify(self, request: Request) -> Response:
        try:
            proof = await self._look(request, PROVING)
        except Refused as refusal:
            return link_refused(refusal)
        sentence = f"From then on it is the e-mail of your account: {proof.address}."
        return Slip("Is this your e-mail?", sentence, button="Confirm this e-mail").response()

    async def verify(self, request: Request) -> Response:
        try:
            await verify_email(self._sessions, self._attempts, token=token_of(request), peer=peer_of(request))
        except Refused as refusal:
            return link_refused(refusal)
        return Slip("Your e-mail is confirmed.", "You can close this page.").response()

    async def ask_for_password(self, request: Request) -> Response:
        try:
            proof = await self._look(request, RESETTING)
        except Refused as refusal:
            return link_refused(refusal)
        return _asking(proof).response()

    async def reset(self, request: Request) -> Response:
        form = await form_of(request)
        if form is None:
            return too_long()
        try:
            await set_password(
                self._sessions,
                self._attempts,
                token=token_of(request),
                password=form.get("password", ""),
                peer=peer_of(request),
            )
        except Refused as refusal:
            return link_refused(refusal)
        except ManyRefused as many:
            return await self._again(request, many)
        sentence = "Sign in with it. Everything that was signed in before is out."
        return Slip("Your new password is set.", sentence).response()

    async def _again(self, request: Request, many: ManyRefused) -> Response:
        """The form with what was wrong, unless it is the link."""
        try:
            proof = await self._look(request, RESETTING)
        except Refused as refusal:
            return link_refused(refusal)
        return _asking(proof, *(one.message for one in many.problems)).response(_REFUSED)

    async def _look(self, request: Request, kinds: Collection[ProofKind]) -> ProofRow:
        """What the link is good for.

        Raises:
            TooManyAttempts: From this network address, lately.
            LinkHasExpired: Nothing.
        """
        sha256, peer = stored_form(token_of(request)), peer_of(request)
        await count(self._attempts, f"look:{sha256}:{peer}", f"look:{peer}")
        async with self._sessions.reading() as session:
            found = await proofs.living(session, sha256, kinds, moment=now())
        if found is None:
            raise LinkHasExpired
        return found


def _asking(proof: ProofRow, *notes: str) -> Slip:
    back = proof.kind is ProofKind.RESTORE_EMAIL
    also = f"You sign in with {proof.address} again." if back else f"It is for {proof.address}."
    sentence = f"{also} Everything that is signed in now is signed out."
    return Slip("Choose a new password", sentence, notes, button="Set this password", password=True)
