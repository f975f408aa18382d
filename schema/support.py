"""Support: tickets, and what was written to them."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import AccountId, SupportTicketId
from db.queries.support import MessageRow, TicketRow
from db.vocabulary import Role, TicketStatus
from schema.accounts import Account, Member
from schema.cases import Attachment
from schema.context import Info
from schema.errors import UserError
from schema.ground import Ability, Node, absent
from schema.paging import Connection


@strawberry.type
class TicketMessage(Node):
    """One message."""

    author_id: strawberry.Private[AccountId | None]
    from_staff: bool
    """False: its owner wrote it."""
    text: str
    """Plain text with line breaks."""
    sent_at: datetime
    """When."""

    @classmethod
    def of(cls, row: MessageRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            author_id=row.author_id,
            from_staff=row.from_staff,
            text=row.text,
            sent_at=row.sent_at,
        )

    @strawberry.field
    async def attachments(self, info: Info) -> list[Attachment]:
        """Files that were added to it."""
        return await info.context.loaders.attachments.load(self.id)

    @strawberry.field
    async def author(self, info: Info) -> Member | None:
        """Who wrote it; for staff. Null also of who has no account."""
        viewer = info.context.viewer
        if self.author_id is None or viewer is None or not viewer.has(Role.STAFF):
            return None
        return await info.context.loaders.members.load(self.author_id)


@strawberry.type
class SupportTicket(Node):
    """A conversation with support; seen by its owner and staff."""

    account_id: strawberry.Private[AccountId | None]
    subject: str
    """What it is about."""
    status: TicketStatus
    """Whose turn it is."""
    priority: bool
    """It comes before the others, for it was opened by a verified producer."""
    respond_by: datetime
    """By when staff mean to answer what waits, or meant to answer what they have."""
    opened_at: datetime
    """When it was opened."""
    closed_at: datetime | None
    """When it was last closed, while it is."""
    email: str | None
    """Where answers go to who has no account; null where there is one."""
    email_proved: bool | None
    """Somebody has used the link in this ticket's own letters: until then `email` may be anybody's. Null where there is an account."""
    letters_ended_at: datetime | None
    """When who reads `email` wanted no more of it: what is written to it reaches nobody then. Null where there is an account."""

    @classmethod
    def of(cls, row: TicketRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            account_id=row.account_id,
            subject=row.subject,
            status=row.status,
            priority=row.line == 0,
            respond_by=row.respond_by,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            email=row.email,
            email_proved=None if row.contact_id is None else row.proved_at is not None,
            letters_ended_at=row.letters_ended_at,
        )

    @strawberry.field
    async def account(self, info: Info) -> Account | None:
        """Whose it is; null of who has no account."""
        return await info.context.loaders.accounts.load(self.account_id) if self.account_id else None

    @strawberry.field
    async def messages(self, info: Info) -> list[TicketMessage]:
        """Everything that was written, oldest first."""
        return await info.context.loaders.ticket_messages.load(SupportTicketId(self.id))

    @strawberry.field
    async def viewer_can_reply(self, info: Info) -> Ability:
        """Write to it; who has no account does it by the link in our letters."""
        return await info.context.loaders.ticket_replies.load(SupportTicketId(self.id))


@strawberry.type
class SupportTicketConnection(Connection[SupportTicket]):
    """A page."""


@strawberry.input
class TicketStatusFilter:
    eq: TicketStatus | None = absent()
    any_of: list[TicketStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class TicketWhere:
    status: TicketStatusFilter | None = absent()
    """By state."""
    email_proved: bool | None = absent()
    """Only tickets without an account, of who has proved `email` or has not."""


@strawberry.input
class OpenSupportTicketInput:
    subject: str
    """1 to 150 characters."""
    text: str
    """1 to 5,000 characters."""
    email: str | None = absent()
    """Where the answer goes to who is not signed in; with an account it goes there, whatever stands here."""
    attachment_upload_ids: list[strawberry.ID] | None = absent()
    """Uploads for ATTACHMENT, with an account; at most 5."""


@strawberry.type
class OpenSupportTicketPayload:
    ticket: SupportTicket | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ReplyToSupportTicketInput:
    text: str
    """1 to 5,000 characters."""
    attachment_upload_ids: list[strawberry.ID] | None = absent()
    """Uploads for ATTACHMENT; at most 5."""
    close: bool = False
    """Nothing more is expected; what its owner writes within some days opens it again."""
    last_read_message_id: strawberry.ID | None = absent()
    """The newest message that you know: where another came meanwhile, nothing is written (TICKET_MOVED_ON)."""


@strawberry.type
class ReplyToSupportTicketPayload:
    ticket: SupportTicket | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
