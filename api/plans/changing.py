"""Moving to another plan, up at once and down at the period's end; stopping a plan and going on with it (D-50)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_answers import PaymentRefused
from api.payments.calls import Intent, carry_out
from api.payments.till import refusing
from api.plans.errors import BillIsUnpaid, NoPlanIsHeld, PlanCostsNothing, PlanNotFound
from api.plans.learning import learn_of_subscription
from api.plans.paying import PlanTill
from api.refusals import KeyWasUsedBefore, Problems
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.ids import AccountId, PlanId, PlanSubscriptionId
from db.queries import plans as queries
from db.queries.plans import PlanRow, PlanSubscriptionRow
from db.vocabulary import PaymentCallKind, PlanStatus


async def change_plan(
    till: PlanTill, viewer: Viewer, *, plan: PlanId, idempotency_key: str
) -> PlanSubscriptionId:
    """Move to a dearer plan at once, paying the difference; to a cheaper one at the period's end; the same: stay.

    Raises:
        PlanNotFound: None that is on sale.
        PlanCostsNothing: To go back to it, stop the renewal.
        NoPlanIsHeld, BillIsUnpaid: There is nothing to move from.
        KeyWasUsedBefore: For another plan.
        PaymentIsRefused: All is as it was.
        PaymentsAreAway: The same key again tells.
    """
    problems = Problems()
    key = checked_idempotency_key(problems, idempotency_key)
    problems.refuse_any()
    async with till.sessions.reading() as session:
        held = await _held(session, viewer.account_id)
        every = {one.id: one for one in await queries.plans_on_sale(session)}
        [now] = await queries.plans(session, [held.plan_id])
    if plan not in every:
        raise PlanNotFound
    wanted = every[plan]
    if not wanted.price_minor:
        raise PlanCostsNothing
    async with refusing():
        try:
            await _move(till, held, now, wanted, f"{held.id}:{key}")
        except PaymentRefused:
            await _restore(till, held)
            raise
        finally:
            await _learn(till, held)
    return held.id


async def set_renewal(till: PlanTill, viewer: Viewer, *, renews: bool) -> PlanSubscriptionId:
    """Have a plan end with its period, or go on; one that was to become a smaller plan becomes none.

    Raises:
        NoPlanIsHeld, BillIsUnpaid: There is nothing to stop.
        PaymentIsRefused, PaymentsAreAway: It is as it was, as far as is known.
    """
    async with till.sessions.reading() as session:
        held = await _held(session, viewer.account_id)
    async with refusing():
        await _stay(till, held)  # what is scheduled would go on, or could not be resumed

        async def act(key: str) -> str:
            await till.payments.renew(key, _reference(held), renews=renews)
            return _reference(held)

        intent = Intent(PaymentCallKind.SET_RENEWAL, held.id, again=True)
        await carry_out(till.sessions, intent, act)
        await _learn(till, held)
    return held.id


async def _held(session: AsyncSession, account: AccountId) -> PlanSubscriptionRow:
    """What the account has and has paid for."""
    held = next(iter(await queries.living_of(session, [account])), None)
    if held is None or held.reference is None or held.status is PlanStatus.CHECKOUT_OPEN:
        raise NoPlanIsHeld
    if held.status is PlanStatus.PAYMENT_FAILED:
        raise BillIsUnpaid(object_id=held.id)
    return held


async def _move(
    till: PlanTill, held: PlanSubscriptionRow, now: PlanRow, wanted: PlanRow, subject: str
) -> None:
    if wanted.price_minor >= now.price_minor:
        await _stay(till, held)
    if wanted.id == now.id:
        return
    price = await till.price(wanted)

    async def act(key: str) -> str:
        if wanted.price_minor > now.price_minor:
            await till.payments.move_plan_now(key, _reference(held), price, minor=wanted.price_minor)
        else:
            await till.payments.move_plan_later(key, _reference(held), price)
        return wanted.id

    if await carry_out(till.sessions, Intent(PaymentCallKind.MOVE_PLAN, subject), act) != wanted.id:
        raise KeyWasUsedBefore


async def _restore(till: PlanTill, held: PlanSubscriptionRow) -> None:
    """A move was refused: what was to follow the plan follows it again."""
    if held.next_plan_id is None:
        return
    async with till.sessions.reading() as session:
        [following] = await queries.plans(session, [held.next_plan_id])
    price = await till.price(following)

    async def act(key: str) -> str:
        await till.payments.move_plan_later(key, _reference(held), price)
        return _reference(held)

    intent = Intent(PaymentCallKind.MOVE_PLAN, f"{held.id}:{following.id}", again=True)
    await carry_out(till.sessions, intent, act)


async def _stay(till: PlanTill, held: PlanSubscriptionRow) -> None:
    """Forget the plan that was to take over at the period's end."""

    async def act(key: str) -> str:
        await till.payments.stay(key, _reference(held))
        return _reference(held)

    await carry_out(till.sessions, Intent(PaymentCallKind.STAY_IN_PLAN, held.id, again=True), act)


async def _learn(till: PlanTill, held: PlanSubscriptionRow) -> None:
    await learn_of_subscription(till.sessions, till.payments, held.id, _reference(held), grace=till.grace)


def _reference(held: PlanSubscriptionRow) -> str:
    assert held.reference  # who has a plan has paid it
    return held.reference
