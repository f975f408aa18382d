"""The sums that are kept of plays, held against each other."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import TrackId
from db.models.plays import Listening, PlayTotal, TrackPlays
from db.queries.rows import AnySelect, read


class Difference(NamedTuple):
    """What one sum has more than another, of plays and of counted ones."""

    track: TrackId
    plays: int
    counted: int


async def days_that_differ(session: AsyncSession, since: date) -> list[Difference]:
    """Tracks of which listeners have heard something else than the track was heard, on some day from one on."""
    heard = _signed(Listening, 1, Listening.day).where(col(Listening.day) >= since)
    kept = _signed(TrackPlays, -1, TrackPlays.day).where(col(TrackPlays.day) >= since)
    return await _differences(session, heard, kept)


async def totals_that_differ(session: AsyncSession, since: date) -> list[Difference]:
    """Tracks that were heard from a day on, and have another total than their days come to."""
    recent = select(col(TrackPlays.track_id)).where(col(TrackPlays.day) >= since)
    days = _signed(TrackPlays, 1).where(col(TrackPlays.track_id).in_(recent))
    kept = _signed(PlayTotal, -1).where(col(PlayTotal.track_id).in_(recent))
    return await _differences(session, days, kept)


def _signed(table: Any, sign: int, *by: Any) -> AnySelect:
    """Rows of a table of sums, to be added or taken away."""
    counts = (table.plays * sign).label("plays"), (table.counted * sign).label("counted")
    return select(col(table.track_id), *counts, *by)


async def _differences(session: AsyncSession, one: AnySelect, other: AnySelect) -> list[Difference]:
    both = union_all(one, other).subquery()
    by = [column for column in both.c if column.name not in {"plays", "counted"}]
    sums = func.sum(both.c.plays), func.sum(both.c.counted)
    differing = select(both.c.track_id, *sums).group_by(*by).having(or_(sums[0] != 0, sums[1] != 0))
    return await read(session, Difference, differing)
