"""What was bought is had by who bought it, alone, as long as the money stays (MONEY 5.8)."""

from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.models.licences import EXCLUSIVE_HELD, Licence
from db.models.purchases import Purchase
from db.models.tracks import Track
from db.queries.invariants.finding import Invariant, rows_of
from db.vocabulary import PurchaseStatus, TrackStatus

_HAD: Final = (PurchaseStatus.COMPLETED, PurchaseStatus.DISPUTED)
_UNDONE: Final = (PurchaseStatus.REFUNDED, PurchaseStatus.RESCINDED)


async def _look(session: AsyncSession) -> list[str]:
    return [*await _held_by_several(session), *await _not_as_bought(session)]


async def _held_by_several(session: AsyncSession) -> list[str]:
    track, number = col(Licence.track_id), func.count()
    several = select(track, number).where(EXCLUSIVE_HELD).group_by(track).having(number > 1).order_by(track)
    return [f"{count} hold the exclusive licence to {one}" for one, count in await session.execute(several)]


async def _not_as_bought(session: AsyncSession) -> list[str]:
    """Licences that hold though the money went back, and tracks that are on sale though somebody has bought them."""
    status = col(Purchase.status)
    on_sale = and_(status.in_(_HAD), col(Track.status) != TrackStatus.SOLD)
    wrong = (
        select(col(Purchase.id), status, col(Track.status))
        .join(Track, col(Track.id) == col(Purchase.track_id))
        .join(Licence, col(Licence.id) == col(Purchase.licence_id))
        .where(col(Licence.revoked_at).is_(None), or_(status.in_(_UNDONE), on_sale))
        .order_by(col(Purchase.id))
    )
    return [
        f"{purchase} is {had}, its licence holds, and its track is {track}"
        for purchase, had, track in await session.execute(wrong)
    ]


INVARIANT: Final = Invariant(
    "sold-once",
    "Whoever bought an exclusive has it alone, until the money went back.",
    _look,
    rows_of(Purchase, "purchases that were granted", col(Purchase.licence_id).is_not(None)),
)
