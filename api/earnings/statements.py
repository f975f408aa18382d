"""Makes producers' statements of months that are over: once each, for ever (D-56, MONEY 5.7).

A statement's lines are the journals that were entered in its month, whenever the money moved: what is entered later is in
a later one, so no statement ever changes. Each begins with what the one before ended with.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.clock import now
from db.models.statements import Statement
from db.months import Month
from db.queries import statements as queries
from db.queries.statements import Movement
from db.session import Sessions

_SETTLED_AFTER: Final = timedelta(hours=1)
"""Longer than any transaction takes: what was begun in a month has been committed, or never is."""
_AT_ONCE: Final = 500

Keep = Callable[[AsyncSession], Awaitable[None]]
"""Makes sure, in each transaction, that the work is still ours."""


async def make_statements(sessions: Sessions, *, keep: Keep) -> None:
    """Make all that are due; those that are there stay as they are."""
    async with sessions.reading() as session:
        begun = await queries.latest_period(session)
        entering = await queries.first_entering(session)
    if entering is None:
        return
    first = (Month.named(begun) if begun else None) or Month.of(entering)
    for month in first.until(Month.of(now() - _SETTLED_AFTER).before):
        await _make_of(sessions, month, keep)


async def _make_of(sessions: Sessions, month: Month, keep: Keep) -> None:
    async with sessions.reading() as session:
        moved = await queries.movements(session, month.begins_at, month.ends_at)
    for begin in range(0, len(moved), _AT_ONCE):
        async with sessions.writing() as session:
            await keep(session)
            rows = await _statements(session, month, moved[begin : begin + _AT_ONCE])
            await queries.add_statements(session, rows)


async def _statements(session: AsyncSession, month: Month, moved: Sequence[Movement]) -> list[Statement]:
    opened = await queries.closings_before(session, {one.producer_id for one in moved}, month.name)
    return [_statement(month, one, opened.get((one.producer_id, one.currency), 0)) for one in moved]


def _statement(month: Month, moved: Movement, opening: int) -> Statement:
    return Statement(
        producer_id=moved.producer_id,
        period=month.name,
        currency=moved.currency,
        opening_minor=opening,
        closing_minor=opening + moved.minor,
    )
