"""Whose a pool is: shares by producer, and lines by track (D-53)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, String, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting, rows_given
from db.ids import PoolRunId, ProducerId, TrackId
from db.models.all import METADATA
from db.models.pools import PoolInput, PoolLine, PoolRun, PoolShare
from db.queries.paging import Anchor, Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import CurrencyCode, LicensingModel, PoolRunStatus

_SHARE_COLUMNS: Final[dict[str, Any]] = {
    "producer_id": String(),
    "weight": BigInteger(),
    "amount_minor": BigInteger(),
}
_LINE_COLUMNS: Final[dict[str, Any]] = {
    "producer_id": String(),
    "track_id": String(),
    "weight": BigInteger(),
    "amount_minor": BigInteger(),
}


class ShareRow(NamedTuple):
    producer_id: ProducerId
    weight: int
    amount_minor: int


class LineRow(NamedTuple):
    producer_id: ProducerId
    track_id: TrackId
    weight: int
    amount_minor: int


class ContributionRow(NamedTuple):
    """A producer's part of a closed month by one track, and what it follows from."""

    track_id: TrackId
    work: dict[str, Any]
    published_at: datetime
    licensing_model: LicensingModel
    plays: int
    producers: list[ProducerId]
    weight: int
    amount_minor: int


class AdjustmentRow(NamedTuple):
    """What became of a producer's share of a closed month later."""

    sequence: int
    pool_minor: int
    currency: CurrencyCode
    total_weight: int
    weight: int
    amount_minor: int
    posted_at: datetime


async def keep_shares(session: AsyncSession, run: PoolRunId, rows: Sequence[Sequence[Any]]) -> None:
    """Write shares; those that are there stay as they are."""
    await _keep(session, "pool_share", run, _SHARE_COLUMNS, rows)


async def keep_lines(session: AsyncSession, run: PoolRunId, rows: Sequence[Sequence[Any]]) -> None:
    """Write lines, likewise."""
    await _keep(session, "pool_line", run, _LINE_COLUMNS, rows)


async def _keep(
    session: AsyncSession,
    table: str,
    run: PoolRunId,
    columns: dict[str, Any],
    rows: Sequence[Sequence[Any]],
) -> None:
    if not rows:
        return
    given = rows_given(session, columns, rows).add_columns(literal(run, String()).label("run_id"))
    new = inserting(session, METADATA.tables[table]).from_select([*columns, "run_id"], given)
    await session.execute(new.on_conflict_do_nothing())


async def shares_of(
    session: AsyncSession, run: PoolRunId, *, after: str = "", limit: int | None = None
) -> list[ShareRow]:
    """Shares of a run, by producers' ids.

    Args:
        after: The last producer of those before.
    """
    producer = col(PoolShare.producer_id)
    chosen = select_row(ShareRow, PoolShare).where(col(PoolShare.run_id) == run, producer > after)
    return await read(session, ShareRow, chosen.order_by(producer).limit(limit))


async def lines_of(session: AsyncSession, run: PoolRunId) -> list[LineRow]:
    """All lines of a run, by producers' and tracks' ids."""
    chosen = select_row(LineRow, PoolLine).where(col(PoolLine.run_id) == run)
    return await read(session, LineRow, chosen.order_by(col(PoolLine.producer_id), col(PoolLine.track_id)))


async def share_of(session: AsyncSession, run: PoolRunId, producer: ProducerId) -> ShareRow | None:
    own = col(PoolShare.run_id) == run, col(PoolShare.producer_id) == producer
    return await read_one(session, ShareRow, select_row(ShareRow, PoolShare).where(*own))


async def adjustments_of(session: AsyncSession, period: str, producer: ProducerId) -> list[AdjustmentRow]:
    """What became of a producer's share later, in order."""
    of_run = {
        name: getattr(PoolRun, name)
        for name in ("sequence", "pool_minor", "currency", "total_weight", "posted_at")
    }
    chosen = select_row(AdjustmentRow, PoolShare, **of_run).join(
        PoolRun, col(PoolRun.id) == col(PoolShare.run_id)
    )
    later = (
        col(PoolShare.producer_id) == producer,
        col(PoolRun.period) == period,
        col(PoolRun.sequence) > 0,
        col(PoolRun.status) == PoolRunStatus.POSTED,
    )
    return await read(session, AdjustmentRow, chosen.where(*later).order_by(col(PoolRun.sequence)))


_BY_AMOUNT: Final = [
    Key(col(PoolLine.amount_minor), descending=True),
    Key(col(PoolLine.weight), descending=True),
    Key(col(PoolLine.track_id), descending=True),
]


def anchor_of(row: ContributionRow) -> Anchor:
    return row.amount_minor, row.weight, row.track_id


async def page_of_contributions(
    session: AsyncSession, run: PoolRunId, producer: ProducerId, part: Slice
) -> Page[ContributionRow]:
    """The largest amounts first."""
    return await read_page(session, ContributionRow, _contributions(run, producer), _BY_AMOUNT, part)


async def contributions(session: AsyncSession, run: PoolRunId, producer: ProducerId) -> list[ContributionRow]:
    """All of them, the largest amounts first."""
    order = [key.column.desc() for key in _BY_AMOUNT]
    return await read(session, ContributionRow, _contributions(run, producer).order_by(*order))


async def count_contributions(session: AsyncSession, run: PoolRunId, producer: ProducerId) -> int:
    own = col(PoolLine.run_id) == run, col(PoolLine.producer_id) == producer
    return await read_count(session, select(func.count()).select_from(PoolLine).where(*own))


def _contributions(run: PoolRunId, producer: ProducerId) -> AnySelect:
    of_line = {name: getattr(PoolLine, name) for name in ("weight", "amount_minor")}
    same = and_(
        col(PoolInput.run_id) == col(PoolLine.run_id), col(PoolInput.track_id) == col(PoolLine.track_id)
    )
    own = col(PoolLine.run_id) == run, col(PoolLine.producer_id) == producer
    chosen = select_row(ContributionRow, PoolInput, **of_line).join(PoolLine, same)
    return chosen.where(*own)
