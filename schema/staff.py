"""Everything only staff see."""

from datetime import datetime
from decimal import Decimal

import strawberry

from db.vocabulary import CaseKind, PoolDivision, ReviewStatus, TakedownStatus
from schema.accounts import Account
from schema.cases import Reviewable
from schema.context import Info
from schema.ground import Money, absent, given
from schema.moderation import AuditEntryConnection, AuditWhere, ContentReportConnection
from schema.paging import Connection, Edge, PageRequest
from schema.payouts import PayoutHold
from schema.pool import PoolRun, PoolSimulation
from schema.support import SupportTicketConnection, TicketWhere
from schema.takedowns import TakedownConnection


@strawberry.type
class CaseEdge(Edge[Reviewable]):
    """An item in its place."""


@strawberry.type
class CaseConnection(Connection[Reviewable]):
    """A page."""

    @strawberry.field
    def edges(self) -> list[CaseEdge]:
        pairs = zip(self.cursors, self.nodes, strict=True)
        return [CaseEdge(cursor=cursor, node=node) for cursor, node in pairs]


@strawberry.input
class ReviewStatusFilter:
    eq: ReviewStatus | None = absent()
    any_of: list[ReviewStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class CaseKindFilter:
    eq: CaseKind | None = absent()
    any_of: list[CaseKind] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class CaseWhere:
    status: ReviewStatusFilter | None = absent()
    """By state."""
    kind: CaseKindFilter | None = absent()
    """By kind."""


@strawberry.type
class LedgerBreak:
    """A difference."""

    reference: str
    """A purchase, an invoice or a payout; a movement of the provider's balance that nobody knows the reason of; or `balance`."""
    ledger: Money | None
    """What our books say has come in and not gone out; null where they know nothing of it."""
    provider: Money | None
    """What the provider's balance has changed by; null where it knows nothing of it."""
    found_at: datetime
    """Since when."""


@strawberry.type
class StaffDesk:
    """Everything only staff see, behind one door."""

    @strawberry.field
    async def cases(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: CaseWhere | None = strawberry.UNSET,
    ) -> CaseConnection:
        """Applications and appeals, oldest first."""
        return await info.context.lists.cases(where or None, PageRequest.of(first, after, last, before))

    @strawberry.field
    async def tickets(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: TicketWhere | None = strawberry.UNSET,
    ) -> SupportTicketConnection:
        """Everybody's, priority first, then by `respondBy`; OPEN ones wait for an answer."""
        return await info.context.lists.tickets(where or None, PageRequest.of(first, after, last, before))

    @strawberry.field
    async def ledger_breaks(self, info: Info) -> list[LedgerBreak]:
        """Where ledger and provider disagree, the oldest first; looked for every six hours."""
        return await info.context.lists.ledger_breaks()

    @strawberry.field
    async def ledger_compared_from(self, info: Info) -> datetime | None:
        """Since when ledger and provider are compared: what was begun before, by a release that did not note what journals concern, is left out. Null: all is compared."""
        return await info.context.lists.ledger_compared_from()

    @strawberry.field
    async def accounts(self, info: Info, search: str, first: int = 20) -> list[Account]:
        """Accounts by part of an e-mail or name, or by id; newest first.

        Args:
            search: Part of an e-mail or name, or a whole id.
        """
        return await info.context.lists.accounts(search, first)

    @strawberry.field
    async def audit_log(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: AuditWhere | None = strawberry.UNSET,
    ) -> AuditEntryConnection:
        """What staff did, the latest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.audit_log(given(where), page)

    @strawberry.field
    async def reports(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        settled: bool = False,
    ) -> ContentReportConnection:
        """What was reported, the oldest first.

        Args:
            settled: True: those that staff have done something about; false: those that are open.
        """
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.reports(page, settled=settled)

    @strawberry.field
    async def takedowns(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        statuses: list[TakedownStatus] | None = strawberry.UNSET,
    ) -> TakedownConnection:
        """Notices of rights-holders whose e-mail is proved, the oldest first.

        Args:
            statuses: In one of these states; left out: in any.
        """
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.takedowns(given(statuses), page)

    @strawberry.field
    async def pool_runs(self, info: Info) -> list[PoolRun]:
        """Closings of months and their adjustments, the latest month first."""
        return await info.context.lists.pool_runs()

    @strawberry.field
    async def simulate_pool(
        self,
        info: Info,
        period: str,
        half_life_months: Decimal | None = strawberry.UNSET,
        division: PoolDivision | None = strawberry.UNSET,
    ) -> PoolSimulation:
        """What a closed month would have paid by another half-life, or listener by listener (LISTENER_CENTRED says how); writes nothing.

        Args:
            period: Month that is closed, such as 2027-03.
            half_life_months: From 0.1 to 1200; 6 where left out, as it was paid.
            division: POOLED where left out.
        """
        half_life, asked = given(half_life_months), given(division)
        return await info.context.lists.simulate_pool(
            period, Decimal(6) if half_life is None else half_life, asked or PoolDivision.POOLED
        )

    @strawberry.field
    async def payout_holds(self, info: Info) -> list[PayoutHold]:
        """What holds producers' payouts now, the latest first; at most 1,000."""
        return await info.context.lists.payout_holds()
