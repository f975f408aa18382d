"""A producer's money over GraphQL."""

import strawberry

from api.asking import Info
from db.vocabulary import Role
from schema.finances import Finances


@strawberry.type
class EarningsQuery:
    @strawberry.field
    def finances(self, info: Info) -> Finances | None:
        """The viewer's money; null unless a producer."""
        viewer = info.context.viewer
        if viewer is None or viewer.producer_id is None or not viewer.has(Role.PRODUCER):
            return None
        return Finances(producer_id=viewer.producer_id)
