"""A producer's money over GraphQL."""

import strawberry

from api.asking import Info
from schema.finances import Finances


@strawberry.type
class EarningsQuery:
    @strawberry.field
    def finances(self, info: Info) -> Finances | None:
        """The viewer's money; null unless a producer."""
        viewer = info.context.viewer
        producer = viewer.producer_id if viewer else None
        return Finances(producer_id=producer) if producer else None
