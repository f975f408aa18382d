"""Nothing is paid to whom the provider has not said it can be paid (D-54, MONEY 5.5)."""

from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.payouts import Payout, PayoutAccount
from db.queries.invariants.finding import Invariant, rows_of


async def _look(session: AsyncSession) -> list[str]:
    own = and_(col(PayoutAccount.id) == col(Payout.account_id))
    strange = or_(
        ~col(Payout.account_ready),
        col(PayoutAccount.ready_at).is_(None),
        col(PayoutAccount.ready_at) > col(Payout.begun_at),
        col(PayoutAccount.reference) != col(Payout.destination),
        col(PayoutAccount.producer_id) != col(Payout.producer_id),
    )
    chosen = select(col(Payout.id), col(Payout.destination)).join(PayoutAccount, own)
    begun = chosen.where(col(Payout.begun_at).is_not(None), strange).order_by(col(Payout.id))
    return [
        f"{payout} was begun to {destination}, which was not ready, or not the producer's"
        for payout, destination in await session.execute(begun)
    ]


INVARIANT: Final = Invariant(
    "payouts-to-the-ready",
    "No payout has begun but to its producer's own account, when that was ready.",
    _look,
    rows_of(Payout, "payouts"),
)
