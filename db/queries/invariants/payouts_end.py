"""Every payout comes to an end: at the bank, or back in the balance (MONEY 5). Where nobody looked, nothing is late."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.payouts import Payout
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.invariants.watched import watched_until
from db.vocabulary import JobKind, PayoutStatus

_SENDING_FOR: Final = timedelta(hours=6)
"""The payment provider may be away for an evening."""
_SENT_FOR: Final = timedelta(days=14)
"""A bank takes some working days."""
_FAILED_FOR: Final = timedelta(days=1)


async def _look(session: AsyncSession) -> list[str]:
    moment, lines = await watched_until(session, JobKind.FOLLOW_PAYOUTS), list[str]()
    if moment is None:
        return lines
    for status, since, condition in _late(moment):
        chosen = select(col(Payout.id), since).where(col(Payout.status) == status, condition)
        for payout, when in await session.execute(chosen.order_by(col(Payout.id))):
            lines.append(f"{payout} is {status} since {when:%Y-%m-%d}")
    return lines


def _late(moment: datetime) -> list[tuple[PayoutStatus, Any, Any]]:
    begun, ended = col(Payout.begun_at), col(Payout.ended_at)
    not_back = and_(ended < moment - _FAILED_FOR, col(Payout.returned_at).is_(None))
    return [
        (PayoutStatus.SENDING, begun, begun < moment - _SENDING_FOR),
        (PayoutStatus.SENT, begun, begun < moment - _SENT_FOR),
        (PayoutStatus.FAILED, ended, not_back),
    ]


INVARIANT: Final = Invariant(
    "payouts-end",
    "No payout is on its way for longer than banks take: it arrives, or is in the balance again.",
    _look,
    rows_of(Payout, "payouts"),
)
