"""What follows of counted plays: XP (D-57), milestones (D-70), and the order of tracks by plays."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.plays.rules import milestones
from api.producers.experience import recount, reward_plays
from db import jobs
from db.clock import now
from db.ids import JobId, ProducerId, TrackId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.plays import CreditedPlays, PlayTotal
from db.models.producers import Producer, XpAward
from db.models.tracks import Track
from db.queries import credited_plays
from db.queries.credited_plays import DayOfPlays
from db.vocabulary import JobKind, JobState, NotificationKind, TrackStatus, XpCause
from tests.factories import Beatmaker, a_listener, a_producer, a_track, an_unowned_profile
from tests.plays.listening import ACTORS, a_past_day, heard, jobs_of
from tests.stage import Stage
from tests.tools.databases import on_postgres
from tests.working import tools_of
from workers.transaction import perform

pytestmark = pytest.mark.anyio

Ledger = list[tuple[str, str, int]]


async def work(stage: Stage, kind: JobKind, *, add: bool = False) -> None:
    """Do all jobs of a kind that wait.

    Args:
        add: As relay does for what is due.
    """
    tools = tools_of(stage)
    async with stage.sessions.writing() as session:
        if add:
            await jobs.add(session, kind, key=now().isoformat())
    async with stage.sessions.reading() as session:
        ready = select(col(Job.id)).where(col(Job.kind) == kind, col(Job.state) == JobState.READY)
        waiting = list(await session.scalars(ready.order_by(col(Job.id))))
    for job in waiting:
        await perform(tools, JobId(job), ACTORS[kind])
    async with stage.sessions.reading() as session:
        states = set(await session.scalars(select(col(Job.state)).where(col(Job.kind) == kind)))
    assert states <= {JobState.DONE}


async def awards_of(stage: Stage, who: Beatmaker) -> Ledger:
    async with stage.sessions.reading() as session:
        chosen = (
            select(XpAward).where(col(XpAward.producer_id) == who.producer).order_by(col(XpAward.subject_id))
        )
        return [(one.cause.value, one.subject_id, one.points) for one in await session.scalars(chosen)]


async def xp_of(stage: Stage, who: Beatmaker) -> int:
    async with stage.sessions.reading() as session:
        return (await session.get_one(Producer, who.producer)).xp


async def agrees(stage: Stage, who: Beatmaker) -> bool:
    async with stage.sessions.reading() as session:
        return (await recount(session, who.producer)).agrees


async def told(stage: Stage, kind: NotificationKind) -> list[tuple[str, str, str]]:
    async with stage.sessions.reading() as session:
        rows = await session.scalars(select(Notification).where(col(Notification.kind) == kind))
        return sorted((one.account_id, one.title, one.path) for one in rows)


async def test_a_counted_play_brings_one_point_to_everybody_credited_when_it_counted(stage: Stage) -> None:
    nova, kilo, vera = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Vera")]
    ari, track = await a_listener(stage.sessions), await a_track(stage.sessions, nova, credited=[kilo])
    await heard(stage, ari, track)
    credited = {"creditedProducerIds": [vera.producer]}
    assert await stage.refusals(nova, "updateTrack", id=track, input=credited) == []
    for _ in range(2):
        await heard(stage, ari, track)
    await heard(stage, ari, track, seconds=20)
    subject = f"{track}:{now():%Y%m%d}"
    for _ in range(2):
        await work(stage, JobKind.GIVE_PLAY_XP, add=True)
        for who, points in ((nova, 3), (kilo, 1), (vera, 2)):
            plays = [one for one in await awards_of(stage, who) if one[0] == "COUNTED_PLAY"]
            assert plays == [("COUNTED_PLAY", subject, points)]


async def test_an_award_of_plays_grows_until_its_day_is_over(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    for points in (1, 2, 3):
        await heard(stage, ari, track)
        await reward_plays(stage.sessions)
        assert await xp_of(stage, nova) == points
        [(_, _, given)] = await awards_of(stage, nova)
        assert given == points
    async with stage.sessions.reading() as session:
        recounted = await recount(session, nova.producer)
    plays = {(award.track, points) for award, points in recounted.due if award.cause is XpCause.COUNTED_PLAY}
    assert plays == {(f"{track}:{now():%Y%m%d}", 3)}


async def test_xp_of_plays_agree_with_what_was_counted(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, published_at=None)  # earns nothing else
    await a_past_day(stage, nova, track, date(2026, 11, 3), 7)
    assert not await agrees(stage, nova)
    await reward_plays(stage.sessions)
    assert (await agrees(stage, nova), await xp_of(stage, nova)) == (True, 7)
    async with stage.sessions.writing() as session:
        await session.execute(update(XpAward).values(points=8))
    assert not await agrees(stage, nova)


async def test_xp_of_a_day_stand_in_that_day_however_late_they_are_given(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await a_past_day(stage, nova, track, date(2026, 11, 3), 7)
    await reward_plays(stage.sessions)
    query = "{ backstage { experience { points awards { cause points at track { id } } } } }"
    shown = (await stage.ask(nova, query))["backstage"]["experience"]
    [award] = shown["awards"]
    last = datetime(2026, 11, 3, 23, 59, 59, 999_000, tzinfo=UTC)
    assert datetime.fromisoformat(award["at"]) == last
    assert (award["cause"], award["points"], award["track"]["id"]) == ("COUNTED_PLAY", 7, track)
    assert shown["points"] == 7


async def test_a_level_reached_by_plays_is_told_once(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    async with stage.sessions.writing() as session:
        await session.execute(update(Producer).values(xp=99))
    for _ in range(2):
        await heard(stage, ari, track)
        await reward_plays(stage.sessions)
    assert [title for _, title, _ in await told(stage, NotificationKind.ACHIEVEMENT)] == ["Level 2: Novice"]


async def test_xp_are_given_once_however_many_give_them_at_once(stage: Stage) -> None:
    people = [await a_producer(stage.sessions, f"P{number}") for number in range(4)]
    for who in people:
        track = await a_track(stage.sessions, who)
        for day in (1, 2, 3):
            await a_past_day(stage, who, track, date(2026, 11, day), 5)
    ari = await a_listener(stage.sessions)
    listened = await a_track(stage.sessions, people[0], credited=people[1:])
    await asyncio.gather(*(reward_plays(stage.sessions) for _ in range(4)), heard(stage, ari, listened))
    await reward_plays(stage.sessions)
    assert [await xp_of(stage, who) for who in people] == [16] * 4


async def test_a_profile_of_nobody_collects_xp_of_plays(stage: Stage) -> None:
    nova, echo = await a_producer(stage.sessions), await an_unowned_profile(stage.sessions)
    ari, track = await a_listener(stage.sessions), await a_track(stage.sessions, nova)
    credited = {"creditedProducerIds": [echo]}
    assert await stage.refusals(nova, "updateTrack", id=track, input=credited) == []
    await heard(stage, ari, track)
    await reward_plays(stage.sessions)
    async with stage.sessions.reading() as session:
        given = await session.scalars(
            select(col(XpAward.points)).where(
                col(XpAward.producer_id) == echo, col(XpAward.cause) == XpCause.COUNTED_PLAY
            )
        )
        assert list(given) == [1]


@pytest.mark.parametrize(
    ("before", "after", "reached"),
    [
        (0, 99, []),
        (99, 100, [100]),
        (100, 999, []),
        (50, 10_000, [100, 1_000, 10_000]),
        (999_999, 1_000_003, [1_000_000]),
    ],
)
def test_milestones_are_powers_of_ten_from_a_hundred_on(before: int, after: int, reached: list[int]) -> None:
    assert milestones(before, after) == reached


async def at(stage: Stage, track: TrackId, counted: int) -> None:
    """As if so much had been counted of a track."""
    async with stage.sessions.writing() as session:
        session.add(PlayTotal(track_id=track, plays=counted, counted=counted))


async def test_a_milestone_is_told_once_to_everybody_credited_who_has_an_account(stage: Stage) -> None:
    nova, kilo, echo = (
        await a_producer(stage.sessions),
        await a_producer(stage.sessions, "Kilo"),
        await an_unowned_profile(stage.sessions),
    )
    track = await a_track(stage.sessions, nova, credited=[kilo], title="Night Drive", slug="night-drive-1")
    credited = {"creditedProducerIds": [kilo.producer, echo]}
    assert await stage.refusals(nova, "updateTrack", id=track, input=credited) == []
    await at(stage, track, 998)
    ari = await a_listener(stage.sessions)
    await heard(stage, ari, track)
    assert await jobs_of(stage, JobKind.TELL_MILESTONE) == []
    for _ in range(2):
        await heard(stage, ari, track)
    assert await jobs_of(stage, JobKind.TELL_MILESTONE) == [{"track": track, "plays": 1_000}]
    await work(stage, JobKind.TELL_MILESTONE)
    notice = ("1,000 plays: Night Drive", "/t/night-drive-1")
    expected = sorted((who.account, *notice) for who in (nova, kilo))
    assert await told(stage, NotificationKind.PLAY_MILESTONE) == expected
    async with stage.sessions.writing() as session:
        await session.execute(update(Job).values(state=JobState.READY))
    await work(stage, JobKind.TELL_MILESTONE)
    assert await told(stage, NotificationKind.PLAY_MILESTONE) == expected
    query = "{ me { notifications(where: {kind: {eq: PLAY_MILESTONE}}) { nodes { body subject { id } } } } }"
    [shown] = (await stage.ask(nova, query))["me"]["notifications"]["nodes"]
    assert shown == {"body": "“Night Drive” has been played 1,000 times.", "subject": {"id": track}}


async def test_the_next_milestone_is_news_again(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await at(stage, track, 99)
    await heard(stage, ari, track)
    await work(stage, JobKind.TELL_MILESTONE)
    async with stage.sessions.writing() as session:
        await session.execute(update(PlayTotal).values(counted=9_999))
    await heard(stage, ari, track)
    await work(stage, JobKind.TELL_MILESTONE)
    titles = [title.partition(":")[0] for _, title, _ in await told(stage, NotificationKind.PLAY_MILESTONE)]
    assert titles == ["10,000 plays", "100 plays"]


async def test_of_a_track_that_has_gone_no_milestone_is_told(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await at(stage, track, 99)
    await heard(stage, ari, track)
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    await work(stage, JobKind.TELL_MILESTONE)
    assert await told(stage, NotificationKind.PLAY_MILESTONE) == []


async def test_tracks_are_sorted_by_counted_plays_of_thirty_days(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    today = now().date()
    made = {name: await a_track(stage.sessions, nova, title=name) for name in ("Old", "Some", "Most", "None")}
    for name, ago, counted in (("Old", 30, 500), ("Some", 29, 3), ("Some", 0, 4), ("Most", 10, 8)):
        await a_past_day(stage, nova, made[name], today - timedelta(days=ago), counted, plays=1_000)
    for _ in range(2):
        await work(stage, JobKind.RANK_PLAYS, add=True)
    query = """query($d: OrderDirection!, $after: String) {
      tracks(first: 3, after: $after, orderBy: {field: PLAYS, direction: $d}) { nodes { title } pageInfo { endCursor } }
    }"""
    first = (await stage.ask(None, query, d="DESC"))["tracks"]
    assert [node["title"] for node in first["nodes"]] == ["Most", "Some", "None"]
    rest = (await stage.ask(None, query, d="DESC", after=first["pageInfo"]["endCursor"]))["tracks"]
    assert [node["title"] for node in rest["nodes"]] == ["Old"]
    upward = (await stage.ask(None, query, d="ASC"))["tracks"]["nodes"]
    assert [node["title"] for node in upward] == ["Old", "None", "Some"]


async def test_a_track_that_nobody_hears_any_more_sinks(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, recent_plays=12)
    await work(stage, JobKind.RANK_PLAYS, add=True)
    async with stage.sessions.reading() as session:
        assert (await session.get_one(Track, track)).recent_plays == 0


async def test_nothing_is_written_that_is_as_it_should_be(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, recent_plays=5)
    await a_past_day(stage, nova, track, now().date(), 5)
    await reward_plays(stage.sessions)
    before: dict[str, Any] = await stage.tables()
    await reward_plays(stage.sessions)
    await work(stage, JobKind.RANK_PLAYS, add=True)
    after = await stage.tables()
    assert {name: rows for name, rows in after.items() if name != "job"} == {
        name: rows for name, rows in before.items() if name != "job"
    }
    async with stage.sessions.reading() as session:
        assert (await session.scalars(select(col(CreditedPlays.rewarded)))).all() == [5]


@on_postgres
async def test_a_play_that_counts_while_xp_are_given_gets_its_own_next_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    ari, bea = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bea")
    one, two = await a_track(stage.sessions, nova), await a_track(stage.sessions, nova)
    assert await heard(stage, ari, one)
    real = credited_plays.rewarded

    async def slow(session: AsyncSession, producer: ProducerId, days: Sequence[DayOfPlays]) -> None:
        monkeypatch.setattr(credited_plays, "rewarded", real)
        assert await heard(stage, bea, two)
        await real(session, producer, days)

    monkeypatch.setattr(credited_plays, "rewarded", slow)
    for _ in range(2):
        await reward_plays(stage.sessions)
    async with stage.sessions.reading() as session:
        counted = await recount(session, nova.producer)
    plays = frozenset((one, points) for one, points in counted.due if one.cause is XpCause.COUNTED_PLAY)
    assert (plays, sum(points for _, points in plays)) == (counted.given, 2)
