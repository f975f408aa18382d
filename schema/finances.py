"""A producer's money."""

from datetime import date
from typing import Annotated

import strawberry

from db.ids import ProducerId
from schema.context import Info
from schema.days import check_days
from schema.ground import SignedUrl
from schema.paging import PageRequest
from schema.pool import PoolExplanation
from schema.statements import StatementConnection


@strawberry.type
class Finances:
    """A producer's money."""

    producer_id: strawberry.Private[ProducerId]

    @strawberry.field
    async def statements(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> StatementConnection:
        """Months in which something was entered, the latest first; one for each currency."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.statements(self.producer_id, page)

    @strawberry.field
    def csv(
        self, info: Info, from_: Annotated[date, strawberry.argument(name="from")], to: date
    ) -> SignedUrl:
        """Every line from one day to another, UTC, for a spreadsheet.

        Args:
            from_: First day.
            to: Last day.
        """
        check_days(from_, to)
        return info.context.addresses.finances_csv(self.producer_id, (from_, to))

    @strawberry.field
    async def pool_explanation(self, info: Info, period: str) -> PoolExplanation | None:
        """Why the pool paid what it paid; null where the month is not closed, or the viewer had no part in it.

        Args:
            period: Month, such as 2027-03.
        """
        return await info.context.lists.pool_explanation(self.producer_id, period)
