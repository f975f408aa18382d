"""Plans over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, over_money
from api.plans.changing import change_plan, set_renewal
from api.plans.paying import PlanTill, plan_till
from api.plans.subscribing import NewPlan, subscribe
from db.ids import PlanId, PlanSubscriptionId
from db.queries import plans as queries
from db.queries.plans import PlanSubscriptionRow
from schema.ground import given
from schema.plans import (
    ChangePlanInput,
    ChangePlanPayload,
    Plan,
    PlanSubscription,
    SetPlanRenewalInput,
    SetPlanRenewalPayload,
    SubscribeToPlanInput,
    SubscribeToPlanPayload,
)
from schema.scalars import URL


@strawberry.type
class PlansQuery:
    @strawberry.field
    async def plans(self, info: Info) -> list[Plan]:
        """Plans on sale, cheapest first."""
        async with info.context.sessions.reading() as session:
            return [Plan.of(row) for row in await queries.plans_on_sale(session)]


@strawberry.type
class PlansMutation:
    @mutation
    async def subscribe_to_plan(self, info: Info, input: SubscribeToPlanInput) -> SubscribeToPlanPayload:
        """Open a checkout for a plan. Codes: ALREADY_SUBSCRIBED, NOTHING_TO_PAY, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE."""
        viewer, back = over_money(info), given(input.return_path)
        chosen = NewPlan(_plan(input.plan_id), input.idempotency_key, back or info.context.settings.plan_path)
        row = await _row(info, await subscribe(_till(info), viewer, chosen))
        url = URL(row.checkout_url) if row.checkout_url else None
        return SubscribeToPlanPayload(subscription=PlanSubscription.of(row), checkout_url=url)

    @mutation
    async def change_plan(self, info: Info, input: ChangePlanInput) -> ChangePlanPayload:
        """Move to another plan: up at once, down at the period's end. Codes: NO_PLAN, NOTHING_TO_PAY, BILL_UNPAID, PAYMENT_REFUSED, PAYMENTS_UNAVAILABLE."""
        viewer, plan = over_money(info), _plan(input.plan_id)
        held = await change_plan(_till(info), viewer, plan=plan, idempotency_key=input.idempotency_key)
        return ChangePlanPayload(subscription=PlanSubscription.of(await _row(info, held)))

    @mutation
    async def set_plan_renewal(self, info: Info, input: SetPlanRenewalInput) -> SetPlanRenewalPayload:
        """Stop or resume renewal. Codes: NO_PLAN, BILL_UNPAID, PAYMENTS_UNAVAILABLE."""
        viewer = over_money(info)
        held = await set_renewal(_till(info), viewer, renews=input.renews)
        return SetPlanRenewalPayload(subscription=PlanSubscription.of(await _row(info, held)))


def _till(info: Info) -> PlanTill:
    return plan_till(info.context.settings, info.context.sessions, info.context.payments)


def _plan(value: str) -> PlanId:
    return PlanId(id_given("plan_id", value, "pln", "plan"))


async def _row(info: Info, subscription: PlanSubscriptionId) -> PlanSubscriptionRow:
    async with info.context.sessions.reading() as session:
        [row] = await queries.subscriptions(session, [subscription])
    return row
