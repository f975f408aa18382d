"""A message comes to a ticket: what becomes of it, and who hears of that (D-72)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.channels import MAILING
from api.notices import Notice, notify
from api.support.rules import SupportTerms, end_in_words, status_after
from db import jobs
from db.clock import now
from db.ids import AccountId, TicketMessageId, UploadId
from db.queries import support as queries
from db.queries.support import MessageRow, TicketRow
from db.vocabulary import JobKind, NotificationKind, TicketStatus

_AGAIN_WITHIN: Final = timedelta(minutes=10)
"""What somebody writes a second time in so short a while was sent twice, as by a double click."""
_LONGEST_EXCERPT: Final = 500


@dataclass(frozen=True)
class Written:
    """A message that can be taken.

    Attributes:
        author: Null: who has no account.
        files: Uploads that are the message's.
        close: Nothing more is expected.
    """

    id: TicketMessageId
    author: AccountId | None
    by_staff: bool
    text: str
    files: tuple[UploadId, ...] = ()
    close: bool = False


async def said_before(session: AsyncSession, ticket: TicketRow, written: Written) -> TicketMessageId | None:
    """The newest message, where it is the same, sent twice; the ticket is as it would be."""
    newest = await queries.message_numbered(session, ticket.id, ticket.messages)
    if newest is None or ticket.status is not status_after(by_staff=written.by_staff, close=written.close):
        return None
    same = (newest.author_id, newest.from_staff, newest.text) == (
        written.author,
        written.by_staff,
        written.text,
    )
    if not same or newest.sent_at <= now() - _AGAIN_WITHIN:
        return None
    files = tuple(await queries.files_of(session, newest.id))
    return newest.id if files == written.files else None


async def write(session: AsyncSession, ticket: TicketRow, written: Written, terms: SupportTerms) -> None:
    """Add a message to a ticket that is held; its owner hears of what staff write."""
    moment, number = now(), ticket.messages + 1
    message = MessageRow(
        written.id, ticket.id, number, written.by_staff, written.author, written.text, moment
    )
    await queries.add_message(session, message)
    await queries.change_ticket(session, ticket.id, _after(ticket, written, moment, terms))
    if ticket.account_id is None:
        await _have_letter_sent(session, ticket, message, closed=written.close)
    elif written.by_staff:
        await notify(session, [ticket.account_id], _answer(ticket, message, written, terms))


def _after(ticket: TicketRow, written: Written, moment: datetime, terms: SupportTerms) -> dict[str, Any]:
    """Columns of the ticket; what waits already is to be answered by when it was."""
    status = status_after(by_staff=written.by_staff, close=written.close)
    closed_at = moment if status is TicketStatus.CLOSED else None
    columns: dict[str, Any] = {
        "status": status,
        "closed_at": closed_at,
        "messages": ticket.messages + 1,
    }
    if status is TicketStatus.OPEN and ticket.status is not TicketStatus.OPEN:
        columns["respond_by"] = terms.respond_by(moment, ticket.line)
    return columns


async def _have_letter_sent(
    session: AsyncSession, ticket: TicketRow, message: MessageRow, *, closed: bool
) -> None:
    """That their first message has come, and every answer, with the link that it is answered by."""
    wanted = ticket.letters_ended_at is None and (message.from_staff or message.number == 1)
    if session.info.get(MAILING) and wanted:
        await jobs.add(session, JobKind.SEND_TICKET_LETTER, key=message.id, message=message.id, closed=closed)


def _answer(ticket: TicketRow, message: MessageRow, written: Written, terms: SupportTerms) -> Notice:
    cut = len(message.text) > _LONGEST_EXCERPT
    said = f"{message.text[:_LONGEST_EXCERPT]}…" if cut else message.text
    return Notice(
        kind=NotificationKind.SUPPORT_REPLY,
        subject=f"{ticket.id}:m{message.number}",
        title=f"Support has answered: {ticket.subject}",
        body=f"{said}\n\n{end_in_words(terms)}" if written.close else said,
        path=f"/support/{ticket.id}",
    )
