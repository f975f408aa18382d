"""Everything only staff see."""

import strawberry

from db.vocabulary import CaseKind, ReviewStatus
from schema.accounts import Account
from schema.cases import Reviewable
from schema.context import Info
from schema.ground import absent
from schema.paging import Connection, Edge, PageRequest
from schema.payouts import PayoutHold


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
    async def accounts(self, info: Info, search: str, first: int = 20) -> list[Account]:
        """Accounts by part of an e-mail or name, or by id; newest first.

        Args:
            search: Part of an e-mail or name, or a whole id.
        """
        return await info.context.lists.accounts(search, first)

    @strawberry.field
    async def payout_holds(self, info: Info) -> list[PayoutHold]:
        """What holds producers' payouts now, the latest first; at most 1,000."""
        return await info.context.lists.payout_holds()
