"""Reading tickets and what was written to them; writing both (D-72)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, SupportContactId, SupportTicketId, TicketMessageId, UploadId, new_id
from db.models.producers import Attachment
from db.models.support import SupportContact, SupportTicket, TicketMessage
from db.queries.paging import Key, Page, Slice, sliced
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import TicketStatus

_UNPROVED: Final = 2
"""Line of tickets without an account whose e-mail nobody has proved to read; the last one, so it is a part of an index."""


class TicketChoice(NamedTuple):
    """Which tickets are asked for.

    Attributes:
        statuses: Null: all of them.
        proved: Only of who has no account, and has proved their e-mail or has not; null: everybody's.
    """

    statuses: Collection[TicketStatus] | None = None
    proved: bool | None = None


class TicketRow(NamedTuple):
    """A ticket.

    Attributes:
        email: Of whoever has no account.
        messages: How many there are.
    """

    id: SupportTicketId
    account_id: AccountId | None
    contact_id: SupportContactId | None
    email: str | None
    proved_at: datetime | None
    subject: str
    status: TicketStatus
    line: int
    respond_by: datetime
    messages: int
    opened_at: datetime
    closed_at: datetime | None
    letters_ended_at: datetime | None


class MessageRow(NamedTuple):
    id: TicketMessageId
    ticket_id: SupportTicketId
    number: int
    from_staff: bool
    author_id: AccountId | None
    text: str
    sent_at: datetime


TICKETS: Final = select_row(TicketRow, SupportTicket)
_MESSAGES: Final = select_row(MessageRow, TicketMessage)
_IN_LINE: Final = [
    Key(col(SupportTicket.line)),
    Key(col(SupportTicket.respond_by)),
    Key(col(SupportTicket.id)),
]
_NEWEST_FIRST: Final = [Key(col(SupportTicket.opened_at), True), Key(col(SupportTicket.id), True)]


async def tickets(session: AsyncSession, ids: Collection[SupportTicketId]) -> list[TicketRow]:
    return await read(session, TicketRow, TICKETS.where(col(SupportTicket.id).in_(ids)))


async def ticket_for_change(session: AsyncSession, ticket: SupportTicketId) -> TicketRow | None:
    """One ticket; nobody else writes to it until the transaction ends."""
    chosen = TICKETS.where(col(SupportTicket.id) == ticket)
    return await read_one(session, TicketRow, chosen.with_for_update(key_share=True))


async def ticket_of_token(session: AsyncSession, token_sha256: str, moment: datetime) -> TicketRow | None:
    """The ticket that a link leads to; null if the link is off or has ended, or there is none."""
    living = col(SupportTicket.token_sha256) == token_sha256, col(SupportTicket.link_ends_at) > moment
    return await read_one(session, TicketRow, TICKETS.where(*living))


# ---- lists -------------------------------------------------------------------------------------------


def queue_statement(choice: TicketChoice, part: Slice) -> AnySelect:
    """The statement of `page_of_queue`."""
    return sliced(TICKETS.where(*_in(choice)), _IN_LINE, part)


async def page_of_queue(session: AsyncSession, choice: TicketChoice, part: Slice) -> Page[TicketRow]:
    """Everybody's: priority first, unproved last, and within these by when they are to be answered."""
    return await read_page(session, TicketRow, TICKETS.where(*_in(choice)), _IN_LINE, part)


async def count_queue(session: AsyncSession, choice: TicketChoice) -> int:
    return await read_count(session, _counted().where(*_in(choice)))


def own_statement(account: AccountId, choice: TicketChoice, part: Slice) -> AnySelect:
    """The statement of `page_of_own`."""
    return sliced(TICKETS.where(_of(account), *_in(choice)), _NEWEST_FIRST, part)


async def page_of_own(
    session: AsyncSession, account: AccountId, choice: TicketChoice, part: Slice
) -> Page[TicketRow]:
    """An account's, newest first."""
    own = TICKETS.where(_of(account), *_in(choice))
    return await read_page(session, TicketRow, own, _NEWEST_FIRST, part)


async def count_own(session: AsyncSession, account: AccountId, choice: TicketChoice) -> int:
    return await read_count(session, _counted().where(_of(account), *_in(choice)))


# ---- what was written --------------------------------------------------------------------------------


async def messages_of(session: AsyncSession, tickets: Collection[SupportTicketId]) -> list[MessageRow]:
    """Everything that was written to these tickets, in its order."""
    written = _MESSAGES.where(col(TicketMessage.ticket_id).in_(tickets))
    return await read(session, MessageRow, written.order_by(col(TicketMessage.number)))


async def messages(session: AsyncSession, ids: Collection[TicketMessageId]) -> list[MessageRow]:
    return await read(session, MessageRow, _MESSAGES.where(col(TicketMessage.id).in_(ids)))


async def message_numbered(session: AsyncSession, ticket: SupportTicketId, number: int) -> MessageRow | None:
    chosen = col(TicketMessage.ticket_id) == ticket, col(TicketMessage.number) == number
    return await read_one(session, MessageRow, _MESSAGES.where(*chosen))


async def files_of(session: AsyncSession, message: TicketMessageId) -> list[UploadId]:
    """Uploads that were added to a message, in their order."""
    added = select(col(Attachment.upload_id)).where(col(Attachment.case_id) == message)
    return [UploadId(one) for one in await session.scalars(added.order_by(col(Attachment.position)))]


def opened_since_statement(
    owner: AccountId | SupportContactId, since: datetime, *, account: bool
) -> AnySelect:
    """The statement of `opened_since`."""
    whose = _of(owner, account=account)
    moments = select(col(SupportTicket.opened_at)).where(whose, col(SupportTicket.opened_at) > since)
    return moments.order_by(col(SupportTicket.opened_at))


async def opened_since(
    session: AsyncSession, owner: AccountId | SupportContactId, since: datetime, *, account: bool
) -> list[datetime]:
    """When an account, or a contact, opened tickets, oldest first."""
    return list(await session.scalars(opened_since_statement(owner, since, account=account)))


def newest_statement(owner: AccountId | SupportContactId, since: datetime, *, account: bool) -> AnySelect:
    """The statement of `newest_of`."""
    lately = TICKETS.where(_of(owner, account=account), col(SupportTicket.opened_at) > since)
    return lately.order_by(col(SupportTicket.opened_at).desc(), col(SupportTicket.id).desc()).limit(1)


async def newest_of(
    session: AsyncSession, owner: AccountId | SupportContactId, since: datetime, *, account: bool
) -> TicketRow | None:
    """The ticket that an account, or a contact, opened last, if it was since then."""
    return await read_one(session, TicketRow, newest_statement(owner, since, account=account))


async def add_ticket(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    session.add(SupportTicket(**columns))
    await session.flush()


async def change_ticket(session: AsyncSession, ticket: SupportTicketId, columns: Mapping[str, Any]) -> None:
    await session.execute(update(SupportTicket).where(col(SupportTicket.id) == ticket).values(**columns))


async def add_message(session: AsyncSession, message: MessageRow) -> None:
    session.add(TicketMessage(**message._asdict()))
    await session.flush()


# ---- who has no account ------------------------------------------------------------------------------


async def contact_for_change(session: AsyncSession, email_key: str) -> SupportContactId:
    """Who writes from an address, made where there is nobody; nobody else opens a ticket of theirs meanwhile."""
    row = {"id": new_id("spc"), "email_key": email_key, "created_at": now()}
    new = inserting(session, SupportContact).values(row)
    await session.execute(new.on_conflict_do_nothing(index_elements=["email_key"]))
    chosen = select(col(SupportContact.id)).where(col(SupportContact.email_key) == email_key)
    return SupportContactId((await session.execute(chosen.with_for_update(key_share=True))).scalar_one())


def _of(owner: AccountId | SupportContactId, *, account: bool = True) -> ColumnElement[bool]:
    return col(SupportTicket.account_id if account else SupportTicket.contact_id) == owner


def _in(choice: TicketChoice) -> Sequence[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if choice.statuses is not None:
        chosen.append(col(SupportTicket.status).in_(choice.statuses))
    if choice.proved is not None:
        chosen.append(
            col(SupportTicket.proved_at).is_not(None)
            if choice.proved
            else col(SupportTicket.line) >= _UNPROVED
        )
    return chosen


def _counted() -> AnySelect:
    return select(func.count()).select_from(SupportTicket)


# ---- forgetting --------------------------------------------------------------------------------------


async def forget_contact(session: AsyncSession, email_key: str) -> None:
    """What somebody wrote from an address without an account, and the address."""
    contact = select(col(SupportContact.id)).where(col(SupportContact.email_key) == email_key)
    tickets = select(col(SupportTicket.id)).where(col(SupportTicket.contact_id).in_(contact))
    await delete_tickets(session, list(await session.scalars(tickets)))
    await session.execute(delete(SupportContact).where(col(SupportContact.email_key) == email_key))


async def forget_contacts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Tickets without an account to which nobody has written since, and addresses that have none left; how many tickets."""
    latest = select(func.max(col(TicketMessage.sent_at))).where(
        col(TicketMessage.ticket_id) == col(SupportTicket.id)
    )
    resting = col(SupportTicket.contact_id).is_not(None), latest.scalar_subquery() < before
    old = select(col(SupportTicket.id)).where(*resting).order_by(col(SupportTicket.id)).limit(limit)
    tickets = list(await session.scalars(old))
    await delete_tickets(session, tickets)
    has_one = exists().where(col(SupportTicket.contact_id) == col(SupportContact.id))
    await session.execute(delete(SupportContact).where(col(SupportContact.created_at) < before, ~has_one))
    return len(tickets)


async def delete_tickets(session: AsyncSession, tickets: Collection[str]) -> None:
    await session.execute(delete(TicketMessage).where(col(TicketMessage.ticket_id).in_(tickets)))
    await session.execute(delete(SupportTicket).where(col(SupportTicket.id).in_(tickets)))
