"""Months of a producer's account, line by line."""

from datetime import datetime
from typing import Self

import strawberry

from db.queries.statements import StatementRow
from db.vocabulary import StatementLineKind
from schema.context import Info
from schema.ground import Money, Node, SignedUrl
from schema.paging import Connection


@strawberry.type
class StatementLine:
    """A line of it."""

    kind: StatementLineKind
    """What it is."""
    text: str
    """The same in words."""
    amount: Money
    """Below zero where it took from the account."""
    happened_at: datetime
    """When the money moved."""
    entered_at: datetime
    """When it came into the books: what decides which month's line it is."""
    source_id: strawberry.Private[str | None]

    @strawberry.field
    async def source(self, info: Info) -> Node | None:
        """Track or payout behind it; null where there is none, or it is gone."""
        return await info.context.node(self.source_id) if self.source_id else None


@strawberry.type
class Statement(Node):
    """A month's account in one currency; made once the month is over, and never changed. It goes by when things were entered; the chart EARNINGS goes by when they happened, so the two may differ."""

    row: strawberry.Private[StatementRow]
    period: str
    """The month, UTC, in which its lines were entered, such as 2027-03."""
    opening: Money
    """What the one before closed with."""
    closing: Money
    """Opening and all lines."""

    @classmethod
    def of(cls, row: StatementRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            period=row.period,
            opening=Money.of(row.opening_minor, row.currency),
            closing=Money.of(row.closing_minor, row.currency),
        )

    @strawberry.field
    async def lines(self, info: Info) -> list[StatementLine]:
        """In the order of entering."""
        return await info.context.loaders.statement_lines.load(self.row)

    @strawberry.field
    def pdf(self, info: Info) -> SignedUrl:
        """The same on paper."""
        return info.context.addresses.statement_pdf(self.row.id)


@strawberry.type
class StatementConnection(Connection[Statement]):
    """A page."""
