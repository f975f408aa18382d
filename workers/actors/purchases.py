"""Brings purchases of exclusives to what the payment provider says of them."""

from api.gateways.payment_answers import PaymentUnsure
from api.purchases.closing import settle
from api.purchases.expiry import have_due_settled
from api.purchases.till import sale_till
from db.ids import PurchaseId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.SETTLE_PURCHASE)
async def settle_purchase(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is kept is what the provider says when it is asked, and each call is made once."""
    if tools.payments is None:
        raise PaymentUnsure("This worker has no key of the payment provider.")
    till = sale_till(tools.settings, tools.sessions, tools.payments)
    await settle(till, PurchaseId(job["purchase"]), closing=True)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.EXPIRE_PURCHASES)
async def expire_purchases(tools: Tools, job: Job) -> None:
    """Running twice is safe: a purchase has one job in a minute."""
    await have_due_settled(tools.sessions)
    async with tools.sessions.writing() as session:
        await job.settle(session)
