"""The page behind the link in letters of support: a ticket of who has no account is read and answered there (D-72).

A look changes nothing, for programs that look for danger in e-mails follow every link; its buttons do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.addresses import RequestAddresses
from api.auth.limiting import count
from api.auth.tokens import stored_form
from api.gateways.attempts import Attempts, Door
from api.http.slips import Slip, form_of, link_refused, peer_of, small_page, token_of, too_long
from api.refusals import ManyRefused, Refused
from api.support.errors import TicketLinkHasEnded
from api.support.links import TICKET_PATH, switch_link_off, ticket_behind
from api.support.replying import Reply, prove_by_link, reply_by_link
from api.support.rules import LONGEST_TEXT, SupportTerms, reference_of, why_not_written
from db.clock import now
from db.queries import cases
from db.queries import support as queries
from db.queries.cases import AttachmentRow
from db.queries.support import MessageRow, TicketRow
from db.session import Sessions
from db.vocabulary import TicketStatus

_LONGEST_FORM_BYTES: Final = LONGEST_TEXT * 12 + 1024
"""A letter may be four bytes, each written with three characters."""
_OFF: Final = "off"
"""The form's field that switches the link off."""
_MINE: Final = "mine"
"""The form's field that says that it was they who wrote."""
_LOOKS: Final = 60
"""A quarter of an hour, of one link from one address: who writes looks after each message, and loads the page anew."""
_SEE_OTHER: Final = 303
_KEPT_BY_NOBODY: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
_REFUSED: Final = 400
_STANDING: Final = {
    TicketStatus.OPEN: "Support will answer by e-mail.",
    TicketStatus.ANSWERED: "Support has answered.",
    TicketStatus.CLOSED: "It is closed.",
}


@dataclass(frozen=True)
class Entry:
    """What was written.

    Attributes:
        files: Names and addresses.
    """

    who: str
    at: str
    text: str
    files: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Thread:
    """What the page shows.

    Attributes:
        notes: Why the last try was refused.
        open: Something can be written.
        unproved: Nobody has said that it was they who wrote.
        draft: What was entered in that try.
    """

    subject: str
    reference: str
    standing: str
    entries: Sequence[Entry]
    open: bool
    unproved: bool
    notes: Sequence[str] = ()
    draft: str = ""
    longest: int = LONGEST_TEXT


@dataclass(frozen=True)
class TicketDoor:
    """Shows a ticket to who has its link, and takes what they write."""

    sessions: Sessions
    attempts: Attempts
    addresses: RequestAddresses
    terms: SupportTerms

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route(TICKET_PATH, self.show, methods=["GET", "HEAD"]),
            Route(TICKET_PATH, self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def act(self, request: Request) -> Response:
        form = await form_of(request, longest_bytes=_LONGEST_FORM_BYTES)
        if form is None:
            return too_long()
        if _OFF in form:
            return await self._switch_off(request)
        if _MINE in form:
            return await self._prove(request)
        return await self._take(request, form.get("text", ""))

    async def _prove(self, request: Request) -> Response:
        try:
            await prove_by_link(self.sessions, self.attempts, token=token_of(request), peer=peer_of(request))
        except Refused as refusal:
            return link_refused(refusal)
        return _shown_again(request)

    async def _take(self, request: Request, text: str) -> Response:
        try:
            await self._reply(request, Reply(text))
        except TicketLinkHasEnded as refusal:
            return link_refused(refusal)
        except Refused as refusal:  # also too many attempts: what was entered is not lost
            return await self._page(request, [refusal.message], draft=text)
        except ManyRefused as many:
            return await self._page(request, [one.message for one in many.problems], draft=text)
        return _shown_again(request)

    async def _reply(self, request: Request, said: Reply) -> None:
        await reply_by_link(
            self.sessions,
            self.attempts,
            token=token_of(request),
            said=said,
            terms=self.terms,
            peer=peer_of(request),
        )

    async def _switch_off(self, request: Request) -> Response:
        token = token_of(request)
        try:
            await count(self.attempts, f"ticket-link:{stored_form(token)}", f"link:{peer_of(request)}")
            async with self.sessions.writing() as session:
                await switch_link_off(session, token)
        except Refused as refusal:
            return link_refused(refusal)
        sentence = (
            "It opens nothing any more; the ticket is closed, and no further letter of it comes to you. "
            "If you have something else to say, write to us again, or to contact@beatpass.ca."
        )
        return Slip("The link is off.", sentence).response()

    async def _page(self, request: Request, notes: Sequence[str] = (), *, draft: str = "") -> Response:
        try:
            thread = await self._thread(request, notes, draft)
        except Refused as refusal:
            return link_refused(refusal)
        return small_page("thread.html", _REFUSED if notes else 200, thread=thread)

    async def _thread(self, request: Request, notes: Sequence[str], draft: str) -> Thread:
        """What the link leads to.

        Raises:
            TooManyAttempts: At this link or from this network address, lately.
            TicketLinkHasEnded: Nothing.
        """
        token, peer = token_of(request), peer_of(request)
        await count(self.attempts, Door(f"look:{stored_form(token)}:{peer}", _LOOKS), f"look:{peer}")
        async with self.sessions.reading() as session:
            ticket = await ticket_behind(session, token)
            messages = await queries.messages_of(session, [ticket.id])
            files = await cases.attachments(session, [one.id for one in messages])
        refused = why_not_written(ticket, now(), self.terms, by_staff=False)
        return Thread(
            subject=ticket.subject,
            reference=reference_of(ticket.id),
            standing=_standing(ticket, refused),
            entries=[await self._entry(one, files) for one in messages],
            open=refused is None,
            unproved=ticket.proved_at is None,
            notes=notes,
            draft=draft,
        )

    async def _entry(self, message: MessageRow, files: Sequence[AttachmentRow]) -> Entry:
        own = [one for one in files if one.case_id == message.id]
        signed = [(one.filename, await self.addresses.attachment(one.upload_id, one.filename)) for one in own]
        return Entry(
            who="BeatPass support" if message.from_staff else "You",
            at=_in_words(message.sent_at),
            text=message.text,
            files=[(name, file.url) for name, file in signed],
        )


def _shown_again(request: Request) -> Response:
    """So that a browser that loads the page anew sends nothing."""
    again = f"{TICKET_PATH}?{urlencode({'token': token_of(request)})}"
    return RedirectResponse(again, _SEE_OTHER, _KEPT_BY_NOBODY)


def _standing(ticket: TicketRow, refused: Refused | None) -> str:
    if refused is not None:
        return refused.message
    also = " What you write opens it again." if ticket.status is TicketStatus.CLOSED else ""
    return _STANDING[ticket.status] + also


def _in_words(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
