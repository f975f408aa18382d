"""Why the pool of a closed month paid a producer what it paid (D-53)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.pool.closing import month_of
from api.pool.contribution import Facts
from api.pool.dividing import Weighed, facts_of
from api.pool.spreadsheet import LaterPart, Sheet, TrackPart
from db.ids import PoolRunId, ProducerId
from db.queries import pool_shares, pools
from db.queries.pool_shares import AdjustmentRow, ContributionRow, ShareRow
from db.queries.pools import PoolRunRow
from db.vocabulary import PoolRunStatus


@dataclass(frozen=True)
class Explained:
    """A producer's share, and what became of it later."""

    run: PoolRunRow
    share: ShareRow
    later: tuple[AdjustmentRow, ...]


async def explained(session: AsyncSession, producer: ProducerId, period: str) -> Explained | None:
    """Null where the month is not closed, or they had no part in it."""
    closing = await pools.closing_of(session, period)
    return await _of_run(session, producer, closing) if closing else None


async def sheet_of(session: AsyncSession, producer: ProducerId, run: PoolRunId) -> Sheet | None:
    """The same as a spreadsheet, every track of it."""
    row = await pools.run(session, run)
    found = await _of_run(session, producer, row) if row else None
    if found is None:
        return None
    tracks = await pool_shares.contributions(session, run, producer)
    return Sheet(
        period=found.run.period,
        currency=found.run.currency,
        pool_minor=found.run.pool_minor,
        total_weight=found.run.total_weight,
        weight=found.share.weight,
        amount_minor=found.share.amount_minor,
        tracks=[_part(one, found.run) for one in tracks],
        later=[_later(one) for one in found.later],
    )


def facts_behind(row: ContributionRow, run: PoolRunRow) -> Facts:
    """What the weight of a track followed from."""
    track = Weighed(row.track_id, row.published_at, row.licensing_model, row.plays, row.producers)
    return facts_of(track, month_of(run).last_day)


async def _of_run(session: AsyncSession, producer: ProducerId, run: PoolRunRow) -> Explained | None:
    share = await pool_shares.share_of(session, run.id, producer)
    if run.status is not PoolRunStatus.POSTED or share is None:
        return None
    return Explained(run, share, tuple(await pool_shares.adjustments_of(session, run.period, producer)))


def _part(row: ContributionRow, run: PoolRunRow) -> TrackPart:
    return TrackPart(
        row.track_id,
        row.work["title"],
        row.work["artists"],
        row.published_at,
        facts_behind(row, run),
        row.weight,
        row.amount_minor,
    )


def _later(row: AdjustmentRow) -> LaterPart:
    return LaterPart(row.pool_minor, row.total_weight, row.weight, row.amount_minor, row.posted_at)
