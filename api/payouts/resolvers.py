"""Payouts over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_given, mutation, over_money, signed_in
from api.payouts.holds import set_payout_hold
from api.payouts.learning import payout_account_topic
from api.payouts.onboarding import own_profile, refresh_payout_account, start_payout_onboarding
from api.payouts.requesting import request_payout
from api.payouts.till import PayoutTill, payout_till
from db.ids import ProducerId
from db.vocabulary import Role
from schema.faults import no_producer
from schema.finances import Finances
from schema.ground import given
from schema.payouts import (
    PayoutAccount,
    PayoutHold,
    RefreshPayoutAccountPayload,
    RequestPayoutInput,
    RequestPayoutPayload,
    SetPayoutHoldInput,
    SetPayoutHoldPayload,
    StartPayoutOnboardingInput,
    StartPayoutOnboardingPayload,
)
from schema.scalars import URL


@strawberry.type
class PayoutsQuery:
    @strawberry.field
    async def finances(self, info: Info) -> Finances | None:
        """The viewer's money; null unless a producer."""
        producer = _own(info)
        minimum = info.context.settings.minimum_payout_minor
        return Finances(producer_id=producer, minimum_minor=minimum) if producer else None


@strawberry.type
class PayoutsMutation:
    @mutation
    async def start_payout_onboarding(
        self, info: Info, input: StartPayoutOnboardingInput
    ) -> StartPayoutOnboardingPayload:
        """Begin or go on with the hosted set-up. Codes: PRODUCER_REQUIRED, PAYOUT_COUNTRY_SET, PAYOUT_ACCOUNT_REJECTED, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE."""
        viewer = over_money(info)
        producer = own_profile(viewer)
        url = await start_payout_onboarding(
            _till(info), viewer, country=input.country, return_path=given(input.return_path)
        )
        account = await info.context.loaders.payout_accounts.load(producer)
        return StartPayoutOnboardingPayload(onboarding_url=URL(url), payout_account=account)

    @mutation
    async def refresh_payout_account(self, info: Info) -> RefreshPayoutAccountPayload:
        """Ask the provider anew: on the way back from the set-up. Codes: PRODUCER_REQUIRED, PAYMENTS_UNAVAILABLE."""
        viewer = signed_in(info)
        producer = own_profile(viewer)
        await refresh_payout_account(_till(info), viewer)
        account = await info.context.loaders.payout_accounts.load(producer)
        return RefreshPayoutAccountPayload(payout_account=account)

    @mutation
    async def request_payout(self, info: Info, input: RequestPayoutInput) -> RequestPayoutPayload:
        """Pay out now. Codes: PRODUCER_REQUIRED, PAYOUT_ACCOUNT_NOT_READY, PAYOUTS_HELD, BELOW_MINIMUM, PAYOUT_UNDER_WAY, IDEMPOTENCY_KEY_REUSED, PAYMENTS_UNAVAILABLE."""
        viewer = over_money(info)
        own_profile(viewer)
        till = _till(info)
        async with info.context.sessions.writing() as session:
            payout = await request_payout(
                session,
                viewer,
                till.terms,
                currency=input.currency,
                idempotency_key=input.idempotency_key,
            )
        return RequestPayoutPayload(payout=await info.context.loaders.payouts.load(payout))

    @mutation
    async def set_payout_hold(
        self, info: Info, id: strawberry.ID, input: SetPayoutHoldInput
    ) -> SetPayoutHoldPayload:
        """Hold a producer's payouts that have not begun, or release them (staff).

        Args:
            id: Of a Producer.
        """
        viewer, producer = over_money(info), ProducerId(id_given("id", id, "pro", "producer"))
        async with info.context.sessions.writing() as session:
            rows = await set_payout_hold(session, viewer, producer, held=input.held, reason=input.reason)
        return SetPayoutHoldPayload(holds=[PayoutHold.of(row) for row in rows])


@strawberry.type
class PayoutsSubscription:
    @strawberry.subscription
    async def payout_account_changed(self, info: Info) -> AsyncGenerator[PayoutAccount]:
        """The viewer's set-up; for approved producers, others get FORBIDDEN."""
        signed_in(info)
        producer = _own(info) or no_producer()
        async for _ in info.context.watch(payout_account_topic(producer)):
            yield await info.context.loaders.payout_accounts.load(producer)


def _own(info: Info) -> ProducerId | None:
    """The viewer's profile, while they have producer access."""
    viewer = info.context.viewer
    return viewer.producer_id if viewer is not None and viewer.has(Role.PRODUCER) else None


def _till(info: Info) -> PayoutTill:
    return payout_till(info.context.settings, info.context.sessions, info.context.payments)
