"""Payouts that nobody tells of: each is looked after by a job of its own, for the provider has to be asked (MONEY 1.6).

Events of what is in payout accounts cannot be asked for all at once, as those of our own can: so what may change is read
again, whether something was heard of it or not.
"""

from datetime import datetime, timedelta
from typing import Final

from db import jobs
from db.clock import now
from db.ids import PayoutId
from db.queries import payouts as queries
from db.session import Sessions
from db.vocabulary import JobKind, PayoutStatus

_AT_ONCE: Final = 500
COMES_BACK_WITHIN: Final = timedelta(days=10)
"""A bank that sends money back which had arrived does so within some working days."""


async def have_followed(sessions: Sessions, turn: str) -> None:
    """Have every payout settled that is under way; and those looked at once a day that have arrived.

    Args:
        turn: Of looking: in each, a payout has one job.
    """
    moment, after = now(), PayoutId("")
    while True:
        async with sessions.reading() as session:
            found = await queries.under_way(
                session, settled_since=moment - COMES_BACK_WITHIN, after=after, limit=_AT_ONCE
            )
        if not found:
            return
        payloads = {_key(payout, status, moment, turn): {"payout": payout} for payout, status in found}
        async with sessions.writing() as session:
            await jobs.add_all(session, JobKind.SETTLE_PAYOUT, payloads)
        after = found[-1][0]


def _key(payout: PayoutId, status: PayoutStatus, moment: datetime, turn: str) -> str:
    arrived = status is PayoutStatus.SETTLED
    return f"{payout}:{moment:%Y-%m-%d}" if arrived else f"{payout}:{turn}"
