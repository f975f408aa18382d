"""A producer's money."""

from datetime import date
from typing import Annotated

import strawberry

from db.ids import ProducerId
from db.vocabulary import CurrencyCode
from schema.context import Info
from schema.days import check_days
from schema.ground import Money, SignedUrl
from schema.paging import PageRequest
from schema.payouts import Balance, PayoutAccount, PayoutConnection
from schema.pool import PoolExplanation
from schema.statements import StatementConnection


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
