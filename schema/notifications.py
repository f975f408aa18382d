"""What accounts are told, and by which channels."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.notices import NotificationRow
from db.vocabulary import NotificationChannel, NotificationKind
from schema.accounts import Account
from schema.context import Info
from schema.errors import UserError
from schema.ground import Ability, Node, absent
from schema.paging import Connection


@strawberry.type
class Notification(Node):
    """Something that happened, in words to show; there is one for each account, kind and subject, ever.

    It is kept first; each channel follows of it. In the list: always there. Live: nothing is lost where a
    client that connects again passes `after`, and it may come twice. By e-mail: at least once; a repeated e-mail
    has the Message-ID of the first.
    """

    subject_id: strawberry.Private[str]
    kind: NotificationKind
    """What kind of news it is."""
    title: str
    """A line to show."""
    body: str
    """A sentence or two; plain text."""
    path: str
    """Path of our site."""
    created_at: datetime
    """When it happened."""
    read_at: datetime | None
    """When it was first marked as read; null: unread."""

    @classmethod
    def of(cls, row: NotificationRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            subject_id=row.subject_id,
            kind=row.kind,
            title=row.title,
            body=row.body,
            path=row.path,
            created_at=row.created_at,
            read_at=row.read_at,
        )

    @strawberry.field
    async def subject(self, info: Info) -> Node | None:
        """What it is about; null where it is gone, or not for you."""
        return await info.context.node(self.subject_id.partition(":")[0])  # a step of something is about it


@strawberry.type
class NotificationConnection(Connection[Notification]):
    """A page."""


@strawberry.input
class NotificationKindFilter:
    eq: NotificationKind | None = absent()
    any_of: list[NotificationKind] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class NotificationWhere:
    unread: bool | None = absent()
    """True: not read yet; false: read."""
    kind: NotificationKindFilter | None = absent()
    """By kind."""


@strawberry.type
class NotificationPreference:
    """One switch: whether one kind goes by one channel; changes hold for what happens from then on."""

    kind: NotificationKind
    """What is told."""
    channel: NotificationChannel
    """How it is told."""
    enabled: bool
    """Whether it goes that way now."""
    change: Ability
    """Locked for security, until verified, or where no e-mail is sent."""


@strawberry.input
class NotificationPreferenceInput:
    """One switch."""

    kind: NotificationKind
    """What is told."""
    channel: NotificationChannel
    """How it is told."""
    enabled: bool
    """Whether it should go that way."""


@strawberry.input(one_of=True)
class MarkNotificationsReadInput:
    ids: list[strawberry.ID] | None = absent()
    """These, 1 to 100; where one is not yours, none is marked."""
    up_to: datetime | None = absent()
    """Everything in the list that came until then."""


@strawberry.type
class MarkNotificationsReadPayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class UpdateNotificationPreferencesInput:
    preferences: list[NotificationPreferenceInput] | None = absent()
    """Switches to set, at most 100, each once; the others stay."""
    muted_genres: list[str] | None = absent()
    """Genres whose beat requests are not told, at most 100, known or own ones; the list replaces the list, null clears it."""


@strawberry.type
class UpdateNotificationPreferencesPayload:
    account: Account | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
