"""What a demo has behind it that nobody can do again by hand: beats that are months old, weeks of listening, a closed month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.plays.sums import Heard, add_counted, add_opened
from api.pool.closing import carry_out
from api.pool.opening import new_closing
from db.clock import now, set_back
from db.ids import AccountId, TrackId
from db.models.plays import Play
from db.models.tracks import Track
from db.months import Month
from db.queries import pools
from db.session import Sessions

_HEARD_MS: Final = 45_000
_OLDEST_DAYS: Final = 200
_CLOSED_AFTER: Final = timedelta(hours=7)
"""Of the end of a month; relay begins after six."""
_STEP_DAYS: Final = 17
"""Between the publications of two beats, going back in time."""


@dataclass(frozen=True)
class Listening:
    """Who listened to what, one evening after the other.

    Attributes:
        tracks: The likelier ones first.
        first: The first evening.
        evenings: How many of them.
    """

    listeners: Sequence[AccountId]
    tracks: Sequence[TrackId]
    first: datetime
    evenings: int


async def publish_earlier(sessions: Sessions, tracks: Sequence[TrackId], before: datetime) -> None:
    """Have beats be published some weeks after each other, the last one in the weeks before a moment."""
    async with sessions.writing() as session:
        for place, track in enumerate(tracks):
            days = min(_OLDEST_DAYS, 3 + place * _STEP_DAYS)
            published = update(Track).where(col(Track.id) == track)
            await session.execute(published.values(published_at=before - timedelta(days=days)))


async def listen(sessions: Sessions, listening: Listening) -> None:
    """Enter plays as if they had been reported then, an evening in each transaction."""
    for evening in range(listening.evenings):
        moment = listening.first + timedelta(days=evening)
        heard = [
            Heard(account, track)
            for account, times in _evening(listening, evening).items()
            for track, count in times.items()
            for _ in range(count)
        ]
        async with sessions.writing() as session:
            session.add_all(_play(one, moment) for one in heard)
            await add_opened(session, heard, moment)
            await add_counted(session, heard, moment)


def _evening(listening: Listening, evening: int) -> Mapping[AccountId, Mapping[TrackId, int]]:
    """More of what stands first, and of some more on some evenings than on others: the same each time."""
    return {
        account: {
            track: (evening * 5 + number * 3 + place * 7) % 6 // (1 + place // 2)
            for place, track in enumerate(listening.tracks)
        }
        for number, account in enumerate(listening.listeners)
    }


def _play(heard: Heard, moment: datetime) -> Play:
    return Play(
        account_id=heard.account,
        track_id=heard.track,
        started_at=moment - timedelta(milliseconds=_HEARD_MS),
        listened_ms=_HEARD_MS,
        counted_at=moment,
    )


async def close_in_its_time(sessions: Sessions, month: Month) -> None:
    """Close a month by the clock of the morning after it, so that its shares are entered in the month that follows."""
    with set_back(now() - month.ends_at - _CLOSED_AFTER):
        async with sessions.writing() as session:
            await pools.add_run(
                session, new_closing(month)
            )  # without a job, whose worker would have the clock of today
            run = await pools.closing_of(session, month.name)
        assert run  # it was added, or was there
        await carry_out(sessions, run.id, keep=is_ours)


async def is_ours(_: AsyncSession) -> None:
    """Nobody else has it: there is no job."""
