"""Giving experience for what tracks have come to: once for each cause, and never taken back (D-57)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from api.producers.earning import POINTS_OF_A_PLAY, Award, Story, earned, given_at, plays_subject
from db.clock import now
from db.ids import ProducerId, TrackId
from db.levels import level_of, next_level_at, title_of
from db.models.producers import XpAward
from db.queries import credited_plays, tracks
from db.queries import experience as queries
from db.queries.credited_plays import DayOfPlays
from db.queries.experience import Standing
from db.session import Sessions
from db.vocabulary import NotificationKind, XpCause

_MISSED_AT_ONCE: Final = 100
"""Each turn of the sweep, a quarter of an hour; every one is a transaction of some milliseconds."""

_PRODUCERS_AT_ONCE: Final = 100


async def reward(session: AsyncSession, track: TrackId) -> None:
    """Give what a track has earned and nobody was given yet.

    For the transaction that changes its facts, with the track locked: who asks twice, or at once, gives once.
    """
    due = [award for story in await _stories(session, [track]) for award in earned(story)]
    given = await queries.give(session, [_entry(award) for award in sorted(due)])
    points = Counter[ProducerId]()
    for producer, each in given:
        points[producer] += each
    for producer in sorted(
        points
    ):  # in one order, or two tracks with the same people would wait for each other
        standing = await queries.raise_xp(session, producer, points[producer])
        await _tell_of_level(session, standing, points[producer])


@dataclass(frozen=True)
class Recount:
    """A producer's ledger beside what it should be."""

    due: frozenset[tuple[Award, int]]
    given: frozenset[tuple[Award, int]]
    xp: int

    @property
    def agrees(self) -> bool:
        return self.due == self.given and self.xp == sum(points for _, points in self.due)


async def recount(session: AsyncSession, producer: ProducerId) -> Recount:
    """What the ledger of a producer should be, from the facts that are kept, and what it is."""
    told = await _stories(session, await queries.ever_of(session, producer))
    due = {award for story in told for award in earned(story) if award.producer == producer}
    plays = {
        (_of_plays(producer, day), day.counted * POINTS_OF_A_PLAY)
        for day in await credited_plays.days(session, producer)
    }
    given = {
        (Award(row.producer_id, row.cause, row.subject_id), row.points)
        for row in await queries.ledger(session, producer)
    }
    standing = await queries.standing(session, producer)
    assert standing  # whose else is the ledger
    return Recount(frozenset((one, one.points) for one in due) | plays, frozenset(given), standing.xp)


async def reward_missed(sessions: Sessions) -> None:
    """Give what tracks have earned that were published before there was experience, some at a time."""
    async with sessions.reading() as session:
        missed = await queries.unrewarded(session, limit=_MISSED_AT_ONCE)
    for track in missed:
        async with sessions.writing() as session:
            await tracks.track_for_change(session, track)
            await reward(session, track)


async def reward_plays(sessions: Sessions) -> None:
    """Give everybody the XP of counted plays that they were not given yet (D-57), one producer in a transaction.

    Plays do not wait for that: of a producer whom everybody hears, all would lock the same row.
    """
    last: ProducerId | None = None
    while True:
        async with sessions.reading() as session:
            due = await credited_plays.producers_due(session, after=last, limit=_PRODUCERS_AT_ONCE)
        for producer in due:
            async with sessions.writing() as session:
                await _reward_plays(session, producer)
        if len(due) < _PRODUCERS_AT_ONCE:
            return
        last = due[-1]


async def _reward_plays(session: AsyncSession, producer: ProducerId) -> None:
    """Who asks twice, or at once, gives once: the days are locked, and say what was given for them."""
    days = await credited_plays.days_due(session, producer)
    if not days:
        return
    moment = now()
    new = [
        XpAward(
            producer_id=producer,
            cause=XpCause.COUNTED_PLAY,
            subject_id=plays_subject(day.track_id, day.day),
            points=(day.counted - day.rewarded) * POINTS_OF_A_PLAY,
            at=given_at(day.day, moment),
        )
        for day in days
    ]
    await queries.give_more(session, new)
    await credited_plays.rewarded(session, producer, days)
    points = sum(one.points for one in new)
    await _tell_of_level(session, await queries.raise_xp(session, producer, points), points)


def _of_plays(producer: ProducerId, day: DayOfPlays) -> Award:
    return Award(producer, XpCause.COUNTED_PLAY, plays_subject(day.track_id, day.day))


async def _stories(session: AsyncSession, ids: Sequence[TrackId]) -> list[Story]:
    credited: dict[TrackId, set[ProducerId]] = defaultdict(set)
    for track, producer in await queries.ever_credited(session, ids):
        credited[track].add(producer)
    return [
        Story(
            track=row.id,
            uploader=row.producer_id,
            published=row.published_at is not None,
            completed=row.metadata_completed_at is not None,
            credited=credited[row.id],
        )
        for row in await queries.stories(session, ids)
    ]


def _entry(award: Award) -> XpAward:
    return XpAward(producer_id=award.producer, cause=award.cause, subject_id=award.track, points=award.points)


async def _tell_of_level(session: AsyncSession, standing: Standing, points: int) -> None:
    """Of the highest one, where several were reached at once."""
    level = level_of(standing.xp)
    if standing.account_id is None or level == level_of(standing.xp - points):
        return
    following = next_level_at(level)
    outlook = f"Level {level + 1} begins at {following} XP." if following else "There is no higher one."
    notice = Notice(
        kind=NotificationKind.ACHIEVEMENT,
        subject=f"level:{level}",
        title=f"Level {level}: {title_of(level)}",
        body=f"You have {standing.xp} XP. {outlook}",
        path="/backstage",
    )
    await notify(session, [standing.account_id], notice)
