"""What producers' months came to: the statements that are kept, and the journals that are their lines (D-56)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import LedgerAccount, payable_to, producer_of
from db.dialects import inserting
from db.ids import ProducerId, StatementId
from db.models.ledger import Entry, Journal
from db.models.statements import Statement
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_page, select_row
from db.queries.steps import steps_of
from db.vocabulary import CurrencyCode, JournalSource


class StatementRow(NamedTuple):
    id: StatementId
    producer_id: ProducerId
    period: str
    currency: CurrencyCode
    opening_minor: int
    closing_minor: int


class LineRow(NamedTuple):
    """What one journal did to one producer's account.

    Attributes:
        about: What of ours it concerns.
        minor: Below zero where it took from the account.
    """

    account: LedgerAccount
    currency: CurrencyCode
    journal_id: str
    source_kind: JournalSource
    source_id: str
    about: str | None
    happened_at: datetime
    posted_at: datetime
    minor: int


class Movement(NamedTuple):
    """By how much a producer's account changed."""

    producer_id: ProducerId
    currency: CurrencyCode
    minor: int


_STATEMENTS = select_row(StatementRow, Statement)
_NEWEST_FIRST = [Key(col(Statement.period), descending=True), Key(col(Statement.currency), descending=True)]
_PRODUCERS = ("producer:", "producer:~")
"""Between these lie all producers' accounts."""


async def statements(session: AsyncSession, ids: Collection[StatementId]) -> list[StatementRow]:
    return await read(session, StatementRow, _STATEMENTS.where(col(Statement.id).in_(ids)))


async def page_of_statements(session: AsyncSession, of: ProducerId, part: Slice) -> Page[StatementRow]:
    """A producer's, the latest month first."""
    own = _STATEMENTS.where(col(Statement.producer_id) == of)
    return await read_page(session, StatementRow, own, _NEWEST_FIRST, part)


async def count_statements(session: AsyncSession, of: ProducerId) -> int:
    return await read_count(
        session, select(func.count()).select_from(Statement).where(col(Statement.producer_id) == of)
    )


def anchor_of(row: StatementRow) -> tuple[Any, ...]:
    return row.period, row.currency


async def lines(
    session: AsyncSession, producers: Collection[ProducerId], since: datetime, until: datetime
) -> list[LineRow]:
    """What was entered on producers' accounts from one moment until before another, in the order of entering."""
    accounts = [payable_to(producer) for producer in producers]
    when = col(Journal.posted_at) >= since, col(Journal.posted_at) < until
    sides = union_all(
        *(_side(column, sign, column.in_(accounts), *when) for column, sign in _SIDES)
    ).subquery()
    grouped = [one for one in sides.c if one.name != "minor"]
    chosen = select(*grouped, func.sum(sides.c.minor).label("minor")).group_by(*grouped)
    return await read(session, LineRow, chosen.order_by(sides.c.posted_at, sides.c.journal_id))


async def every(session: AsyncSession) -> list[StatementRow]:
    """All of them, of each producer and currency the earliest first."""
    return await read(session, StatementRow, _STATEMENTS.order_by(col(Statement.period)))


async def movements(session: AsyncSession, since: datetime, until: datetime | None) -> list[Movement]:
    """By how much each producer's account changed meanwhile, if anything was entered on it; null: until now."""
    ended = [] if until is None else [col(Journal.posted_at) < until]
    when = col(Journal.posted_at) >= since, *ended
    sides = union_all(
        *(_side(column, sign, column.between(*_PRODUCERS), *when) for column, sign in _SIDES)
    ).subquery()
    key = sides.c.account, sides.c.currency
    summed = select(*key, func.sum(sides.c.minor)).group_by(*key).order_by(*key)
    found = [
        (producer_of(account), currency, int(minor))
        for account, currency, minor in await session.execute(summed)
    ]
    return [Movement(producer, currency, minor) for producer, currency, minor in found if producer]


PAYOUTS: Final = (JournalSource.PAYOUT_BEGUN, JournalSource.PAYOUT_REJECTED, JournalSource.PAYOUT_RETURNED)
"""What changes an account, and nothing of what was earned."""
_SIDES: Any = ((col(Entry.to_account), 1), (col(Entry.from_account), -1))
"""What comes to an account, and what leaves it."""


def _side(account: Any, sign: int, *chosen: ColumnElement[bool]) -> AnySelect:
    columns: list[Any] = [
        account.label("account"),
        col(Entry.currency).label("currency"),
        col(Journal.id).label("journal_id"),
        col(Journal.source_kind).label("source_kind"),
        col(Journal.source_id).label("source_id"),
        col(Journal.about).label("about"),
        col(Journal.happened_at).label("happened_at"),
        col(Journal.posted_at).label("posted_at"),
        (col(Entry.amount_minor) * sign).label("minor"),
    ]
    return select(*columns).join(Journal, col(Journal.id) == col(Entry.journal_id)).where(*chosen)


# ---- charts ----------------------------------------------------------------------------------------


async def earned_by_step(
    session: AsyncSession, producer: ProducerId, currency: CurrencyCode, bounds: Sequence[datetime]
) -> dict[int, int]:
    """What a producer earned in each step, in minor units, what went back taken off; steps without anything are left out.

    Args:
        bounds: Where steps begin and end: the first one ends where the second begins.
    """
    found = await session.execute(earned_in(producer, currency, bounds))
    return {int(step): int(minor) for step, minor in found}


def earned_in(producer: ProducerId, currency: CurrencyCode, bounds: Sequence[datetime]) -> AnySelect:
    """Along the two indexes of the producer's entries; by when the money moved."""
    account = payable_to(producer)
    own = col(Entry.currency) == currency, col(Journal.source_kind).not_in(PAYOUTS)
    sides = union_all(*(_side(column, sign, column == account, *own) for column, sign in _SIDES)).subquery()
    steps = steps_of(bounds)
    inside = and_(sides.c.happened_at >= steps.c.since, sides.c.happened_at < steps.c.until)
    return select(steps.c.step, func.sum(sides.c.minor)).join(sides, inside).group_by(steps.c.step)


# ---- making ----------------------------------------------------------------------------------------


async def latest_period(session: AsyncSession) -> str | None:
    """The last month of which there are statements; all of it may not be there yet."""
    found: str | None = await session.scalar(select(func.max(col(Statement.period))))
    return found


async def first_entering(session: AsyncSession) -> datetime | None:
    """When the first journal was entered."""
    found: datetime | None = await session.scalar(
        select(col(Journal.posted_at)).order_by(col(Journal.posted_at)).limit(1)
    )
    return found


async def closings_before(
    session: AsyncSession, producers: Collection[ProducerId], period: str
) -> dict[tuple[ProducerId, CurrencyCode], int]:
    """What producers' last statements before a month closed with."""
    key = col(Statement.producer_id), col(Statement.currency)
    earlier = col(Statement.producer_id).in_(producers), col(Statement.period) < period
    last = (
        select(*key, func.max(col(Statement.period)).label("period"))
        .where(*earlier)
        .group_by(*key)
        .subquery()
    )
    is_last = and_(
        col(Statement.producer_id) == last.c.producer_id,
        col(Statement.currency) == last.c.currency,
        col(Statement.period) == last.c.period,
    )
    found = await session.execute(select(*key, col(Statement.closing_minor)).join(last, is_last))
    return {(producer, currency): minor for producer, currency, minor in found}


async def add_statements(session: AsyncSession, rows: Sequence[Statement]) -> None:
    """Keep statements; those that are there stay as they are."""
    new = inserting(session, Statement).on_conflict_do_nothing(
        index_elements=["producer_id", "period", "currency"]
    )
    await session.execute(new, [row.model_dump() for row in rows])
