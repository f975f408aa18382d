"""How producers are paid."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import ProducerId
from db.queries.payout_accounts import PayoutAccountRow
from db.vocabulary import PayoutAccountStatus
from schema.errors import UserError
from schema.ground import Node, absent
from schema.scalars import URL, CountryCode


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
        """One that is not begun has an id too, so that `node` finds it: made of the producer's."""
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
