"""A producer's money."""

import strawberry

from db.ids import ProducerId
from db.vocabulary import CurrencyCode
from schema.context import Info
from schema.ground import Money
from schema.paging import PageRequest
from schema.payouts import Balance, PayoutAccount, PayoutConnection


@strawberry.type
class Finances:
    """A producer's money."""

    producer_id: strawberry.Private[ProducerId]
    minimum_minor: strawberry.Private[int]

    @strawberry.field
    async def balances(self, info: Info) -> list[Balance]:
        """What can be paid out, and why the rest cannot, in every currency in which there is anything."""
        return await info.context.loaders.balances.load(self.producer_id)

    @strawberry.field
    async def payout_account(self, info: Info) -> PayoutAccount:
        """Set-up for payouts."""
        return await info.context.loaders.payout_accounts.load(self.producer_id)

    @strawberry.field
    def minimum_payouts(self) -> list[Money]:
        """Less is carried over, in each currency."""
        return [Money.of(self.minimum_minor, currency) for currency in CurrencyCode]

    @strawberry.field
    async def payouts(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> PayoutConnection:
        """Every payout with its state, newest first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.payouts(self.producer_id, page)
