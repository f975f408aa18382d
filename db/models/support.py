"""Tickets: what people and support write to each other (D-72)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, SupportContactId, SupportTicketId, TicketMessageId
from db.table import Table
from db.vocabulary import TicketStatus


class SupportContact(Table, table=True):
    """An address that somebody without an account writes from, or says so; one row for each, whose lock counts tickets.

    What is known of who reads it stands in each ticket: that one of them was proved says nothing of who wrote the next.
    """

    id: SupportContactId = own_id("spc")
    email_key: str = Field(max_length=254, unique=True)
    created_at: datetime = instant(default_factory=now)


class SupportTicket(Table, table=True):
    """A conversation. Whoever writes to it holds its row."""

    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (contact_id IS NULL)", name="somebodys"),
        CheckConstraint("line IN (0, 1, 2)", name="line_known"),
        CheckConstraint("line <> 0 OR account_id IS NOT NULL", name="priority_needs_an_account"),
        CheckConstraint(
            "(line = 2) = (contact_id IS NOT NULL AND proved_at IS NULL)", name="unproved_come_last"
        ),
        CheckConstraint("(email IS NULL) = (contact_id IS NULL)", name="email_of_a_contact"),
        CheckConstraint("proved_at IS NULL OR contact_id IS NOT NULL", name="proved_by_a_contact"),
        CheckConstraint(
            "letters_ended_at IS NULL OR (contact_id IS NOT NULL AND token_sha256 IS NULL)",
            name="no_link_without_letters",
        ),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed_at_some_time"),
        CheckConstraint("(token_sha256 IS NULL) = (link_ends_at IS NULL)", name="link_ends"),
        CheckConstraint("token_sha256 IS NULL OR contact_id IS NOT NULL", name="link_of_a_contact"),
        one_of("status", TicketStatus),
        Index("support_ticket_queue", "line", "respond_by", "id"),
        Index("support_ticket_queue_of_status", "status", "line", "respond_by", "id"),
        Index("support_ticket_of_account", "account_id", "opened_at", "id"),
        Index("support_ticket_of_contact", "contact_id", "opened_at"),
    )

    id: SupportTicketId = own_id("tkt")
    account_id: AccountId | None = id_of(default=None, foreign_key="account.id")
    contact_id: SupportContactId | None = id_of(default=None, foreign_key="support_contact.id")
    """Whose it is who has no account."""
    email: str | None = Field(default=None, max_length=254)
    """Of that contact, as it was entered for this ticket."""
    proved_at: datetime | None = instant(default=None)
    """When who has no account first used a button behind the ticket's own link; null: the e-mail may be a stranger's."""
    subject: str = Field(max_length=150)
    status: TicketStatus = word(TicketStatus, default=TicketStatus.OPEN)
    line: int
    """0: priority (D-5), which comes first; 1: everybody else's; 2: nobody has proved to read its e-mail."""
    respond_by: datetime = instant()
    """By when staff mean to answer what waits, or meant to."""
    messages: int = 0
    """How many there are, which numbers them."""
    opened_at: datetime = instant(default_factory=now)
    closed_at: datetime | None = instant(default=None)
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    """Of the token in the link that a contact answers by; null until a letter is written, and once the link is off."""
    link_ends_at: datetime | None = instant(default=None)
    letters_ended_at: datetime | None = instant(default=None)
    """When who reads the e-mail switched the link off: no letter of this ticket goes there any more."""


class TicketMessage(Table, table=True):
    """What was written to a ticket; never changed afterwards. Its files are `Attachment`s."""

    __table_args__ = (UniqueConstraint("ticket_id", "number"),)

    id: TicketMessageId = own_id("tmg")
    ticket_id: SupportTicketId = id_of(foreign_key="support_ticket.id")
    number: int
    """From 1 on, within the ticket."""
    from_staff: bool
    author_id: AccountId | None = id_of(default=None, foreign_key="account.id", index=True)
    """Null: who has no account."""
    text: str
    sent_at: datetime = instant(default_factory=now)
