"""Purchases of exclusives over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, over_money, signed_in
from api.purchases.checkout import buy_exclusive, cancel_purchase
from api.purchases.refund import refund_purchase
from api.purchases.reservation import Wish
from api.purchases.telling import purchase_topic
from api.purchases.till import SaleTill, sale_till
from db.ids import PurchaseId, TrackId
from schema.faults import not_there
from schema.ground import given
from schema.purchases import (
    BuyExclusiveInput,
    BuyExclusivePayload,
    CancelPurchasePayload,
    Purchase,
    RefundPurchaseInput,
    RefundPurchasePayload,
)


@strawberry.type
class PurchasesQuery:
    @strawberry.field
    async def purchase(self, info: Info, id: strawberry.ID) -> Purchase | None:
        """An own purchase by id.

        Args:
            id: Of a Purchase.
        """
        return await info.context.loaders.purchases.load(PurchaseId(id_of_type("id", id, "pur", "purchase")))


@strawberry.type
class PurchasesMutation:
    @mutation
    async def buy_exclusive(self, info: Info, input: BuyExclusiveInput) -> BuyExclusivePayload:
        """Reserve and open a checkout. Codes: ALREADY_SOLD, RESERVED_BY_OTHER, NOT_FOR_SALE, OWN_TRACK, PURCHASE_OPEN, PRICE_CHANGED, AGREEMENT_CHANGED, TOO_MANY_ATTEMPTS, IDEMPOTENCY_KEY_REUSED, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE."""
        viewer, total = over_money(info), given(input.expected_total)
        wish = Wish(
            TrackId(id_given("track_id", input.track_id, "trk", "track")),
            input.idempotency_key,
            expected_total=(total.amount, total.currency) if total else None,
            agreement_sha256=given(input.agreement_sha256),
            return_path=given(input.return_path),
        )
        bought = await buy_exclusive(_till(info), viewer, wish)
        return BuyExclusivePayload(purchase=await info.context.loaders.purchases.load(bought))

    @mutation
    async def cancel_purchase(self, info: Info, id: strawberry.ID) -> CancelPurchasePayload:
        """Let go of a track before paying: it is on sale again. Codes: PURCHASE_OVER, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE.

        Args:
            id: Own purchase.
        """
        viewer, purchase = over_money(info), _purchase(id)
        await cancel_purchase(_till(info), viewer, purchase)
        return CancelPurchasePayload(purchase=await info.context.loaders.purchases.load(purchase))

    @mutation
    async def refund_purchase(
        self, info: Info, id: strawberry.ID, input: RefundPurchaseInput
    ) -> RefundPurchasePayload:
        """Undo a purchase made in error. Codes: REFUND_TOO_LATE, ALREADY_DOWNLOADED, NOT_REFUNDABLE, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE.

        Args:
            id: Own purchase.
        """
        viewer, purchase, till = over_money(info), _purchase(id), _till(info)
        await refund_purchase(
            till, viewer, purchase, reason=input.reason, idempotency_key=input.idempotency_key
        )
        return RefundPurchasePayload(purchase=await info.context.loaders.purchases.load(purchase))


@strawberry.type
class PurchasesSubscription:
    @strawberry.subscription
    async def purchase_changed(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Purchase]:
        """A purchase after the buyer is back: paid, won or lost.

        Args:
            id: Own purchase.
        """
        signed_in(info)
        purchase = PurchaseId(id_of_type("id", id, "pur", "purchase"))
        async for _ in info.context.watch(purchase_topic(purchase)):
            yield await info.context.loaders.purchases.load(purchase) or not_there()


def _till(info: Info) -> SaleTill:
    return sale_till(info.context.settings, info.context.sessions, info.context.payments)


def _purchase(value: str) -> PurchaseId:
    return PurchaseId(id_given("id", value, "pur", "purchase"))
