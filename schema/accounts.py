"""Accounts as their owners see them, members as others do, and what is signed in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import AccountId, PictureId
from db.queries.accounts import AccountRow, ApiTokenRow, SessionRow
from db.vocabulary import ApiTokenScope, Role
from schema.context import Info
from schema.ground import Ability, Image, Node, given
from schema.moderation import Suspension
from schema.paging import PageRequest
from schema.pictures import picture_of
from schema.producers import Producer
from schema.request_tokens import RequestTokens
from schema.terms import WhatWasAccepted

if TYPE_CHECKING:
    from schema.cases import ProducerRequestConnection
    from schema.licences import LicenceConnection, LicenceWhere
    from schema.notifications import NotificationConnection, NotificationPreference, NotificationWhere
    from schema.plans import PlanSubscription
    from schema.privacy import AccountDeletion, DataExport
    from schema.purchases import PurchaseConnection
    from schema.support import SupportTicketConnection, TicketWhere


@strawberry.type
class Member(Node):
    """A signed-up person as seen by others."""

    account_id: strawberry.Private[AccountId]
    picture_id: strawberry.Private[PictureId | None]
    suspended: strawberry.Private[bool]
    display_name: str
    """Name."""

    @classmethod
    def of(cls, row: AccountRow, *, bare: bool = False) -> Self:
        """Args: bare: without a picture, for staff suspend whose it is."""
        return cls(
            id=strawberry.ID(f"mem_{row.id.removeprefix('acc_')}"),
            account_id=row.id,
            picture_id=None if bare else row.picture_id,
            suspended=row.suspended_at is not None,
            display_name=row.display_name,
        )

    @strawberry.field
    async def picture(self, info: Info) -> Image | None:
        """Picture; while staff suspend the account, for its owner and staff."""
        own, withheld = self.picture_id, self.suspended
        return await picture_of(info, own, withheld=withheld) if own else None

    @strawberry.field
    async def producer(self, info: Info) -> Producer | None:
        """If they are one."""
        return await info.context.loaders.producers_by_account.load(self.account_id)


@strawberry.type
class RoleChange:
    """One grant or withdrawal of a role."""

    role: Role
    """Which."""
    granted: bool
    """True: given; false: taken."""
    at: datetime
    """When."""
    reason: str | None
    """Why, where staff said so."""
    by_account: strawberry.Private[AccountId | None]

    @strawberry.field
    async def by(self, info: Info) -> Member | None:
        """Who did it; for staff."""
        viewer = info.context.viewer
        if self.by_account is None or viewer is None or not viewer.has(Role.STAFF):
            return None
        return await info.context.loaders.members.load(self.by_account)


@strawberry.type
class AccountAbilities:
    """Doors that menus open or lock."""

    submit_producer_request: Ability
    """Apply for producer access or ask for verification."""
    upload: Ability
    """Upload beats."""
    scan: Ability
    """Run Recon scans."""
    license: Ability
    """Download under a standard licence."""
    open_beat_request: Ability
    """Post a beat request."""


@strawberry.type
class Session(Node):
    """A signed-in browser or app."""

    device: str
    """Browser and system."""
    created_at: datetime
    """Sign-in."""
    last_seen_at: datetime
    """Last request, to five minutes."""
    current: bool
    """This one."""

    @classmethod
    def of(cls, row: SessionRow, *, access: str | None) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            device=row.device,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.id == access,
        )


@strawberry.type
class ApiToken(Node):
    """A token for a program."""

    name: str
    """Own note."""
    scope: ApiTokenScope
    """What it may do."""
    created_at: datetime
    """Made."""
    last_used_at: datetime | None
    """Last request, to five minutes."""
    expires_at: datetime | None
    """Its end."""

    @classmethod
    def of(cls, row: ApiTokenRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            scope=row.scope,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
        )


@strawberry.type
class Account(Node, WhatWasAccepted):
    """A signed-up person as seen by themselves and staff."""

    picture_id: strawberry.Private[PictureId | None]
    email: str
    """Sign-in name."""
    email_verified: bool
    """The link sent to it was opened. Until then it gets security notices and no other e-mail."""
    display_name: str
    """Name shown to others."""
    created_at: datetime
    """Sign-up."""
    suspended: bool
    """Staff suspend it: `suspensions` says why."""

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            account_id=row.id,
            picture_id=row.picture_id,
            email=row.email,
            email_verified=row.email_verified_at is not None,
            display_name=row.display_name,
            created_at=row.created_at,
            suspended=row.suspended_at is not None,
        )

    @strawberry.field
    async def pending_email(self, info: Info) -> str | None:
        """E-mail that takes the place of this one once the link is opened that was sent to it."""
        return await info.context.loaders.pending_emails.load(self.account_id)

    @strawberry.field
    async def picture(self, info: Info) -> Image | None:
        """Picture shown to others, unless staff suspend the account."""
        own, withheld = self.picture_id, self.suspended
        return await picture_of(info, own, withheld=withheld) if own else None

    @strawberry.field
    async def roles(self, info: Info) -> list[Role]:
        """Held now; LISTENER is always among them."""
        return await info.context.loaders.roles.load(self.account_id)

    @strawberry.field
    async def role_history(self, info: Info) -> list[RoleChange]:
        """Every grant and withdrawal, newest first."""
        return await info.context.loaders.role_history.load(self.account_id)

    @strawberry.field
    async def suspensions(self, info: Info) -> list[Suspension]:
        """The one in force and those that ended, newest first."""
        return await info.context.loaders.suspensions.load(self.account_id)

    @strawberry.field
    async def abilities(self, info: Info) -> AccountAbilities:
        """What the account may do now; drives menus."""
        return await info.context.loaders.account_abilities.load(self.account_id)

    @strawberry.field
    async def producer(self, info: Info) -> Producer | None:
        """Own producer profile; null before approval."""
        return await info.context.loaders.producers_by_account.load(self.account_id)

    @strawberry.field
    async def producer_requests(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> Annotated["ProducerRequestConnection", strawberry.lazy("schema.cases")]:
        """Own applications, newest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.producer_requests(self.account_id, page)

    @strawberry.field
    async def licences(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["LicenceWhere", strawberry.lazy("schema.licences")] | None = strawberry.UNSET,
    ) -> Annotated["LicenceConnection", strawberry.lazy("schema.licences")]:
        """What the account was granted, revoked ones too, newest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.licences(self.account_id, given(where), page)

    @strawberry.field
    async def purchases(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> Annotated["PurchaseConnection", strawberry.lazy("schema.purchases")]:
        """Exclusives that the account has begun to buy, also those that came to nothing, newest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.purchases(self.account_id, page)

    @strawberry.field
    async def request_tokens(self, info: Info) -> RequestTokens:
        """What beat requests can be posted with."""
        return await info.context.loaders.request_tokens.load(self.account_id)

    @strawberry.field
    async def plan(self, info: Info) -> Annotated["PlanSubscription", strawberry.lazy("schema.plans")] | None:
        """What it pays for, or is about to; else the last one that it had, ENDED. Null where it never paid for any."""
        return await info.context.loaders.plans_of_accounts.load(self.account_id)

    @strawberry.field
    async def sessions(self, info: Info) -> list[Session]:
        """Where it is signed in."""
        return await info.context.loaders.sessions.load(self.account_id)

    @strawberry.field
    async def api_tokens(self, info: Info) -> list[ApiToken]:
        """Tokens for own programs."""
        return await info.context.loaders.api_tokens.load(self.account_id)

    @strawberry.field
    async def notifications(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["NotificationWhere", strawberry.lazy("schema.notifications")]
        | None = strawberry.UNSET,
    ) -> Annotated["NotificationConnection", strawberry.lazy("schema.notifications")]:
        """What the account was told, newest first; without what it is told elsewhere only."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.notifications(self.account_id, given(where), page)

    @strawberry.field
    async def unread_notification_count(self, info: Info) -> int:
        """Of the list, not read yet."""
        return await info.context.loaders.unread_counts.load(self.account_id)

    @strawberry.field
    async def notification_preferences(
        self, info: Info
    ) -> list[Annotated["NotificationPreference", strawberry.lazy("schema.notifications")]]:
        """Every kind by every channel."""
        return await info.context.loaders.notification_preferences.load(self.account_id)

    @strawberry.field
    async def muted_genres(self, info: Info) -> list[str]:
        """Genres whose requests are not told, by the alphabet; what is within one of them is not told either."""
        return await info.context.loaders.muted_genres.load(self.account_id)

    @strawberry.field
    async def support_tickets(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["TicketWhere", strawberry.lazy("schema.support")] | None = strawberry.UNSET,
    ) -> Annotated["SupportTicketConnection", strawberry.lazy("schema.support")]:
        """What the account has written to support about, newest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.support_tickets(self.account_id, given(where), page)

    @strawberry.field
    async def data_exports(
        self, info: Info
    ) -> list[Annotated["DataExport", strawberry.lazy("schema.privacy")]]:
        """Archives of own data of 90 days, the latest first; to staff there are none."""
        return await info.context.loaders.exports_of_accounts.load(self.account_id)

    @strawberry.field
    async def deletion(
        self, info: Info
    ) -> Annotated["AccountDeletion", strawberry.lazy("schema.privacy")] | None:
        """That it is to be deleted, where that was asked for and not called off."""
        return await info.context.loaders.deletions_of_accounts.load(self.account_id)
