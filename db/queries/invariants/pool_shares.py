"""Shares of a pool are the pool, to the cent, and so are the lines of each share (D-52, MONEY 1.1)."""

from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import PoolRunId
from db.models.pools import PoolLateReturn, PoolLine, PoolRun, PoolShare
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import PoolRunStatus


class _Sums(NamedTuple):
    run: PoolRunId
    period: str
    pool: int
    weight: int
    shared: int
    shared_weight: int


class _Share(NamedTuple):
    run: PoolRunId
    producer: str
    amount: int
    weight: int
    lines: int
    lines_weight: int


class _Returns(NamedTuple):
    run: PoolRunId
    period: str
    pool: int
    returned: int


async def _look(session: AsyncSession) -> list[str]:
    return [
        *[
            f"{row.run} of {row.period} shares out {row.pool} by {row.weight}, and its shares are {row.shared} by"
            f" {row.shared_weight}"
            for row in await read(session, _Sums, _sums())
        ],
        *[
            f"{row.producer} has {row.amount} of {row.run} by {row.weight}, and the tracks {row.lines} by {row.lines_weight}"
            for row in await read(session, _Share, _lines())
        ],
        *[
            f"{row.run} of {row.period} takes {-row.pool} back, and {row.returned} were given back"
            for row in await read(session, _Returns, _returns())
        ],
    ]


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(col(column)), 0)


def _sums() -> AnySelect:
    """Runs that are not what their shares are; where nobody has a weight, there are none."""
    run: list[Any] = [
        col(PoolRun.id),
        col(PoolRun.period),
        col(PoolRun.pool_minor),
        col(PoolRun.total_weight),
    ]
    shared, weight = _sum(PoolShare.amount_minor), _sum(PoolShare.weight)
    joined = select(*run, shared, weight).outerjoin(PoolShare, col(PoolShare.run_id) == col(PoolRun.id))
    computed = col(PoolRun.status).in_([PoolRunStatus.COMPUTED, PoolRunStatus.POSTED])
    wrong = or_(and_(shared != col(PoolRun.pool_minor), weight > 0), weight != col(PoolRun.total_weight))
    return joined.where(computed).group_by(*run).having(wrong).order_by(run[0])


def _lines() -> AnySelect:
    """Shares of closings that are not what their tracks are."""
    share: list[Any] = [
        col(PoolShare.run_id),
        col(PoolShare.producer_id),
        col(PoolShare.amount_minor),
        col(PoolShare.weight),
    ]
    amount, weight = _sum(PoolLine.amount_minor), _sum(PoolLine.weight)
    same = and_(
        col(PoolLine.run_id) == col(PoolShare.run_id),
        col(PoolLine.producer_id) == col(PoolShare.producer_id),
    )
    closing = and_(
        col(PoolRun.id) == col(PoolShare.run_id),
        col(PoolRun.sequence) == 0,
        col(PoolRun.status).in_([PoolRunStatus.COMPUTED, PoolRunStatus.POSTED]),
    )
    joined = select(*share, amount, weight).join(PoolRun, closing).outerjoin(PoolLine, same)
    wrong = or_(amount != col(PoolShare.amount_minor), weight != col(PoolShare.weight))
    return joined.group_by(*share).having(wrong).order_by(*share[:2])


def _returns() -> AnySelect:
    """Adjustments that take back what nobody gave back."""
    run: list[Any] = [col(PoolRun.id), col(PoolRun.period), col(PoolRun.pool_minor)]
    returned = _sum(PoolLateReturn.base_minor)
    joined = select(*run, returned).outerjoin(PoolLateReturn, col(PoolLateReturn.run_id) == col(PoolRun.id))
    taken_back = col(PoolRun.pool_minor) < 0
    return joined.where(taken_back).group_by(*run).having(returned != -run[2]).order_by(run[0])


INVARIANT: Final = Invariant(
    "pool-shares",
    "The shares of a pool are the pool, each is what its tracks have, and what is taken back was given back.",
    _look,
    rows_of(PoolShare, "shares"),
)
