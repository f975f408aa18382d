"""A producer's money."""

import strawberry

from db.ids import ProducerId
from schema.context import Info
from schema.payouts import PayoutAccount


@strawberry.type
class Finances:
    """A producer's money."""

    producer_id: strawberry.Private[ProducerId]

    @strawberry.field
    async def payout_account(self, info: Info) -> PayoutAccount:
        """Set-up for payouts."""
        return await info.context.loaders.payout_accounts.load(self.producer_id)
