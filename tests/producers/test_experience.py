"""D-57: experience is given once for each cause, never taken back, and follows from facts that are kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlmodel import col

from api.producers.experience import recount, reward_missed
from api.recon.duplicates import publish
from db.ids import TrackId, new_id
from db.models.notices import Notification
from db.models.producers import Producer, XpAward
from db.queries import tracks
from db.vocabulary import NotificationKind, TrackStatus, XpCause
from tests.factories import Beatmaker, a_listener, a_producer, a_track, an_unowned_profile, staff
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

MINE = """{ backstage { experience { points level title levelStartsAt nextLevelAt
  awards { cause points track { id } } } } }"""
FULL: dict[str, Any] = {"description": "Text", "tags": ["808"]}
Ledger = set[tuple[str, str, str, int]]


async def pass_check(stage: Stage, track: str) -> None:
    """What the end of a duplicate check and a granted appeal do."""
    async with stage.sessions.writing() as session:
        row = await tracks.track_for_change(session, TrackId(track))
        assert row
        if row.status is not TrackStatus.REMOVED:
            await publish(session, row)


async def update_(stage: Stage, who: Beatmaker, track: str, **changes: Any) -> bool:
    return await stage.refusals(who, "updateTrack", id=track, input=changes) == []


async def experience_of(stage: Stage, who: Beatmaker) -> Json:
    shown: Json = (await stage.ask(who, MINE))["backstage"]["experience"]
    return shown


async def xp_of(stage: Stage, *people: Beatmaker) -> list[int]:
    return [(await experience_of(stage, one))["points"] for one in people]


async def ledger_of(stage: Stage) -> Ledger:
    columns = col(XpAward.producer_id), col(XpAward.cause), col(XpAward.subject_id), col(XpAward.points)
    async with stage.sessions.reading() as session:
        rows = await session.execute(select(*columns))
        return {(str(who), cause.value, str(track), points) for who, cause, track, points in rows}


async def achievements(stage: Stage) -> list[tuple[str, str, str]]:
    async with stage.sessions.reading() as session:
        told = await session.scalars(
            select(Notification).where(col(Notification.kind) == NotificationKind.ACHIEVEMENT)
        )
        return sorted((one.account_id, one.subject_id, one.title) for one in told)


async def assert_agreement(stage: Stage, *people: Beatmaker) -> None:
    for one in people:
        async with stage.sessions.reading() as session:
            counted = await recount(session, one.producer)
        assert counted.agrees, (one.name, counted)


async def test_a_track_brings_xp_when_it_is_published_and_not_before(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    assert await xp_of(stage, nova) == [0]
    for _ in range(2):
        await pass_check(stage, track)
        assert await experience_of(stage, nova) == {
            "points": 100,
            "level": 2,
            "title": "Novice",
            "levelStartsAt": 100,
            "nextLevelAt": 283,
            "awards": [{"cause": "TRACK_PUBLISHED", "points": 100, "track": {"id": track}}],
        }


async def test_a_track_that_is_complete_before_it_is_published_brings_both_at_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    assert await update_(stage, nova, track, **FULL)
    assert await xp_of(stage, nova) == [0]
    assert await update_(stage, nova, track, description=None)
    await pass_check(stage, track)
    assert await xp_of(stage, nova) == [150]


async def test_completing_a_published_track_brings_xp_once(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    await pass_check(stage, track)
    steps: list[tuple[dict[str, Any], int]] = [
        ({"tags": ["808"]}, 100),
        ({"description": "Text"}, 150),
        ({"tags": []}, 150),
        ({"tags": ["tape"]}, 150),
    ]
    for changes, points in steps:
        assert await update_(stage, nova, track, **changes)
        assert await xp_of(stage, nova) == [points]


async def test_a_collaboration_brings_xp_to_everybody_credited_once(stage: Stage) -> None:
    nova, kilo, vera = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Vera")]
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING, credited=[kilo])
    await pass_check(stage, track)
    assert await xp_of(stage, nova, kilo, vera) == [125, 25, 0]
    for credited, points in (
        ([vera], [125, 25, 25]),
        ([], [125, 25, 25]),
        ([kilo, vera], [125, 25, 25]),
    ):
        ids = [one.producer for one in credited]
        assert await update_(stage, nova, track, creditedProducerIds=ids)
        assert await xp_of(stage, nova, kilo, vera) == points
    assert await stage.refusals(kilo, "removeOwnCredit", trackId=track) == []
    assert await xp_of(stage, nova, kilo, vera) == [125, 25, 25]


@pytest.mark.parametrize("by", ["uploader", "own hand"])
async def test_who_left_before_the_publication_gets_nothing_for_it(stage: Stage, by: str) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING, credited=[kilo])
    if by == "uploader":
        assert await update_(stage, nova, track, creditedProducerIds=[])
    else:
        assert await stage.refusals(kilo, "removeOwnCredit", trackId=track) == []
    await pass_check(stage, track)
    assert await xp_of(stage, nova, kilo) == [100, 0]
    await assert_agreement(stage, nova, kilo)


async def test_what_was_given_stays_when_the_track_goes(stage: Stage) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING, credited=[kilo])
    await pass_check(stage, track)
    assert await stage.refusals(nova, "deleteTrack", id=track) == []
    assert (await experience_of(stage, kilo))["awards"] == [
        {"cause": "COLLABORATION", "points": 25, "track": None}
    ]
    assert await xp_of(stage, nova, kilo) == [125, 25]
    await assert_agreement(stage, nova, kilo)


async def test_a_profile_of_nobody_collects_xp_and_nobody_is_told(stage: Stage) -> None:
    nova, echo = await a_producer(stage.sessions), await an_unowned_profile(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    async with stage.sessions.writing() as session:
        await session.execute(update(Producer).where(col(Producer.id) == echo).values(xp=90))
    assert await update_(stage, nova, track, creditedProducerIds=[echo])
    await pass_check(stage, track)
    shown = await stage.ask(None, "query($id: ID!) { producer(by: {id: $id}) { level levelTitle } }", id=echo)
    assert shown == {"producer": {"level": 2, "levelTitle": "Novice"}}
    assert [account for account, *_ in await achievements(stage)] == [nova.account]


async def test_a_level_is_told_once(stage: Stage) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]

    async def publish_at(xp: int, **columns: Any) -> list[tuple[str, str, str]]:
        async with stage.sessions.writing() as session:
            await session.execute(update(Producer).where(col(Producer.id) == nova.producer).values(xp=xp))
        track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING, **columns)
        for _ in range(2):
            await pass_check(stage, track)
        return await achievements(stage)

    second = (nova.account, "level:2", "Level 2: Novice")
    third = (nova.account, "level:3", "Level 3: Apprentice")
    assert await publish_at(95) == [second]
    assert await publish_at(182) == [second]
    assert await publish_at(183) == [second, third]
    assert await publish_at(99, credited=[kilo]) == [second, third]
    assert await publish_at(283) == [second, third]


async def test_awards_are_listed_from_the_newest_and_bounded(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    made = [await a_track(stage.sessions, nova, TrackStatus.PROCESSING) for _ in range(3)]
    for track in made:
        await pass_check(stage, track)
    query = "query($first: Int!) { backstage { experience { awards(first: $first) { track { id } } } } }"
    shown = (await stage.ask(nova, query, first=2))["backstage"]["experience"]["awards"]
    assert [award["track"]["id"] for award in shown] == [made[2], made[1]]
    for wrong in (0, 101, -1):
        [error] = (await stage.answer(nova, query, first=wrong)).errors
        assert error.extensions
        assert (error.extensions["code"], error.extensions["argument"]) == ("OUT_OF_RANGE", "first")


async def test_an_award_is_found_by_its_id_by_whom_it_is_for_and_by_staff(stage: Stage) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    await pass_check(stage, await a_track(stage.sessions, nova, TrackStatus.PROCESSING))
    query = "{ backstage { experience { awards { id } } } }"
    [award] = (await stage.ask(nova, query))["backstage"]["experience"]["awards"]
    node = "query($id: ID!) { node(id: $id) { ... on XpAward { cause points } } }"
    shown = {"node": {"cause": "TRACK_PUBLISHED", "points": 100}}
    for who in (nova, await staff(stage.sessions)):
        assert await stage.ask(who, node, id=award["id"]) == shown
    for stranger in (kilo, await a_listener(stage.sessions), None):
        assert await stage.ask(stranger, node, id=award["id"]) == {"node": None}
    assert await stage.ask(nova, node, id=new_id("xpa")) == {"node": None}


async def test_tracks_from_before_there_was_experience_are_caught_up_with(stage: Stage) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    await a_track(stage.sessions, nova, credited=[kilo])
    await a_track(stage.sessions, nova, TrackStatus.HIDDEN)
    await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    for _ in range(2):
        await reward_missed(stage.sessions)
        assert await xp_of(stage, nova, kilo) == [225, 25]
    await assert_agreement(stage, nova, kilo)


async def test_nothing_is_given_by_a_publication_that_does_not_commit(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    track = await a_track(stage.sessions, nova, TrackStatus.PROCESSING)
    async with stage.nothing_changes():
        with pytest.raises(RuntimeError, match="power cut"):
            async with stage.sessions.writing() as session:
                row = await tracks.track_for_change(session, track)
                assert row
                await publish(session, row)
                raise RuntimeError("power cut")


async def test_a_recount_finds_what_is_missing_and_what_is_too_much(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await pass_check(stage, await a_track(stage.sessions, nova, TrackStatus.PROCESSING))
    await assert_agreement(stage, nova)
    for spoil in (
        update(Producer).values(xp=99),
        update(XpAward).values(points=99),
        update(XpAward).values(subject_id="trk_x"),
        delete(XpAward),
    ):
        async with stage.sessions.writing() as session:
            await session.execute(spoil)
            assert not (await recount(session, nova.producer)).agrees
            await session.rollback()
    await assert_agreement(stage, nova)


@dataclass
class Told:
    """What somebody who only watched would expect of a track."""

    published: bool = False
    complete: bool = False
    gone: bool = False
    credited: set[str] = field(default_factory=set[str])
    declined: set[str] = field(default_factory=set[str])
    due: Ledger = field(default_factory=set[tuple[str, str, str, int]])

    def settle(self, track: str, uploader: str) -> None:
        if not self.published:
            return
        self.due.add((uploader, XpCause.TRACK_PUBLISHED.value, track, 100))
        if self.complete:
            self.due.add((uploader, XpCause.METADATA_COMPLETE.value, track, 50))
        if self.credited:
            together = {uploader, *self.credited}
            self.due |= {(one, XpCause.COLLABORATION.value, track, 25) for one in together}


@dataclass(frozen=True)
class Step:
    """Something that somebody does to one of two tracks.

    Attributes:
        people: Positions among three others.
        on: Full or empty, shown or hidden.
    """

    does: str
    track: int
    people: list[int]
    on: bool


STEPS = st.lists(
    st.builds(
        Step,
        does=st.sampled_from(
            ["publish", "publish", "credit", "credit", "leave", "describe", "show", "delete"]
        ),
        track=st.sampled_from([0, 1]),
        people=st.lists(st.sampled_from([0, 1, 2]), unique=True, min_size=0, max_size=3),
        on=st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_the_ledger_is_what_somebody_who_watched_would_expect(
    stage: Stage, steps: list[Step]
) -> None:
    nova, *others = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Vera", "Remy")]
    made = [await a_track(stage.sessions, nova, TrackStatus.PROCESSING) for _ in range(2)]
    told = {track: Told() for track in made}
    for step in steps:
        track = made[step.track]
        await _take(stage, nova, others, track, told[track], step)
        told[track].settle(track, nova.producer)
    everybody = {nova.producer, *(one.producer for one in others)}
    mine = {entry for entry in await ledger_of(stage) if entry[0] in everybody}
    assert mine == {entry for one in told.values() for entry in one.due}
    await assert_agreement(stage, nova, *others)


async def _take(
    stage: Stage, nova: Beatmaker, others: list[Beatmaker], track: str, told: Told, step: Step
) -> None:
    people = [others[position] for position in step.people]
    match step.does:
        case "publish":
            await pass_check(stage, track)
            told.published |= not told.gone
        case "credit":
            ids = [str(one.producer) for one in people]
            done = await update_(stage, nova, track, creditedProducerIds=ids)
            assert done == (not told.gone and not told.declined & set(ids))
            told.credited = set(ids) if done else told.credited
        case "leave":
            for one in people:
                refused = await stage.refusals(one, "removeOwnCredit", trackId=track)
                left = {str(one.producer)} & told.credited if not refused else set[str]()
                told.credited, told.declined = told.credited - left, told.declined | left
        case "describe":
            done = await update_(stage, nova, track, **(FULL if step.on else {"tags": []}))
            told.complete |= done and step.on
        case "show":
            await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": step.on})
        case _:
            told.gone |= await stage.refusals(nova, "deleteTrack", id=track) == []


async def test_publications_and_credits_at_once_give_everything_once(stage: Stage) -> None:
    nova, kilo, vera = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo", "Vera")]
    made = [
        await a_track(stage.sessions, nova, TrackStatus.PROCESSING, credited=[kilo] if number % 2 else [])
        for number in range(6)
    ]
    for track in made:
        await asyncio.gather(
            pass_check(stage, track),
            update_(stage, nova, track, creditedProducerIds=[vera.producer, kilo.producer]),
            pass_check(stage, track),
            update_(stage, nova, track, **FULL),
            stage.refusals(kilo, "removeOwnCredit", trackId=track),
            update_(stage, nova, track, creditedProducerIds=[]),
        )
    await asyncio.gather(*(pass_check(stage, track) for track in made), reward_missed(stage.sessions))
    await assert_agreement(stage, nova, kilo, vera)
    causes = [cause for who, cause, *_ in await ledger_of(stage) if who == nova.producer]
    assert (causes.count("TRACK_PUBLISHED"), causes.count("METADATA_COMPLETE")) == (6, 6)


async def test_tracks_of_the_same_people_published_at_once_do_not_wait_for_each_other_in_a_circle(
    stage: Stage,
) -> None:
    nova, kilo = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    made = [
        await a_track(stage.sessions, one, TrackStatus.PROCESSING, credited=[other])
        for one, other in [(nova, kilo), (kilo, nova)] * 6
    ]
    await asyncio.gather(*(pass_check(stage, track) for track in made))
    assert await xp_of(stage, nova, kilo) == [6 * 125 + 6 * 25] * 2
    await assert_agreement(stage, nova, kilo)
