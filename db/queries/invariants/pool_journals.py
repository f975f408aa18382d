"""Each share of a pool is in the books once, with its amount, and nothing else is (MONEY 5.2)."""

from typing import Any, Final, NamedTuple

from sqlalchemy import String, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import BAD_DEBT
from db.ids import PoolRunId
from db.models.ledger import Entry, Journal
from db.models.pools import PoolRun, PoolShare
from db.queries.invariants.finding import Invariant, rows_of
from db.queries.rows import AnySelect, read
from db.vocabulary import JournalSource, PoolRunStatus

_LENGTH: Final = 30
"""Of a run's id."""
_SOURCES: Final = (JournalSource.POOL_SHARE, JournalSource.POOL_ADJUSTMENT)


class _Differing(NamedTuple):
    run: PoolRunId
    producer: str
    amount: int
    entered: int


class _Stray(NamedTuple):
    kind: JournalSource
    source: str


async def _look(session: AsyncSession) -> list[str]:
    return [
        *[
            f"{row.producer} has {row.amount} of {row.run}, and the books have {row.entered}"
            for row in await read(session, _Differing, _differing())
        ],
        *[f"{row.kind} {row.source} is no share of a pool" for row in await read(session, _Stray, _strays())],
    ]


def _source_id() -> Any:
    return col(PoolShare.run_id) + literal(":", String()) + col(PoolShare.producer_id)


def _differing() -> AnySelect:
    """Shares of runs that are in the books, beside what their entries moved between pool, producer and bad debt."""
    share: list[Any] = [col(PoolShare.run_id), col(PoolShare.producer_id), col(PoolShare.amount_minor)]
    kind = case(
        (col(PoolRun.sequence) == 0, literal(JournalSource.POOL_SHARE.value)),
        else_=literal(JournalSource.POOL_ADJUSTMENT.value),
    )
    payable = literal("producer:", String()) + col(PoolShare.producer_id) + literal(":payable", String())
    pool = literal("sub_pool:", String()) + col(PoolRun.period)
    paid = and_(col(Entry.from_account) == pool, col(Entry.to_account) == payable)
    taken = and_(col(Entry.from_account) == payable, col(Entry.to_account) == BAD_DEBT)
    amount = col(Entry.amount_minor)
    entered = func.coalesce(func.sum(case((paid, amount), (taken, -amount), else_=0)), 0)
    posted = and_(col(PoolRun.id) == col(PoolShare.run_id), col(PoolRun.status) == PoolRunStatus.POSTED)
    named = and_(col(Journal.source_kind) == kind, col(Journal.source_id) == _source_id())
    return (
        select(*share, entered)
        .join(PoolRun, posted)
        .outerjoin(Journal, named)
        .outerjoin(Entry, col(Entry.journal_id) == col(Journal.id))
        .group_by(*share)
        .having(entered != share[2])
        .order_by(*share[:2])
    )


def _strays() -> AnySelect:
    """Journals of pools that no share is behind; looked up by the two ids that a source is made of."""
    source = col(Journal.source_kind), col(Journal.source_id)
    run, producer = func.substr(source[1], 1, _LENGTH), func.substr(source[1], _LENGTH + 2)
    behind = (
        select(PoolShare).where(col(PoolShare.run_id) == run, col(PoolShare.producer_id) == producer).exists()
    )
    chosen = or_(*(col(Journal.source_kind) == kind for kind in _SOURCES))
    return select(*source).where(chosen, ~behind).order_by(*source)


INVARIANT: Final = Invariant(
    "pool-journals",
    "Each share of a pool is in the books, once and to the cent, and nothing else is.",
    _look,
    rows_of(PoolShare, "shares"),
)
