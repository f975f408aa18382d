"""Counted plays as those have them who were credited: what XP are given for, what is charted and listed for them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import ProducerId, TrackId
from db.models.plays import XP_DUE, CreditedPlays, PlayQuarter
from db.models.tracks import Track
from db.queries.rows import AnySelect, read, select_row
from db.queries.steps import steps_of
from db.vocabulary import TrackStatus

_PUBLIC = (TrackStatus.PUBLISHED, TrackStatus.SOLD)


class DayOfPlays(NamedTuple):
    track_id: TrackId
    day: date
    counted: int
    rewarded: int


class PlayedTrack(NamedTuple):
    """A track in a top list."""

    id: TrackId
    title: str
    counted: int


_DAYS = select_row(DayOfPlays, CreditedPlays)


async def producers_due(session: AsyncSession, *, after: ProducerId | None, limit: int) -> list[ProducerId]:
    """Whom XP of plays are due, in the order of their ids, from one on."""
    return list(await session.scalars(due_producers(after, limit)))


def due_producers(after: ProducerId | None, limit: int) -> AnySelect:
    beyond = [] if after is None else [col(CreditedPlays.producer_id) > after]
    due = select(col(CreditedPlays.producer_id)).distinct().where(XP_DUE, *beyond)
    return due.order_by(col(CreditedPlays.producer_id)).limit(limit)


async def days_due(session: AsyncSession, producer: ProducerId) -> list[DayOfPlays]:
    """Days with plays that a producer has no XP for yet, locked until the transaction ends."""
    return await read(session, DayOfPlays, due_days(producer).with_for_update())


def due_days(producer: ProducerId) -> AnySelect:
    due = _DAYS.where(col(CreditedPlays.producer_id) == producer, XP_DUE)
    return due.order_by(col(CreditedPlays.day), col(CreditedPlays.track_id))


async def rewarded(session: AsyncSession, producer: ProducerId, days: Sequence[DayOfPlays]) -> None:
    """XP were given for what was read of these days, and not for what came since."""
    table: Any = vars(CreditedPlays)["__table__"]
    named = (
        table.c.producer_id == producer,
        table.c.day == bindparam("of_day"),
        table.c.track_id == bindparam("of_track"),
    )
    given = [{"of_day": one.day, "of_track": one.track_id, "given": one.counted} for one in days]
    await session.execute(update(table).where(*named).values(rewarded=bindparam("given")), given)


async def days(session: AsyncSession, producer: ProducerId) -> list[DayOfPlays]:
    """All days of a producer, of all tracks."""
    return await read(session, DayOfPlays, _DAYS.where(col(CreditedPlays.producer_id) == producer))


async def top_tracks(
    session: AsyncSession, producer: ProducerId, first: date, last: date, limit: int
) -> list[PlayedTrack]:
    """What was played most in these days of what the producer may see; ties by id."""
    return await read(session, PlayedTrack, most_played(producer, first, last, limit))


def most_played(producer: ProducerId, first: date, last: date, limit: int) -> AnySelect:
    """Along the key of the producer's days."""
    within = (
        col(CreditedPlays.producer_id) == producer,
        col(CreditedPlays.day) >= first,
        col(CreditedPlays.day) <= last,
    )
    counted = func.sum(col(CreditedPlays.counted)).label("counted")
    sums = select(col(CreditedPlays.track_id), counted).where(*within).group_by(col(CreditedPlays.track_id))
    played = sums.subquery()
    own = and_(col(Track.producer_id) == producer, col(Track.status) != TrackStatus.REMOVED)
    seen = or_(own, and_(col(Track.status).in_(_PUBLIC), col(Track.withheld_as).is_(None)))
    rows = select(col(Track.id), col(Track.title), played.c.counted)
    chosen = rows.join_from(played, Track, col(Track.id) == played.c.track_id).where(seen)
    return chosen.order_by(played.c.counted.desc(), col(Track.id)).limit(limit)


async def counted_in(session: AsyncSession, producer: ProducerId, first: date, last: date) -> dict[date, int]:
    """Counted plays of each of these days; those without any are left out."""
    within = col(CreditedPlays.day) >= first, col(CreditedPlays.day) <= last
    sums = select(col(CreditedPlays.day), func.sum(col(CreditedPlays.counted)))
    chosen = sums.where(col(CreditedPlays.producer_id) == producer, *within).group_by(col(CreditedPlays.day))
    return {day: int(counted) for day, counted in await session.execute(chosen)}


async def plays_by_step(
    session: AsyncSession, producer: ProducerId, bounds: Sequence[datetime], *, counted: bool
) -> dict[int, int]:
    """Plays of each step, all or the counted ones; steps without any are left out.

    Args:
        bounds: Where steps begin and end, each at a quarter of an hour: the first one ends where the second begins.
    """
    found = await session.execute(plays_in(producer, bounds, counted=counted))
    return {int(step): int(plays) for step, plays in found}


def plays_in(producer: ProducerId, bounds: Sequence[datetime], *, counted: bool) -> AnySelect:
    """Each step is a range of the key, so what lies outside is not read."""
    steps = steps_of(bounds)
    inside = and_(
        col(PlayQuarter.producer_id) == producer,
        col(PlayQuarter.begins_at) >= steps.c.since,
        col(PlayQuarter.begins_at) < steps.c.until,
    )
    of_which = func.sum(col(PlayQuarter.counted if counted else PlayQuarter.plays))
    return select(steps.c.step, of_which).join(PlayQuarter, inside).group_by(steps.c.step)
