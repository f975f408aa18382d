"""What is reported, what staff keep back, and what they have done."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import AccountId, AuditEntryId
from db.queries.moderation import AuditEntryRow, ContentReportRow, WithholdingRow
from db.queries.suspensions import SuspensionRow
from db.vocabulary import ModerationAction, Role, WithholdingCause
from schema.context import Info
from schema.errors import UserError
from schema.filters import DateTimeFilter, IdFilter
from schema.ground import Node, absent
from schema.paging import Connection

if TYPE_CHECKING:
    from schema.accounts import Account, Member


@strawberry.type
class Withholding:
    """That staff keep something from everybody but its owner, who cannot put it back; licences that others hold stay valid."""

    cause: WithholdingCause
    """Why, in a word; of several causes the latest."""
    reason: str | None
    """Why, as staff wrote to its owner."""
    since: datetime
    """Since when."""

    @classmethod
    def of(cls, row: WithholdingRow) -> Self:
        return cls(cause=row.cause, reason=row.reason, since=row.placed_at)


@strawberry.type
class Suspension:
    """That staff suspend an account. It signs in, reads, takes back what is its own and writes to support; what it has put up is hidden, its payouts are held, and licences that others hold stay valid."""

    actor_id: strawberry.Private[AccountId]
    ender_id: strawberry.Private[AccountId | None]
    reason: str
    """Why, as staff wrote to the account."""
    since: datetime
    """When it began."""
    until: datetime | None
    """When staff ended it; null: it is in force."""
    end_reason: str | None
    """Why it ended."""

    @classmethod
    def of(cls, row: SuspensionRow) -> Self:
        return cls(
            actor_id=row.placed_by,
            ender_id=row.lifted_by,
            reason=row.reason,
            since=row.placed_at,
            until=row.lifted_at,
            end_reason=row.lift_reason,
        )

    @strawberry.field
    async def by(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.accounts")] | None:
        """Who of staff began it; for staff."""
        return await _member(info, self.actor_id)

    @strawberry.field
    async def ended_by(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.accounts")] | None:
        """Who of staff ended it; for staff."""
        return await _member(info, self.ender_id)


async def _member(info: Info, account: AccountId | None) -> "Member | None":
    viewer = info.context.viewer
    if account is None or viewer is None or not viewer.has(Role.STAFF):
        return None
    return await info.context.loaders.members.load(account)


@strawberry.type
class AuditEntry(Node):
    """Something staff did; never changed, never deleted."""

    actor_id: strawberry.Private[AccountId | None]
    actor_name: str | None
    """Who it was, where it was done without an account: on Discord, by a role there, or on the command line."""
    object_id: str
    """What it was done to; the id stays when the object is gone."""
    action: str
    """HIDE, RESTORE, REMOVE, DISMISS_REPORTS; GIVE_ROLE, TAKE_ROLE; APPROVE, DENY (of cases); REVOKE_LICENCE; HOLD_PAYOUTS, RELEASE_PAYOUTS; SUSPEND, REINSTATE; UPHOLD_TAKEDOWN, REJECT_TAKEDOWN, RELEASE_TAKEDOWN; CREATE_EVENT, CHANGE_EVENT, CANCEL_EVENT; CREATE_PROFILE; CLOSE_PERIOD. More may be added."""
    reason: str | None
    """As it was given."""
    at: datetime
    """When."""

    @classmethod
    def of(cls, row: AuditEntryRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            object_id=row.object_id,
            action=row.action.value,
            reason=row.reason,
            at=row.at,
        )

    @strawberry.field
    async def actor(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.accounts")] | None:
        """Who of staff; null: see `actorName`."""
        return await info.context.loaders.members.load(self.actor_id) if self.actor_id else None

    @strawberry.field
    async def object(self, info: Info) -> Node | None:
        """What it was done to; null where it is gone."""
        return await info.context.node(self.object_id)


@strawberry.type
class AuditEntryConnection(Connection[AuditEntry]):
    """A page."""


@strawberry.input
class AuditWhere:
    actor_id: IdFilter | None = absent()
    """By who did it: of a Member or an Account."""
    object_id: IdFilter | None = absent()
    """By what it was done to, of any type."""
    at: DateTimeFilter | None = absent()
    """By when."""


@strawberry.type
class ContentReport(Node):
    """What somebody told staff about a track, collection, profile or request."""

    account_id: strawberry.Private[AccountId]
    entry_id: strawberry.Private[AuditEntryId | None]
    object_id: str
    """What it is about; the id stays when the object is gone."""
    reason: str
    """In their words."""
    created_at: datetime
    """When it was reported."""
    settled_at: datetime | None
    """When staff restored or removed it, or dismissed the report; null: it is open, also while the object is hidden."""

    @classmethod
    def of(cls, row: ContentReportRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            account_id=row.account_id,
            entry_id=row.entry_id,
            object_id=row.object_id,
            reason=row.reason,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )

    @strawberry.field
    async def reporter(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.accounts")]:
        """Who told; its owner never learns it."""
        member = await info.context.loaders.members.load(self.account_id)
        assert member  # a foreign key
        return member

    @strawberry.field
    async def object(self, info: Info) -> Node | None:
        """What it is about; null where it is gone."""
        return await info.context.node(self.object_id)

    @strawberry.field
    async def entry(self, info: Info) -> AuditEntry | None:
        """What staff did about it."""
        return await info.context.loaders.audit_entries.load(self.entry_id) if self.entry_id else None


@strawberry.type
class ContentReportConnection(Connection[ContentReport]):
    """A page."""


@strawberry.input
class ReportContentInput:
    reason: str
    """What is wrong with it, 1 to 2,000 characters."""


@strawberry.type
class ReportContentPayload:
    reported_id: strawberry.ID | None = None
    """What was reported; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ModerateContentInput:
    action: ModerationAction
    """What to do."""
    reason: str
    """For its owner to read, and for the audit log; 1 to 2,000 characters."""


@strawberry.type
class ModerateContentPayload:
    object: Node | None = None
    """As it is afterwards; null where errors are, and where it is gone."""
    entry: AuditEntry | None = None
    """What was written into the audit log; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class DismissReportsInput:
    reason: str
    """Why nothing is wrong with it, for the audit log; 1 to 2,000 characters."""


@strawberry.type
class DismissReportsPayload:
    entry: AuditEntry | None = None
    """What was written into the audit log; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SuspendAccountInput:
    reason: str
    """For the account to read, and for the audit log; 1 to 2,000 characters."""


@strawberry.type
class SuspendAccountPayload:
    account: Annotated["Account", strawberry.lazy("schema.accounts")] | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ReinstateAccountInput:
    reason: str
    """For the account to read, and for the audit log; 1 to 2,000 characters."""


@strawberry.type
class ReinstateAccountPayload:
    account: Annotated["Account", strawberry.lazy("schema.accounts")] | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
