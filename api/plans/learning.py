"""Keeping what the payment provider says of a plan; it alone says what is paid (D-50).

The provider is asked outside of any transaction. Whoever has asked before somebody else wrote has old news, and asks
again; so whatever order answers come in, the last state stays.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_facts import SubscriptionFacts
from api.gateways.payments import Payments
from api.plans.rules import standing
from db import jobs
from db.clock import now
from db.ids import PlanId, PlanSubscriptionId
from db.queries import plans as queries
from db.queries.plans import PlanSubscriptionRow
from db.session import Sessions
from db.vocabulary import JobKind, PlanStatus

_TRIES: Final = 8
"""Of asking again because somebody else wrote meanwhile: more than there are workers."""


class NewsOvertakenError(RuntimeError):
    """Others wrote again and again while the provider was asked; the job comes back."""


async def learn_of_subscription(
    sessions: Sessions,
    payments: Payments,
    subscription: PlanSubscriptionId,
    reference: str,
    *,
    grace: timedelta,
) -> None:
    """Bring a plan up to what the provider says of its subscription.

    Raises:
        PaymentRefused: It knows of none.
        PaymentUnsure: It does not answer.
    """
    for _ in range(_TRIES):
        async with sessions.reading() as session:
            before = await _version(session, subscription)
        facts = await payments.subscription(reference)
        async with sessions.writing() as session:
            row = await queries.held_subscription(session, subscription)
            if row is None:
                return
            if row.version == before:
                news = _news(row, facts, grace)
                await queries.change_subscription(session, subscription, news)
                if news["started_at"] and row.started_at is None:
                    await _welcome(session, row)
                return
    raise NewsOvertakenError(subscription)


async def _welcome(session: AsyncSession, row: PlanSubscriptionRow) -> None:
    """A plan has begun: whom it concerns is told."""
    await jobs.add(session, JobKind.TELL_OF_SUBSCRIBER, key=row.id, account=row.account_id)


async def _version(session: AsyncSession, subscription: PlanSubscriptionId) -> int:
    rows = await queries.subscriptions(session, [subscription])
    return rows[0].version if rows else 0


def _news(row: PlanSubscriptionRow, facts: SubscriptionFacts, grace: timedelta) -> dict[str, Any]:
    moment = now()
    found = standing(facts.status, ends=facts.ends, known_grace=row.grace_ends_at, moment=moment, grace=grace)
    pays = found.status not in {PlanStatus.CHECKOUT_OPEN, PlanStatus.ENDED}
    return {
        "reference": facts.reference,
        "status": found.status,
        "plan_id": PlanId(facts.plan) if facts.plan else row.plan_id,
        "next_plan_id": PlanId(facts.next_plan) if facts.next_plan and pays else None,
        "period_ends_at": facts.period_ends_at,
        "grace_ends_at": found.grace_ends_at,
        "started_at": row.started_at or (moment if pays else None),
        "ended_at": facts.ended_at or moment if found.status is PlanStatus.ENDED else None,
        "checkout_url": row.checkout_url if found.status is PlanStatus.CHECKOUT_OPEN else None,
        "version": row.version + 1,
    }


async def end_unpaid(session: AsyncSession, subscription: PlanSubscriptionId) -> None:
    """What was begun is over, for its checkout is and nobody paid; a plan that was paid stays as it is."""
    row = await queries.held_subscription(session, subscription)
    if row is None or row.status is not PlanStatus.CHECKOUT_OPEN or row.reference is not None:
        return
    over: dict[str, Any] = {"status": PlanStatus.ENDED, "ended_at": now(), "checkout_url": None}
    await queries.change_subscription(session, subscription, over | {"version": row.version + 1})
