"""Every purchase comes to an end: paid, let go of, or given back (MONEY 5.8). Where nobody looked, nothing is late."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.purchases import LIVING, REFUNDING, Purchase
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.invariants.watched import watched_until
from db.vocabulary import JobKind

_LONG: Final = timedelta(hours=6)
"""The payment provider may be away for an evening."""


async def _look(session: AsyncSession) -> list[str]:
    moment = await watched_until(session, JobKind.EXPIRE_PURCHASES)
    return [] if moment is None else await _late(session, moment - _LONG)


async def _late(session: AsyncSession, since: datetime) -> list[str]:
    over, asked = col(Purchase.expires_at) < since, col(Purchase.refund_asked_at) < since
    moment = case((LIVING, col(Purchase.expires_at)), else_=col(Purchase.refund_asked_at))
    stuck = (
        select(col(Purchase.id), col(Purchase.status), moment)
        .where(or_(LIVING & over, REFUNDING & asked))
        .order_by(col(Purchase.id))
    )
    return [
        f"{purchase} is {status} and should have ended on {when:%Y-%m-%d}"
        for purchase, status, when in await session.execute(stuck)
    ]


INVARIANT: Final = Invariant(
    "purchases-end",
    "No purchase waits longer than for an evening: it is paid, let go of or given back.",
    _look,
    rows_of(Purchase, "purchases"),
)
