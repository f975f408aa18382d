"""Writing to support, with an account or without one (D-72)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.limiting import count
from api.auth.rules import checked_email, email_key
from api.cases import attach
from api.gateways.attempts import Attempts, Door
from api.notifications.errors import NoEmailIsSent
from api.refusals import Problems
from api.support.errors import EmailIsNeeded, FilesNeedAnAccount, TooManyTickets
from api.support.rules import UNPROVED, SupportTerms, checked_message, checked_subject, line_of
from api.support.writing import Written, said_before, write
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId, SupportContactId, SupportTicketId, TicketMessageId, UploadId, new_id
from db.queries import accounts
from db.queries import support as queries
from db.session import Sessions

_DAY: Final = timedelta(days=1)
_AGAIN_WITHIN: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class NewTicket:
    """A ticket as somebody entered it.

    Attributes:
        email: Where the answer goes to who has no account; with one it goes there, and this has only to be an e-mail.
        files: Uploads for ATTACHMENT.
    """

    subject: str
    text: str
    email: str | None = None
    files: tuple[UploadId, ...] = ()


@dataclass(frozen=True)
class _Whose:
    """Columns of a ticket that say whose it is: of an account, or of a contact."""

    line: int
    account_id: AccountId | None = None
    contact_id: SupportContactId | None = None
    email: str | None = None


async def open_ticket(
    sessions: Sessions, attempts: Attempts, viewer: Viewer, new: NewTicket, *, terms: SupportTerms, peer: str
) -> SupportTicketId:
    """Open a ticket of an account; the same again within minutes is the same ticket.

    Raises:
        TooManyAttempts: Lately.
        TooManyTickets: In the last 24 hours.
        ManyRefused: Everything that is wrong with the input.
    """
    await count(attempts, f"ticket:{viewer.account_id}", f"ticket-from:{peer}")
    async with sessions.writing() as session:
        return await open_for(session, viewer, new, terms)


async def open_for(
    session: AsyncSession, viewer: Viewer, new: NewTicket, terms: SupportTerms
) -> SupportTicketId:
    """As `open_ticket`, in a transaction."""
    account, whose = viewer.account_id, _Whose(line_of(viewer), account_id=viewer.account_id)
    await accounts.lock(session, account)  # two at once cannot share the last one of the day
    problems = Problems()
    subject, written = _checked(problems, new, account)
    if new.email:
        with problems.under("email"):
            checked_email(new.email)
    if not problems.found and (known := await _known(session, subject, written, whose)):
        return known
    with problems.under():
        await attach(session, viewer, written.id, new.files)
    problems.refuse_any()
    _check_limit(await queries.opened_since(session, account, now() - _DAY, account=True), terms)
    return await _add(session, subject, written, whose, terms)


async def open_without_account(
    sessions: Sessions,
    attempts: Attempts,
    new: NewTicket,
    *,
    terms: SupportTerms,
    peer: str,
    mailing: bool,
) -> SupportTicketId:
    """Open a ticket of whoever reads an e-mail; the same again within minutes is the same ticket.

    Nobody looks whether an account has the e-mail: it is not proved to be theirs. So each ticket is a letter to somebody
    who may not have asked for one, and few are opened from one network address, whatever e-mails are entered there.

    Raises:
        NoEmailIsSent: By this installation: there would be no way to answer.
        TooManyAttempts: For this e-mail, lately, or from this network address, in an hour.
        TooManyTickets: For this e-mail, in the last 24 hours.
        ManyRefused: Everything that is wrong with the input.
    """
    problems = Problems()
    subject, written = _checked(problems, new, None)
    email = ""
    with problems.under("email"):
        email = _address(new.email)
    if new.files:
        problems.note(FilesNeedAnAccount())
    problems.refuse_any()
    if not mailing:
        raise NoEmailIsSent
    key = email_key(email)
    from_there = Door(f"guest-tickets-from:{peer}", terms.guest_tickets_an_hour, minutes=60)
    await count(attempts, f"ticket:{key}:{peer}", from_there, f"ticket:{key}")
    async with sessions.writing() as session:
        contact = await queries.contact_for_change(session, key)
        whose = _Whose(UNPROVED, contact_id=contact, email=email)
        if known := await _known(session, subject, written, whose):
            return known
        _check_limit(await queries.opened_since(session, contact, now() - _DAY, account=False), terms)
        return await _add(session, subject, written, whose, terms)


def _address(email: str | None) -> str:
    if email is None or not email.strip():
        raise EmailIsNeeded
    return checked_email(email)


def _checked(problems: Problems, new: NewTicket, author: AccountId | None) -> tuple[str, Written]:
    """Subject and first message as they are kept; what is wrong is noted."""
    subject = text = ""
    with problems.under("subject"):
        subject = checked_subject(new.subject)
    with problems.under("text"):
        text = checked_message(new.text)
    return subject, Written(
        TicketMessageId(new_id("tmg")), author, by_staff=False, text=text, files=new.files
    )


async def _known(
    session: AsyncSession, subject: str, written: Written, whose: _Whose
) -> SupportTicketId | None:
    """The owner's newest ticket, where it is the same, opened twice; of another spelling of an e-mail it is not."""
    owner, since = whose.account_id or whose.contact_id, now() - _AGAIN_WITHIN
    assert owner
    newest = await queries.newest_of(session, owner, since, account=whose.account_id is not None)
    if newest is None or (newest.subject, newest.email, newest.messages) != (subject, whose.email, 1):
        return None
    return newest.id if await said_before(session, newest, written) else None


def _check_limit(opened: Sequence[datetime], terms: SupportTerms) -> None:
    if len(opened) >= terms.tickets_a_day:
        raise TooManyTickets(limit=terms.tickets_a_day, retry_at=opened[-terms.tickets_a_day] + _DAY)


async def _add(
    session: AsyncSession, subject: str, written: Written, whose: _Whose, terms: SupportTerms
) -> SupportTicketId:
    ticket, moment = SupportTicketId(new_id("tkt")), now()
    columns = {"respond_by": terms.respond_by(moment, whose.line), "opened_at": moment, **vars(whose)}
    await queries.add_ticket(session, {"id": ticket, "subject": subject, **columns})
    [row] = await queries.tickets(session, [ticket])
    await write(session, row, written, terms)
    return ticket
