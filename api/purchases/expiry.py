"""Purchases that time has to be made for: each is settled by a job of its own, for the provider has to be asked."""

from datetime import datetime
from typing import Final

from db import jobs
from db.clock import now
from db.queries import purchases as queries
from db.session import Sessions
from db.vocabulary import JobKind

_AT_ONCE: Final = 5_000
"""Relay asks again each minute."""


async def have_due_settled(sessions: Sessions) -> None:
    """Have every living purchase settled whose time is over, and every refund made that was asked for and is not.

    Once an hour each: the job itself is tried again until the provider answers.
    """
    moment = now()
    async with sessions.reading() as session:
        due = await queries.due(session, before=moment, limit=_AT_ONCE)
    if not due:
        return
    payloads = {_key(one, moment): {"purchase": one} for one in due}
    async with sessions.writing() as session:
        await jobs.add_all(session, JobKind.SETTLE_PURCHASE, payloads)


def _key(purchase: str, moment: datetime) -> str:
    return f"{purchase}:{moment:%Y-%m-%dT%H}"
