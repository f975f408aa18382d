"""How producers are paid."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, Self

import strawberry

from db.ids import ProducerId
from db.queries.payout_accounts import PayoutAccountRow, PayoutHoldRow
from db.queries.payouts import PayoutRow
from db.vocabulary import CurrencyCode, HoldReason, PayoutAccountStatus, PayoutStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Money, Node, absent
from schema.paging import Connection
from schema.scalars import URL, CountryCode

if TYPE_CHECKING:
    from schema.producers import Producer


class Holding(Protocol):
    """What becomes of a balance, in minor units."""

    @property
    def available(self) -> int: ...
    @property
    def holds(self) -> Sequence[tuple[HoldReason, int]]: ...
    @property
    def held(self) -> int: ...
    @property
    def in_transit(self) -> int: ...
    @property
    def owed(self) -> int: ...


@strawberry.type
class PayoutRequirement:
    """What the provider still asks for."""

    message: str
    """A sentence to show."""
    due_at: datetime | None
    """When it has consequences; null: at once, or nobody knows."""


@strawberry.type
class PayoutAccount(Node):
    """Set-up for payouts, as the payment provider last said. Seen by its producer, and by staff."""

    status: PayoutAccountStatus
    """How far it is."""
    country: CountryCode | None
    """Where its owner lives; null before it is begun."""
    ready: bool
    """Whether anything is paid to it."""
    requirements: list[PayoutRequirement]
    """What its owner has to give, what is due first before."""
    checked_at: datetime | None
    """When the provider was last asked."""

    @classmethod
    def of(cls, producer: ProducerId, row: PayoutAccountRow | None) -> Self:
        """One that is not begun, or not known at the provider yet, has an id too: made of the producer's."""
        row = row if row and row.reference else None
        asked = row.requirements if row else []
        return cls(
            id=strawberry.ID(row.id if row else f"pac_{producer.removeprefix('pro_')}"),
            status=row.status if row else PayoutAccountStatus.NONE,
            country=CountryCode(row.country) if row else None,
            ready=bool(row and row.ready),
            requirements=[_requirement(one["message"], one["due_at"]) for one in asked],
            checked_at=row.checked_at if row else None,
        )


def _requirement(message: str, due_at: str | None) -> PayoutRequirement:
    return PayoutRequirement(message=message, due_at=datetime.fromisoformat(due_at) if due_at else None)


@strawberry.type
class Hold:
    """Money kept back."""

    amount: Money
    """How much, for this reason alone."""
    reason: HoldReason
    """Why."""
    message: str
    """The same as a sentence."""


@strawberry.type
class Balance:
    """Money in one currency. What is available, and what is held but for disputes, less what is owed is the balance."""

    available: Money
    """Can be paid out now."""
    held: Money
    """All holds together."""
    in_transit: Money
    """Out of the balance, and not at the bank yet."""
    owed: Money
    """To be earned before anything is paid: a sale that was paid out was undone."""
    holds: list[Hold]
    """What is held, each part for its one reason."""

    @classmethod
    def of(cls, currency: CurrencyCode, holding: Holding, messages: Mapping[HoldReason, str]) -> Self:
        def money(minor: int) -> Money:
            return Money.of(minor, currency)

        return cls(
            available=money(holding.available),
            held=money(holding.held),
            in_transit=money(holding.in_transit),
            owed=money(holding.owed),
            holds=[
                Hold(amount=money(minor), reason=one, message=messages[one]) for one, minor in holding.holds
            ],
        )


@strawberry.type
class Payout(Node):
    """A payment to a producer. Seen by its producer, and by staff."""

    amount: Money
    """What is, or was, to be paid."""
    status: PayoutStatus
    """How far it is."""
    failure: str | None
    """Why it waits, was not sent, or came back."""
    requested_at: datetime | None
    """When it was asked for, or due."""
    settled_at: datetime | None
    """When it was at the bank."""
    returned_at: datetime | None
    """When what came back was in the balance again."""

    @classmethod
    def of(cls, row: PayoutRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            amount=Money.of(row.amount_minor, row.currency),
            status=row.status,
            failure=row.failure,
            requested_at=row.requested_at,
            settled_at=row.settled_at,
            returned_at=row.returned_at,
        )


@strawberry.type
class PayoutConnection(Connection[Payout]):
    """A page."""


@strawberry.type
class PayoutHold(Node):
    """That nothing is paid to a producer for now. For staff; the producer reads the reason in their balances."""

    producer_id: strawberry.Private[ProducerId]
    reason: str
    """For the producer to read."""
    placed_at: datetime
    """Since when."""
    until: datetime | None
    """It ends by itself then; null: staff release it."""

    @classmethod
    def of(cls, row: PayoutHoldRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            producer_id=row.producer_id,
            reason=row.reason,
            placed_at=row.placed_at,
            until=row.until,
        )

    @strawberry.field
    async def producer(self, info: Info) -> Annotated["Producer", strawberry.lazy("schema.producers")] | None:
        """Whose payouts wait."""
        return await info.context.loaders.producers.load(self.producer_id)


@strawberry.input
class RequestPayoutInput:
    currency: CurrencyCode
    """What to pay out: all that is available in it."""
    idempotency_key: str
    """Made by the client for each payout; the same key is the same payout."""


@strawberry.type
class RequestPayoutPayload:
    payout: Payout | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SetPayoutHoldInput:
    held: bool
    """True: hold, or hold on for this reason. False: release everything that holds the producer's payouts."""
    reason: str
    """For the producer to read, or why it is released; at most 1,000 characters."""


@strawberry.type
class SetPayoutHoldPayload:
    holds: list[PayoutHold] | None = None
    """What holds the producer's payouts afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class StartPayoutOnboardingInput:
    country: CountryCode
    """Where you live, and have your bank account."""
    return_path: str | None = absent()
    """Path of our site to come back to."""


@strawberry.type
class StartPayoutOnboardingPayload:
    onboarding_url: URL | None = None
    """Hosted form, good once and for some minutes; ask again for another."""
    payout_account: PayoutAccount | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class RefreshPayoutAccountPayload:
    payout_account: PayoutAccount | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
