"""What a transaction adds to the sums that are kept of plays: put together first, so that a hot track is one row."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.plays.rules import milestones
from db import jobs
from db.ids import AccountId, ProducerId, TrackId
from db.queries import plays as queries
from db.queries.plays import Counts, Days
from db.vocabulary import JobKind

_QUARTER: Final = timedelta(minutes=15)


class Heard(NamedTuple):
    """That a listener opened a play of a track, or that one counts."""

    account: AccountId
    track: TrackId


async def add_opened(session: AsyncSession, opened: Sequence[Heard], moment: datetime) -> None:
    """Add plays that are opened now to all sums."""
    await _add(session, opened, moment, Counts(1, 0))


async def add_counted(session: AsyncSession, counted: Sequence[Heard], moment: datetime) -> None:
    """Add plays that count from now on to all sums, and have milestones told of that this reaches (D-70)."""
    if not counted:
        return
    credited = await _add(session, counted, moment, Counts(0, 1))
    day, each = moment.date(), Counter(track for _, track in counted)
    theirs = {(producer, day, track): each[track] for track, producer in credited}
    await queries.add_credited(session, theirs)
    await _have_milestones_told(session, each)


async def _add(
    session: AsyncSession, heard: Sequence[Heard], moment: datetime, one: Counts
) -> Sequence[tuple[TrackId, ProducerId]]:
    """Whom the tracks credit."""
    day, tracks = moment.date(), Counter(track for _, track in heard)
    credited = await queries.credited(session, list(tracks)) if tracks else []
    await queries.add_listenings(session, _times(one, Counter((day, *who) for who in heard)))
    await queries.add_track_plays(
        session, _times(one, Counter({(track, day): n for track, n in tracks.items()}))
    )
    quarters = Counter[tuple[Any, ...]]()
    for track, producer in credited:
        quarters[producer, quarter_of(moment)] += tracks[track]
    await queries.add_quarters(session, _times(one, quarters))
    return credited


def _times(one: Counts, counts: Counter[tuple[Any, ...]]) -> Days:
    return {key: Counts(one.plays * n, one.counted * n) for key, n in counts.items()}


def quarter_of(moment: datetime) -> datetime:
    """The beginning of its quarter of an hour."""
    begun = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - begun


async def _have_milestones_told(session: AsyncSession, counted: Counter[TrackId]) -> None:
    """The totals are this transaction's until it ends, so each milestone is passed by one alone."""
    after = await queries.totals(session, list(counted))
    payloads = {
        f"{track}:{mark}": {"track": track, "plays": mark}
        for track, total in after.items()
        for mark in milestones(total - counted[track], total)
    }
    await jobs.add_all(session, JobKind.TELL_MILESTONE, payloads)
