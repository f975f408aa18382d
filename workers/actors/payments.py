"""Reads anew what the payment provider's events are about, and finds those that never came in."""

from datetime import timedelta

from api.gateways.payment_answers import PaymentUnsure
from api.gateways.payments import Payments
from api.payments.inbox import catch_up
from api.payouts.hearing import PayoutEars
from api.payouts.till import payout_till
from api.plans import welcoming
from api.plans.hearing import PlanEars
from api.purchases.hearing import SaleEars
from api.purchases.till import sale_till
from db.ids import AccountId
from db.queries import payments as queries
from db.queries.payments import EventRow
from db.vocabulary import JobKind, PaymentEventState
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.READ_PAYMENT_EVENT)
async def read_payment_event(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is kept is what the provider says when it is asked, whatever the event said."""
    async with tools.sessions.reading() as session:
        event = await queries.event(session, job["event"])
    if tools.payments is None:
        raise PaymentUnsure("This worker has no key of the payment provider.")
    heard = event is not None and await _hear(tools, tools.payments, event)
    async with tools.sessions.writing() as session:
        if event is not None:
            state = PaymentEventState.DONE if heard else PaymentEventState.IGNORED
            await queries.settle_event(session, event.id, state)
        await job.settle(session)


async def _hear(tools: Tools, payments: Payments, event: EventRow) -> bool:
    """Whose it is, knows it."""
    sales = SaleEars(sale_till(tools.settings, tools.sessions, payments))
    if await sales.hear(event.type, event.object_id):
        return True
    if await PayoutEars(payout_till(tools.settings, tools.sessions, payments)).hear(
        event.type, event.object_id
    ):
        return True
    grace = timedelta(days=tools.settings.payment_grace_days)
    return await PlanEars(tools.sessions, payments, grace).hear(event.type, event.object_id)


@does(JobKind.TELL_OF_SUBSCRIBER)
async def tell_of_subscriber(tools: Tools, job: Job) -> None:
    """Running twice is safe: who was told of somebody is not told again."""
    subscriber = AccountId(job["account"])
    await welcoming.tell_of_subscriber(tools.sessions, subscriber, keep=job.keep, settle=job.settle)


@does(JobKind.CATCH_UP_ON_PAYMENTS)
async def catch_up_on_payments(tools: Tools, job: Job) -> None:
    """Running twice is safe: an event that is there is not received again."""
    if tools.payments is not None:
        await catch_up(tools.sessions, tools.payments)
    async with tools.sessions.writing() as session:
        await job.settle(session)
