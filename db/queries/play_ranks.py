"""How much each track was played lately, beside what its row says of that."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import TrackId
from db.models.plays import TrackPlays
from db.models.tracks import Track
from db.queries.rows import read


class RecentPlays(NamedTuple):
    track: TrackId
    counted: int


_TRACK: Final[Any] = vars(Track)["__table__"]
"""Statements of the tables, not of the models, take rows as parameters."""


async def changed_since(session: AsyncSession, since: date) -> list[RecentPlays]:
    """Tracks whose row says something else than was counted since a day, in the order of their ids."""
    counted = func.sum(col(TrackPlays.counted)).label("counted")
    lately = select(col(TrackPlays.track_id), counted).where(col(TrackPlays.day) >= since)
    sums = lately.group_by(col(TrackPlays.track_id)).subquery()
    recent = func.coalesce(sums.c.counted, 0)
    rows = select(col(Track.id), recent).outerjoin(sums, sums.c.track_id == col(Track.id))
    changed = rows.where(col(Track.recent_plays) != recent).order_by(col(Track.id))
    return await read(session, RecentPlays, changed)


async def write(session: AsyncSession, changed: Sequence[RecentPlays]) -> None:
    rows = [{"track": one.track, "plays": one.counted} for one in changed]
    named = update(_TRACK).where(_TRACK.c.id == bindparam("track"))
    await session.execute(named.values(recent_plays=bindparam("plays")), rows)
