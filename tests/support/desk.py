"""Tickets, and who writes to them."""

import email
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from api.support.rules import ORDINARY, UNPROVED
from db.clock import now
from db.ids import JobId, SupportContactId, SupportTicketId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.support import SupportContact, SupportTicket, TicketMessage
from db.session import Sessions
from db.vocabulary import JobKind, JobState, TicketStatus
from tests.factories import Person
from tests.stage import Json, Somebody, Stage
from tests.working import tools_of
from workers.actors import support as actors
from workers.transaction import perform

TICKET: Final = """ticket { id subject status priority respondBy openedAt closedAt email emailProved lettersEndedAt account { id }
  viewerCanReply { allowed code } messages { id fromStaff text sentAt author { displayName } attachments { filename } } }"""
LINK: Final = re.compile(r"https://beatpass\.test(/support/ticket\?token=bpk_[\w-]{43})")
WROTE: Final = {"subject": "My upload", "text": "It stops at 40 %."}


async def opened(stage: Stage, who: Somebody | None, **given: Any) -> Json:
    """A ticket that somebody has just opened.

    Args:
        given: Of the input; `peer`: from which network address.
    """
    payload: Json = await stage.mutate(who, "openSupportTicket", TICKET, **_entered(given))
    assert payload["errors"] == []
    ticket: Json = payload["ticket"]
    return ticket


async def replied(stage: Stage, who: Somebody, ticket: str, text: str = "Thank you.", **given: Any) -> Json:
    """The ticket after somebody wrote to it."""
    said = {"text": text, "close": False, **given}
    payload: Json = await stage.mutate(who, "replyToSupportTicket", TICKET, id=ticket, input=said)
    assert payload["errors"] == []
    after: Json = payload["ticket"]
    return after


async def not_opened(stage: Stage, who: Somebody | None, **given: Any) -> list[tuple[str, str]]:
    return await stage.refusals(who, "openSupportTicket", **_entered(given))


def _entered(given: dict[str, Any]) -> dict[str, Any]:
    peer = given.pop("peer", "192.0.2.1")
    return {"input": {**WROTE, **given}, "peer": peer}


async def not_replied(
    stage: Stage, who: Somebody, ticket: str, text: str = "Thank you.", **given: Any
) -> list[tuple[str, str]]:
    said = {"text": text, "close": False, **given}
    return await stage.refusals(who, "replyToSupportTicket", id=ticket, input=said)


async def a_ticket(
    sessions: Sessions, of: Person | SupportContactId, text: str = "It stops at 40 %.", **different: Any
) -> SupportTicketId:
    """One with a message, of an account or of a contact, as if it had been opened."""
    usual: dict[str, Any] = {
        "account_id": of.account if isinstance(of, Person) else None,
        "contact_id": None if isinstance(of, Person) else of,
        "subject": "My upload",
        "line": ORDINARY if isinstance(of, Person) else UNPROVED,
        "email": None if isinstance(of, Person) else "vera@example.org",
        "respond_by": now() + timedelta(days=3),
        "messages": 1,
    }
    ticket = SupportTicket(**(usual | different))
    if ticket.status == TicketStatus.CLOSED and ticket.closed_at is None:
        ticket.closed_at = now()
    author = of.account if isinstance(of, Person) else None
    async with sessions.writing() as session:
        session.add(ticket)
        await session.flush()
        session.add(
            TicketMessage(ticket_id=ticket.id, number=1, from_staff=False, author_id=author, text=text)
        )
    return ticket.id


async def a_contact(sessions: Sessions, address: str = "vera@example.org") -> SupportContactId:
    contact = SupportContact(email_key=address)
    async with sessions.writing() as session:
        session.add(contact)
    return contact.id


async def set_back(sessions: Sessions, ticket: str, by: timedelta) -> None:
    """As if everything about a ticket had happened so much earlier."""
    async with sessions.writing() as session:
        row = await session.get_one(SupportTicket, ticket)
        row.opened_at -= by
        row.closed_at = row.closed_at and row.closed_at - by
        row.link_ends_at = row.link_ends_at and row.link_ends_at - by
        for message in await session.scalars(select(TicketMessage)):
            if message.ticket_id == ticket:
                message.sent_at -= by


async def fill_up(sessions: Sessions, ticket: str, messages: int) -> None:
    """As if so much had been written."""
    async with sessions.writing() as session:
        full = update(SupportTicket).where(col(SupportTicket.id) == ticket)
        await session.execute(full.values(messages=messages))


async def notices(sessions: Sessions) -> list[Notification]:
    async with sessions.reading() as session:
        return list(await session.scalars(select(Notification).order_by(col(Notification.id))))


@dataclass(frozen=True)
class Letter:
    """A mail as it lies in the folder."""

    file: Path
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"].addresses[0].addr_spec)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def texts(self) -> list[str]:
        """Plain text and HTML."""
        parts = [self.message.get_body((kind,)) for kind in ("plain", "html")]
        return [str(part.get_content()).replace("\r\n", "\n") for part in parts if part]

    @property
    def link(self) -> str:
        """Path and token, the same in both texts."""
        links = {found.group(1) for text in self.texts for found in LINK.finditer(text)}
        assert len(links) == 1, links
        return links.pop()


@dataclass(frozen=True)
class Post:
    """What becomes of letters.

    Attributes:
        folder: Where e-mails are laid.
    """

    stage: Stage
    folder: Path

    async def jobs(self) -> Sequence[Job]:
        chosen = select(Job).where(col(Job.kind) == JobKind.SEND_TICKET_LETTER).order_by(col(Job.id))
        async with self.stage.sessions.reading() as session:
            return list(await session.scalars(chosen))

    async def send(self) -> None:
        """Do all jobs that wait."""
        for job in await self.jobs():
            if job.state is JobState.READY:
                await self.do(job)
        assert {job.state for job in await self.jobs()} <= {JobState.DONE}

    async def do(self, job: Job) -> None:
        """Or be nudged about one that is done."""
        await perform(tools_of(self.stage), JobId(job.id), actors.send_ticket_letter)

    async def letters(self) -> list[Letter]:
        """All that were sent, oldest first; those that wait are sent first."""
        await self.send()
        files = sorted(self.folder.glob("*.eml"), key=lambda file: file.stem.rpartition("_")[2])
        read = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [Letter(file, message) for file, message in zip(files, read, strict=True)]
