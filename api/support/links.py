"""The link by which somebody without an account reads and answers their ticket."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.tokens import stored_form
from api.settings import Settings
from api.signatures import Signer
from api.support.errors import TicketLinkHasEnded
from api.support.rules import ORDINARY
from db.clock import now
from db.queries import support as queries
from db.queries.support import TicketRow
from db.vocabulary import TicketStatus

TICKET_PATH: Final = "/support/ticket"
"""Of the site: where links lead to; the same path of the API has a page that is enough where there is no site."""
LINK_LIVES: Final = timedelta(days=90)
"""From the last letter on: a thread may rest for weeks, and an inbox may be another's after years."""
_PREFIX: Final = "bpk_"


class TicketLinks:
    """Makes the links of one installation.

    A token is a signature of a ticket: whoever knows the database alone cannot make one, and each letter has the same.
    """

    def __init__(self, settings: Settings) -> None:
        self._start = f"{settings.share_base}{TICKET_PATH}"
        self._signer = Signer(settings.secret_key, use="ticket")

    def token(self, ticket: TicketRow) -> str:
        return _PREFIX + self._signer.sign(ticket.id)

    def address(self, token: str) -> str:
        return f"{self._start}?token={token}"


async def give_link(session: AsyncSession, links: TicketLinks, ticket: TicketRow) -> str:
    """Let a ticket, which is held, be opened by the link of a letter that is about to go out, from now on for a while.

    Returns:
        The link.
    """
    token = links.token(ticket)
    opens = {"token_sha256": stored_form(token), "link_ends_at": now() + LINK_LIVES}
    await queries.change_ticket(session, ticket.id, opens)
    return links.address(token)


async def ticket_behind(session: AsyncSession, token: str) -> TicketRow:
    """The ticket that a link leads to.

    Raises:
        TicketLinkHasEnded: None, for whatever reason.
    """
    found = await queries.ticket_of_token(session, stored_form(token), now())
    if found is None:
        raise TicketLinkHasEnded
    return found


async def held_behind(session: AsyncSession, token: str) -> TicketRow:
    """As `ticket_behind`, for who writes to it: nobody switches the link off meanwhile.

    Raises:
        TicketLinkHasEnded: There is none.
    """
    found = await ticket_behind(session, token)
    held = await queries.ticket_for_change(session, found.id)
    if held is None or held.letters_ended_at is not None:
        raise TicketLinkHasEnded
    return held


async def prove(session: AsyncSession, ticket: TicketRow) -> None:
    """Somebody reads what goes to the e-mail of a ticket, which is held; the first time is kept.

    That is said of this ticket alone: whoever enters the same e-mail for another one may be anybody.
    """
    if ticket.proved_at is None:
        await queries.change_ticket(session, ticket.id, {"proved_at": now(), "line": ORDINARY})


async def switch_link_off(session: AsyncSession, token: str) -> None:
    """End a link and all further letters of its ticket, and close it: no answer would be read.

    It is for whoever never wrote to us, so nothing is to come of what others do; who did write opens another one.

    Raises:
        TicketLinkHasEnded: There is none.
    """
    ticket, moment = await held_behind(session, token), now()
    ended = {"token_sha256": None, "link_ends_at": None, "letters_ended_at": moment}
    closed = {"status": TicketStatus.CLOSED, "closed_at": ticket.closed_at or moment}
    await queries.change_ticket(session, ticket.id, ended | closed)
