"""Pays producers."""

from datetime import timedelta

from api.gateways.payment_answers import PaymentUnsure
from api.payouts.following import have_followed
from api.payouts.reminding import remind_of_setup
from api.payouts.requesting import start_due_payouts
from api.payouts.settlement import settle_payout as settle
from api.payouts.till import payout_terms, payout_till
from db.ids import PayoutId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.SETTLE_PAYOUT)
async def settle_payout(tools: Tools, job: Job) -> None:
    """Running twice is safe: each step is kept once, and each call of the provider is made once."""
    if tools.payments is None:
        raise PaymentUnsure("This worker has no key of the payment provider.")
    till = payout_till(tools.settings, tools.sessions, tools.payments)
    await settle(till, PayoutId(job["payout"]))
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.FOLLOW_PAYOUTS)
async def follow_payouts(tools: Tools, job: Job) -> None:
    """Running twice is safe: a payout has one job of it."""
    await have_followed(tools.sessions, job.claim.id)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.START_PAYOUTS)
async def start_payouts(tools: Tools, job: Job) -> None:
    """Running twice is safe: a producer has one payout of a day and a currency."""
    if tools.payments is not None:
        weekday = tools.settings.payout_weekday
        await start_due_payouts(tools.sessions, payout_terms(tools.settings), weekday=weekday)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.REMIND_OF_PAYOUT_SETUP)
async def remind_of_payout_setup(tools: Tools, job: Job) -> None:
    """Running twice is safe: a producer is reminded once in a month."""
    if tools.payments is not None:
        after = timedelta(days=tools.settings.payout_reminder_days)
        await remind_of_setup(tools.sessions, payout_terms(tools.settings), after=after)
    async with tools.sessions.writing() as session:
        await job.settle(session)
