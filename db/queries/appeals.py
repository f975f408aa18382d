"""Reading and deciding appeals against a block."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, DuplicateAppealId, TrackId
from db.models.recon import DuplicateAppeal, ReconMatch
from db.queries.cases import TRACK_IS_THERE
from db.queries.rows import read, select_row
from db.transitions import CASE, before
from db.vocabulary import ReviewStatus


class AppealRow(NamedTuple):
    id: DuplicateAppealId
    track_id: TrackId
    account_id: AccountId
    statement: str
    status: ReviewStatus
    submitted_at: datetime
    reviewed_at: datetime | None
    review_reason: str | None


_APPEALS = select_row(AppealRow, DuplicateAppeal).where(TRACK_IS_THERE)


async def appeals(session: AsyncSession, ids: Collection[str]) -> list[AppealRow]:
    """Those of the appeals whose track is still there."""
    return await read(session, AppealRow, _APPEALS.where(col(DuplicateAppeal.id).in_(ids)))


async def appeals_of(session: AsyncSession, tracks: Collection[TrackId]) -> list[AppealRow]:
    """Every appeal of these tracks, oldest first."""
    own = _APPEALS.where(col(DuplicateAppeal.track_id).in_(tracks))
    return await read(
        session, AppealRow, own.order_by(col(DuplicateAppeal.submitted_at), col(DuplicateAppeal.id))
    )


async def decide_appeal(
    session: AsyncSession, appeal: DuplicateAppealId, status: ReviewStatus, reason: str | None
) -> bool:
    """Close a waiting appeal; false if it is not waiting."""
    decided = (
        update(DuplicateAppeal)
        .where(col(DuplicateAppeal.id) == appeal, col(DuplicateAppeal.status).in_(before(CASE, status)))
        .values(status=status, reviewed_at=now(), review_reason=reason)
        .returning(col(DuplicateAppeal.id))
    )
    return (await session.execute(decided)).one_or_none() is not None


async def clear_blocks(session: AsyncSession, track: TrackId) -> None:
    """What blocks the track now never does again, from neither side."""
    blocking = col(ReconMatch.track_id) == track, col(ReconMatch.blocks)
    cleared = update(ReconMatch).where(*blocking).values(blocks=False, cleared=True)
    for other in await session.scalars(cleared.returning(col(ReconMatch.other_track_id))):
        mirror = col(ReconMatch.track_id) == other, col(ReconMatch.other_track_id) == track
        await session.execute(update(ReconMatch).where(*mirror).values(cleared=True))
