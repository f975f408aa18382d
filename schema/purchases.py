"""Exclusive licences that somebody buys."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.queries.purchases import PurchaseRow
from db.transitions import UNPAID
from db.vocabulary import PurchaseStatus
from schema.context import Info
from schema.credit_notes import CreditNote
from schema.errors import UserError
from schema.ground import Ability, Money, MoneyInput, Node, SignedUrl, absent
from schema.licences import Licence, recorded
from schema.licensing import Agreement
from schema.paging import Connection
from schema.recon import RecordedWork
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class Purchase(Node):
    """Purchase of an exclusive; seen by its buyer, and by staff. Everything agreed is as it was when it began."""

    row: strawberry.Private[PurchaseRow]
    status: PurchaseStatus
    """How far it is."""
    work: RecordedWork
    """The track at that time."""
    price: Money
    """For the producer, whole."""
    fee: Money
    """Of the platform."""
    total: Money
    """Price and fee."""
    tax: Money
    """On top, where the payment provider reckons taxes; known once it is paid."""
    standard_licence_count: int
    """Standard licences that were granted before, and stay valid."""
    expires_at: datetime | None
    """The track is kept until then; null once it is paid or over."""
    completed_at: datetime | None
    """When the licence was granted."""
    ended_at: datetime | None
    """When nothing was left of it: let go of, lost, refunded or rescinded."""
    refund_reason: str | None
    """What the buyer said when asking for the money back."""

    @classmethod
    def of(cls, row: PurchaseRow) -> Self:
        money = [Money.of(minor, row.currency) for minor in (row.price_minor, row.fee_minor, row.total_minor)]
        price, fee, total = money
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            status=row.status,
            work=recorded(row.grant["work"]),
            price=price,
            fee=fee,
            total=total,
            tax=Money.of(row.tax_minor, row.currency),
            standard_licence_count=row.standard_licences,
            expires_at=row.expires_at if row.status in UNPAID else None,
            completed_at=row.completed_at,
            ended_at=row.ended_at,
            refund_reason=row.refund_reason,
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The track, if it is still there for the viewer."""
        return await info.context.loaders.tracks.load(self.row.track_id)

    @strawberry.field
    def agreement(self, info: Info) -> Agreement:
        """What was agreed."""
        return info.context.addresses.agreed(self.row.agreement)

    @strawberry.field
    def checkout_url(self, info: Info) -> URL | None:
        """Hosted page to pay on, for the buyer; while open."""
        viewer = info.context.viewer
        own = viewer is not None and viewer.account_id == self.row.account_id
        is_open = self.row.status in UNPAID and self.row.checkout_url is not None
        return URL(self.row.checkout_url or "") if own and is_open else None

    @strawberry.field
    async def licence(self, info: Info) -> Licence | None:
        """What was bought; revoked where the money went back."""
        held = self.row.licence_id
        return None if held is None else await info.context.loaders.licences.load(held)

    @strawberry.field
    def receipt(self, info: Info) -> SignedUrl | None:
        """Seller, buyer, tax and number, as paper; null until it is paid."""
        paid = self.completed_at is not None
        return info.context.addresses.receipt(self.row.id) if paid else None

    @strawberry.field
    async def credit_notes(self, info: Info) -> list[CreditNote]:
        """One for each time that money went back, and where a bank gave it to us after all; the earliest first."""
        return await info.context.loaders.credit_notes.load(self.row.id)

    @strawberry.field
    async def refund(self, info: Info) -> Ability:
        """Whether a refund can be asked for."""
        return await info.context.loaders.purchase_refunds.load(self.row.id)


@strawberry.type
class PurchaseConnection(Connection[Purchase]):
    """A page."""


@strawberry.input
class BuyExclusiveInput:
    track_id: strawberry.ID
    """A track of another, on sale."""
    idempotency_key: str
    """Made by the client for each purchase; the same key is the same purchase."""
    expected_total: MoneyInput | None = absent()
    """The quote's total, against surprises."""
    agreement_sha256: str | None = strawberry.field(name="agreementSha256", default_factory=absent)
    """The quote's agreement."""
    return_path: str | None = absent()
    """Path of our site to come back to; the track's page unless given."""


@strawberry.type
class BuyExclusivePayload:
    purchase: Purchase | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class CancelPurchasePayload:
    purchase: Purchase | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RefundPurchaseInput:
    reason: str
    """What was the error; at most 1,000 characters."""
    idempotency_key: str
    """Made by the client for each refund."""


@strawberry.type
class RefundPurchasePayload:
    purchase: Purchase | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
