"""Beginning a plan: a checkout is opened, and what is paid there begins it (D-50)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_answers import PaymentRefused
from api.gateways.payment_facts import PlanOrder
from api.payments.calls import Intent, carry_out
from api.payments.till import check_return_path, refusing
from api.plans.errors import AnotherWasChosen, PlanCostsNothing, PlanIsHeld, PlanNotFound
from api.plans.learning import end_unpaid, learn_of_subscription
from api.plans.paying import PlanTill
from api.refusals import KeyWasUsedBefore, Problems
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db.ids import PlanId, PlanSubscriptionId, new_id
from db.models.plans import PlanSubscription
from db.queries import accounts
from db.queries import plans as queries
from db.queries.plans import PlanRow, PlanSubscriptionRow
from db.vocabulary import PaymentCallKind, PlanStatus


@dataclass(frozen=True)
class NewPlan:
    """A plan as somebody chose it.

    Attributes:
        return_path: Of our site, to come back to from the checkout.
    """

    plan: PlanId
    idempotency_key: str
    return_path: str


async def subscribe(till: PlanTill, viewer: Viewer, chosen: NewPlan) -> PlanSubscriptionId:
    """Open a checkout for a plan; the same key again is the same checkout, another plan puts the open one away.

    Raises:
        PlanNotFound: None that is on sale.
        PlanCostsNothing: Everybody has it.
        PlanIsHeld: There is one already.
        KeyWasUsedBefore: For another plan.
        AnotherWasChosen: While this one was being opened.
        PaymentIsRefused, PaymentsAreAway: Nothing was begun that could be paid.
    """
    key = _checked(chosen)
    async with refusing():
        row = await _begun(till, viewer, chosen, key)
        if row.status is PlanStatus.CHECKOUT_OPEN and row.checkout_url is None:
            await _open_checkout(till, row)
    return row.id


def _checked(chosen: NewPlan) -> str:
    problems = Problems()
    key = checked_idempotency_key(problems, chosen.idempotency_key)
    with problems.under("return_path"):
        check_return_path(chosen.return_path)
    problems.refuse_any()
    return key or ""


async def _begun(till: PlanTill, viewer: Viewer, chosen: NewPlan, key: str) -> PlanSubscriptionRow:
    """What this key has begun, or begins now; a checkout for another plan is put away first."""
    async with till.sessions.reading() as session:
        plan = await _plan_on_sale(session, chosen.plan)
        open_one = next(iter(await queries.living_of(session, [viewer.account_id])), None)
    if open_one and open_one.plan_id != plan.id and open_one.status is PlanStatus.CHECKOUT_OPEN:
        await put_away(till, open_one)
    async with till.sessions.writing() as session:
        await accounts.lock(session, viewer.account_id)  # else two at once would each begin one
        return await _begin(session, viewer, chosen, key, plan)


async def _plan_on_sale(session: AsyncSession, wanted: PlanId) -> PlanRow:
    plan = next((one for one in await queries.plans_on_sale(session) if one.id == wanted), None)
    if plan is None:
        raise PlanNotFound
    if not plan.price_minor:
        raise PlanCostsNothing
    return plan


async def _begin(
    session: AsyncSession, viewer: Viewer, chosen: NewPlan, key: str, plan: PlanRow
) -> PlanSubscriptionRow:
    known = await queries.begun_with(session, viewer.account_id, key)
    if known and known.plan_id != plan.id:
        raise KeyWasUsedBefore
    if known:
        return known
    for held in await queries.living_of(session, [viewer.account_id]):
        if held.status is PlanStatus.CHECKOUT_OPEN and held.plan_id == plan.id:
            return held
        raise PlanIsHeld(object_id=held.id)
    row = PlanSubscription(
        id=PlanSubscriptionId(new_id("sub")),
        account_id=viewer.account_id,
        plan_id=plan.id,
        idempotency_key=key,
        return_path=chosen.return_path,
    )
    session.add(row)
    await session.flush()
    return (await queries.subscriptions(session, [row.id]))[0]


async def put_away(till: PlanTill, row: PlanSubscriptionRow) -> None:
    """Let nobody pay any more on an open checkout; what was paid there meanwhile is kept.

    One that is being opened just now, or was opened without an answer, is opened first: its key tells which it is.
    """
    reference = row.checkout_reference or await _opened(till, row)
    await _close(till, row, reference)
    async with till.sessions.writing() as session:
        await end_unpaid(session, row.id)


async def _close(till: PlanTill, row: PlanSubscriptionRow, reference: str) -> None:
    try:
        await till.close_checkout(reference, row.id)
    except PaymentRefused:
        facts = await till.payments.checkout(reference)
        if facts.subscription:
            await learn_of_subscription(
                till.sessions, till.payments, row.id, facts.subscription, grace=till.grace
            )
        elif facts.status == "open":
            raise


async def _open_checkout(till: PlanTill, row: PlanSubscriptionRow) -> None:
    """Have somebody pay; where the plan was put away meanwhile, nobody may."""
    reference = await _opened(till, row)
    facts = await till.payments.checkout(reference)
    async with till.sessions.writing() as session:
        held = await queries.held_subscription(session, row.id)
        was_put_away = held is None or held.status is PlanStatus.ENDED
        if held and held.status is PlanStatus.CHECKOUT_OPEN:
            values = {"checkout_reference": reference, "checkout_url": facts.url}
            await queries.change_subscription(session, row.id, values)
    if was_put_away:
        await _close(till, row, reference)
        raise AnotherWasChosen


async def _opened(till: PlanTill, row: PlanSubscriptionRow) -> str:
    """The checkout of a plan, opened once."""
    async with till.sessions.reading() as session:
        [plan] = await queries.plans(session, [row.plan_id])
    back = f"{till.site}{row.return_path}"
    order = PlanOrder(
        subject=row.id,
        payer=await till.payer(row.account_id),
        price=await till.price(plan),
        success_url=back,
        cancel_url=back,
    )

    async def act(key: str) -> str:
        return (await till.payments.open_plan_checkout(key, order)).reference

    return await carry_out(till.sessions, Intent(PaymentCallKind.OPEN_PLAN_CHECKOUT, row.id), act)
