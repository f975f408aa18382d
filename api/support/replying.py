"""Writing to a ticket that there is: its owner, staff, and by a link who has no account (D-72)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.limiting import count
from api.auth.tokens import stored_form
from api.cases import attach
from api.gateways.attempts import Attempts
from api.refusals import Problems, check_id
from api.support.errors import TicketMovedOn, TicketNotFound
from api.support.links import held_behind, prove
from api.support.rules import SupportTerms, checked_message, sees, why_not_written
from api.support.writing import Written, said_before, write
from api.viewer import Viewer
from db.clock import now
from db.ids import SupportTicketId, TicketMessageId, UploadId, new_id
from db.queries import support as queries
from db.queries.support import TicketRow
from db.session import Sessions


@dataclass(frozen=True)
class Reply:
    """A message as somebody entered it.

    Attributes:
        files: Uploads for ATTACHMENT.
        close: Nothing more is expected.
        last_read: The newest message that they knew; null: they do not say.
    """

    text: str
    files: tuple[UploadId, ...] = ()
    close: bool = False
    last_read: TicketMessageId | None = None


async def reply(
    session: AsyncSession, viewer: Viewer, *, ticket: SupportTicketId, said: Reply, terms: SupportTerms
) -> None:
    """Add a message, as the ticket's owner or as staff; the same again within minutes changes nothing.

    Whoever writes holds the ticket, so of two at once each has the other's before or after; who says what they have read
    last is refused where it is not the last any more.

    Raises:
        TicketNotFound: There is none, or it is not for the viewer.
        TicketIsClosed: Too long ago for its owner.
        TicketIsFull: For its owner.
        IdOfAnotherType: What they have read is no message.
        TicketMovedOn: Something was written since.
        ManyRefused: Everything that is wrong with the input.
    """
    row = await queries.ticket_for_change(session, ticket)
    if row is None or not sees(viewer, row.account_id):
        raise TicketNotFound
    by_staff = viewer.account_id != row.account_id
    if refused := why_not_written(row, now(), terms, by_staff=by_staff):
        raise refused
    if said.last_read is not None:
        check_id(said.last_read, "tmg", "ticket message", ("last_read_message_id",))
    problems = Problems()
    written = _checked(problems, said, viewer, by_staff=by_staff)
    if not problems.found and await said_before(session, row, written):
        return
    await _refuse_unread(session, row, said.last_read)
    with problems.under():
        await attach(session, viewer, written.id, said.files)
    problems.refuse_any()
    await write(session, row, written, terms)


async def reply_by_link(
    sessions: Sessions, attempts: Attempts, *, token: str, said: Reply, terms: SupportTerms, peer: str
) -> None:
    """Add a message, as who was sent the link; it proves that they read what goes there.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
        TicketLinkHasEnded: The token opens nothing, for whatever reason.
        TicketIsClosed: Too long ago.
        TicketIsFull: It is.
        ManyRefused: The text cannot be taken.
    """
    await count(attempts, f"ticket-link:{stored_form(token)}", f"link:{peer}")
    async with sessions.writing() as session:
        ticket = await held_behind(session, token)
        if refused := why_not_written(ticket, now(), terms, by_staff=False):
            raise refused
        problems = Problems()
        written = _checked(problems, said, None, by_staff=False)
        problems.refuse_any()
        await prove(session, ticket)
        if not await said_before(session, ticket, written):
            await write(session, ticket, written, terms)


async def prove_by_link(sessions: Sessions, attempts: Attempts, *, token: str, peer: str) -> None:
    """Say that it was oneself who opened a ticket, without adding anything; again changes nothing.

    Raises:
        TooManyAttempts: At this link or from this network address, lately.
        TicketLinkHasEnded: The token opens nothing, for whatever reason.
    """
    await count(attempts, f"ticket-link:{stored_form(token)}", f"link:{peer}")
    async with sessions.writing() as session:
        await prove(session, await held_behind(session, token))


def _checked(problems: Problems, said: Reply, viewer: Viewer | None, *, by_staff: bool) -> Written:
    text = ""
    with problems.under("text"):
        text = checked_message(said.text)
    author, message = viewer.account_id if viewer else None, TicketMessageId(new_id("tmg"))
    return Written(message, author, by_staff, text, said.files, said.close)


async def _refuse_unread(session: AsyncSession, ticket: TicketRow, last_read: TicketMessageId | None) -> None:
    """Raise if the message is not the newest one.

    Raises:
        TicketMovedOn: There is a newer one.
    """
    if last_read is None:
        return
    newest = await queries.message_numbered(session, ticket.id, ticket.messages)
    if newest is None or newest.id != last_read:
        raise TicketMovedOn(object_id=ticket.id)
