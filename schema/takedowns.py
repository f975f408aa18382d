"""Notices of rights-holders about tracks."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import AccountId
from db.queries.takedowns import TakedownRow, TakedownStepRow
from db.vocabulary import ReviewDecision, Role, TakedownStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node
from schema.paging import Connection

if TYPE_CHECKING:
    from schema.accounts import Member
    from schema.tracks import Track


@strawberry.type
class TakedownStep:
    """A state that a notice came into."""

    account_id: strawberry.Private[AccountId | None]
    status: TakedownStatus
    """Which."""
    text: str | None
    """What staff wrote, or the producer."""
    at: datetime
    """When."""

    @classmethod
    def of(cls, row: TakedownStepRow) -> Self:
        return cls(account_id=row.by, status=row.status, text=row.text, at=row.at)

    @strawberry.field
    async def by(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.accounts")] | None:
        """Who of staff, or the producer; for staff. Null: who filed it."""
        viewer = info.context.viewer
        if self.account_id is None or viewer is None or not viewer.has(Role.STAFF):
            return None
        return await info.context.loaders.members.load(self.account_id)


@strawberry.type
class TakedownContact:
    """How to reach who filed a notice."""

    email: str
    """Proved by a link."""
    signature: str
    """Full name of who signed, under the statement of good faith."""


@strawberry.type
class Takedown(Node):
    """A rights-holder's notice about a track, for staff; its producer sees those that were upheld, without the contact."""

    row: strawberry.Private[TakedownRow]
    name: str
    """The rights-holder, a person or an organisation."""
    work: str
    """What is said to have been copied."""
    grounds: str
    """Why the track infringes it."""
    status: TakedownStatus
    """State."""

    @classmethod
    def of(cls, row: TakedownRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            name=row.name,
            work=row.work,
            grounds=row.grounds,
            status=row.status,
        )

    @strawberry.field
    def filed_at(self) -> datetime:
        """When its e-mail was proved."""
        return self.row.proved_at or self.row.created_at

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """What it is about; null where it is deleted since."""
        return await info.context.loaders.tracks.load(self.row.track_id)

    @strawberry.field
    async def history(self, info: Info) -> list[TakedownStep]:
        """Every state, oldest first."""
        return await info.context.loaders.takedown_steps.load(self.row.id)

    @strawberry.field
    def contact(self, info: Info) -> TakedownContact | None:
        """For staff alone; null too where the notice was decided years ago, for it is not kept for ever."""
        viewer = info.context.viewer
        staff = viewer is not None and viewer.has(Role.STAFF)
        known = staff and self.row.email
        return TakedownContact(email=self.row.email, signature=self.row.signature) if known else None


@strawberry.type
class TakedownConnection(Connection[Takedown]):
    """A page."""


@strawberry.input
class FileTakedownInput:
    track: str
    """Its id, or its address on our site."""
    name: str
    """The rights-holder, a person or an organisation, 1 to 100 characters; the producer sees it."""
    email: str
    """Where a link goes that confirms the notice, and what becomes of it; for staff alone."""
    work: str
    """What was copied: title, release, where it can be heard; 1 to 5,000 characters."""
    grounds: str
    """Why the track infringes it, 1 to 5,000 characters; the producer sees it."""
    good_faith: bool
    """True: what I say is true to the best of my knowledge, and I may act for the rights."""
    signature: str
    """Full name of who signs, 1 to 100 characters; for staff alone."""


@strawberry.type
class FileTakedownPayload:
    sent: bool | None = None
    """A link is on its way; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ConfirmTakedownInput:
    token: str
    """From the link."""


@strawberry.type
class ConfirmTakedownPayload:
    reference: strawberry.ID | None = None
    """To name it by when you write to us; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class DecideTakedownInput:
    decision: ReviewDecision
    """APPROVE: for the rights-holder; DENY: for the producer."""
    reason: str
    """For both sides to read, 1 to 2,000 characters."""


@strawberry.type
class DecideTakedownPayload:
    takedown: Takedown | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class AnswerTakedownInput:
    statement: str
    """Why the track is yours to offer, 1 to 5,000 characters; staff read it."""


@strawberry.type
class AnswerTakedownPayload:
    takedown: Takedown | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
