"""A producer's money."""

import strawberry

from db.ids import ProducerId
from schema.context import Info
from schema.pool import PoolExplanation


@strawberry.type
class Finances:
    """A producer's money."""

    producer_id: strawberry.Private[ProducerId]

    @strawberry.field
    async def pool_explanation(self, info: Info, period: str) -> PoolExplanation | None:
        """Why the pool paid what it paid; null where the month is not closed, or the viewer had no part in it.

        Args:
            period: Month, such as 2027-03.
        """
        return await info.context.lists.pool_explanation(self.producer_id, period)
