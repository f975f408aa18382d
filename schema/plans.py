"""Plans on sale, the one that somebody has, and its bills."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import PlanId, PlanSubscriptionId
from db.queries.plans import InvoiceRow, PlanRow, PlanSubscriptionRow
from db.vocabulary import PlanStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Money, Node, SignedUrl, absent
from schema.scalars import URL


@strawberry.type
class Plan(Node):
    """A plan on sale."""

    name: str
    """As it is called."""
    price_per_month: Money
    """Without tax; nothing for the one that everybody has."""
    includes_downloads: bool
    """Whether tracks can be licensed and downloaded."""
    request_tokens_per_month: int
    """For beat requests."""

    @classmethod
    def of(cls, row: PlanRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            price_per_month=Money.of(row.price_minor, row.currency),
            includes_downloads=row.includes_downloads,
            request_tokens_per_month=row.request_tokens,
        )


@strawberry.type
class Invoice:
    """A bill, which is the receipt once it is paid."""

    number: str
    """Of the bill, for ever."""
    total: Money
    """With tax."""
    tax: Money
    """Part of the total."""
    paid_at: datetime | None
    """Null until it is paid."""
    pdf: SignedUrl
    """Seller, buyer, tax and number, as paper; at the payment provider."""

    @classmethod
    def of(cls, row: InvoiceRow, *, until: datetime) -> Self:
        return cls(
            number=row.number,
            total=Money.of(row.total_minor, row.currency),
            tax=Money.of(row.tax_minor, row.currency),
            paid_at=row.paid_at,
            pdf=SignedUrl(url=URL(row.pdf_url or ""), expires_at=until),
        )


@strawberry.type
class PlanSubscription(Node):
    """A plan someone has."""

    subscription_id: strawberry.Private[PlanSubscriptionId]
    plan_id: strawberry.Private[PlanId]
    next_plan_id: strawberry.Private[PlanId | None]
    status: PlanStatus
    """Whether it is paid."""
    period_ends_at: datetime | None
    """Renewed or over then; null until it is paid."""
    grace_ends_at: datetime | None
    """Pay until then; null where no bill waits."""

    @classmethod
    def of(cls, row: PlanSubscriptionRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            subscription_id=row.id,
            plan_id=row.plan_id,
            next_plan_id=row.next_plan_id,
            status=row.status,
            period_ends_at=row.period_ends_at,
            grace_ends_at=row.grace_ends_at,
        )

    @strawberry.field
    async def plan(self, info: Info) -> Plan:
        """What it is a subscription to."""
        return await info.context.loaders.plans.load(self.plan_id)

    @strawberry.field
    async def next_plan(self, info: Info) -> Plan | None:
        """Takes over at the period's end."""
        return await info.context.loaders.plans.load(self.next_plan_id) if self.next_plan_id else None

    @strawberry.field
    async def invoices(self, info: Info) -> list[Invoice]:
        """Bills, the latest first."""
        return await info.context.loaders.invoices.load(self.subscription_id)

    @strawberry.field
    async def portal(self, info: Info) -> SignedUrl | None:
        """Hosted page for cards and bills; null until it is paid, and while the provider is away."""
        return await info.context.loaders.plan_portals.load(self.subscription_id)


@strawberry.input
class SubscribeToPlanInput:
    plan_id: strawberry.ID
    """One that costs something."""
    idempotency_key: str
    """Made by the client for each attempt to begin; the same key is the same checkout."""
    return_path: str | None = absent()
    """Path of our site to come back to."""


@strawberry.type
class SubscribeToPlanPayload:
    subscription: PlanSubscription | None = None
    """What was begun; it is a plan once it is paid."""
    checkout_url: URL | None = None
    """Hosted page to pay on; null where nothing is to pay."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ChangePlanInput:
    plan_id: strawberry.ID
    """Where to move; the present one: stay there after all."""
    idempotency_key: str
    """Made by the client for each change."""


@strawberry.type
class ChangePlanPayload:
    subscription: PlanSubscription | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SetPlanRenewalInput:
    renews: bool
    """False: it ends with its period."""


@strawberry.type
class SetPlanRenewalPayload:
    subscription: PlanSubscription | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
