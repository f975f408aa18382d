"""Many listeners, and many reports, at once: nothing is lost, nothing counts twice, and all sums agree."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlmodel import col

from api.earnings.auditing import audit
from api.plays.desk import PlayDesk
from api.plays.opening import Opening, open_plays
from api.plays.reporting import Report, report_plays
from api.plays.rules import OpenPlay, heard_ms, why_not_reported
from api.refusals import Refused
from db.clock import now
from db.ids import AccountId, PlayId, TrackId, new_id
from db.models.plays import Listening, Play, PlayTotal, TrackPlays
from db.queries import play_sums
from db.session import Sessions
from tests.factories import a_listener, a_producer, a_track
from tests.plays.listening import counts, heard, opened, pass_time, reported, sums
from tests.stage import Stage

pytestmark = pytest.mark.anyio


async def differences(stage: Stage) -> list[Any]:
    async with stage.sessions.reading() as session:
        days = await play_sums.days_that_differ(session, date.min)
        return [*days, *await play_sums.totals_that_differ(session, date.min)]


async def plays_kept(stage: Stage) -> tuple[int, int]:
    """Rows, and those that count."""
    async with stage.sessions.reading() as session:
        found = await session.execute(select(func.count(), func.count(col(Play.counted_at))))
        rows, counted = found.one()
    return int(rows), int(counted)


async def test_two_reports_of_one_play_at_once_count_it_once(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    for _ in range(5):
        play = await opened(stage, ari, track)
        await pass_time(stage, 40)
        said = await asyncio.gather(*(reported(stage, ari, play, 30_000 + n) for n in range(8)))
        assert {counted for _, counted in said} == {True}
    assert await counts(stage, track) == (5, 5)
    assert await differences(stage) == []


async def test_reports_to_several_processes_at_once_count_once_and_twenty_a_day(stage: Stage) -> None:
    """Twenty-four plays that count, each said thrice, to desks of their own."""
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    plays: list[PlayId] = []
    for _ in range(24):
        plays.append(PlayId(await opened(stage, ari, track)))
        await pass_time(stage, 30)
    others = [Sessions(stage.settings.database_url) for _ in range(2)]
    desks = [PlayDesk(one) for one in (stage.sessions, *others)]
    said = [desk.report(Report(ari.account, play, 30_000)) for play in plays for desk in desks]
    assert Counter(await asyncio.gather(*said)) == dict.fromkeys(plays, 3)
    for one in others:
        await one.close()
    assert await counts(stage, track) == (24, 20)
    assert await plays_kept(stage) == (24, 20)
    assert await differences(stage) == []


async def test_a_crowd_before_one_track_is_counted_to_the_last(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    made = [await a_track(stage.sessions, nova, credited=[kilo]) for _ in range(2)]
    crowd = [await a_listener(stage.sessions, f"L{number}") for number in range(40)]
    other = Sessions(stage.settings.database_url)
    desks = [PlayDesk(stage.sessions), PlayDesk(other)]

    async def open_one(number: int) -> tuple[AccountId, PlayId]:
        account = crowd[number % 40].account
        return account, await desks[number % 2].open(Opening(account, None, made[number // 40 % 2]))

    rounds = [
        await asyncio.gather(*(open_one(40 * turn + number) for number in range(40))) for turn in range(2)
    ]
    await pass_time(stage, 1)  # of both, the second is heard
    await pass_time(stage, 40)
    for turn in rounds:
        said = (desks[number % 2].report(Report(*one, 30_000)) for number, one in enumerate(turn))
        answers = await asyncio.gather(*said, return_exceptions=True)
        refused = [isinstance(one, Refused) for one in answers]
        assert refused == [turn is rounds[0]] * 40
    await other.close()
    assert [await counts(stage, track) for track in made] == [(40, 0), (40, 40)]
    assert await differences(stage) == []
    found = await sums(stage)
    assert [row[2] for row in found["credited"]] == [40, 40]


async def test_one_that_is_refused_leaves_the_others_of_its_transaction_alone(stage: Stage) -> None:
    nova, ari, bo = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await a_listener(stage.sessions, "Bo"),
    )
    track = await a_track(stage.sessions, nova)
    async with stage.sessions.writing() as session:
        wanted = [
            Opening(ari.account, None, track),
            Opening(bo.account, None, TrackId(new_id("trk"))),
            Opening(bo.account, None, track),
        ]
        first, missing, second = await open_plays(session, wanted)
    assert isinstance(missing, Refused)
    assert not isinstance(first, Refused)
    assert not isinstance(second, Refused)
    await pass_time(stage, 30)
    async with stage.sessions.writing() as session:
        reports = [
            Report(bo.account, first, 30_000),
            Report(ari.account, first, 30_000),
            Report(bo.account, second, 99_000),
            Report(bo.account, second, 30_000),
        ]
        answers = await report_plays(session, reports)
    assert [isinstance(one, Refused) for one in answers] == [True, False, True, False]
    assert await counts(stage, track) == (2, 2)


async def test_of_a_transaction_that_fails_everybody_hears_and_nothing_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)

    async def cut(*_: object) -> None:
        raise RuntimeError("power cut")

    desk = PlayDesk(stage.sessions)
    async with stage.nothing_changes():
        with monkeypatch.context() as broken:
            broken.setattr("api.plays.opening.add_opened", cut)
            waiting = [desk.open(Opening(ari.account, None, track)) for _ in range(3)]
            answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(one) for one in answers] == ["power cut"] * 3
    assert await desk.open(Opening(ari.account, None, track))


async def test_sums_that_do_not_agree_are_found(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    await heard(stage, ari, track)

    async def broken() -> dict[str, tuple[str, ...]]:
        return {one.invariant.name: one.broken_by for one in await audit(stage.sessions) if one.broken_by}

    assert await broken() == {}
    day_differs = f"listeners of {track} have heard 0 plays more, -1 counted"
    total_differs = f"days of {track} have 0 plays more than all, 1 counted"
    for model, counted, found in (
        (TrackPlays, 2, (day_differs, total_differs)),
        (TrackPlays, 1, ()),
        (Listening, 0, (day_differs,)),
        (Listening, 1, ()),
        (PlayTotal, 0, (total_differs,)),
    ):
        async with stage.sessions.writing() as session:
            await session.execute(update(model).values(counted=counted))
        assert await broken() == ({"sums-of-plays": found} if found else {})


SPANS = st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 200_000)), min_size=1, max_size=8)


@given(spans=SPANS, later=st.integers(0, 200_000))
def test_what_is_heard_of_all_plays_is_never_more_than_the_time_since_the_first(
    spans: list[tuple[int, int]], later: int
) -> None:
    """Each play begins some time after the one before, and much is claimed of each."""
    begins = now()
    starts = [begins + timedelta(milliseconds=sum(gap for gap, _ in spans[:n])) for n in range(len(spans))]
    moment = starts[-1] + timedelta(milliseconds=later)
    total = 0
    for number, (_, claimed) in enumerate(spans):
        following = starts[number + 1] if number + 1 < len(starts) else None
        play = OpenPlay(
            started_at=starts[number],
            next_started_at=following,
            duration_ms=30_000,
            listened_ms=0,
            counted=False,
            own=False,
            taken_away=False,
        )
        if why_not_reported(play, claimed, moment) is None:
            total += heard_ms(play, claimed, moment)
    assert total <= (moment - begins) // timedelta(milliseconds=1)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["open", "report", "report", "wait"]), st.integers(0, 1), st.integers(0, 70)
        ),
        min_size=1,
        max_size=16,
    )
)
async def test_whatever_is_opened_and_reported_nobody_hears_more_than_time_and_sums_agree(
    stage: Stage, steps: list[tuple[str, int, int]]
) -> None:
    nova = await a_producer(stage.sessions)
    people = [await a_listener(stage.sessions) for _ in range(2)]
    track = await a_track(stage.sessions, nova, duration_ms=20_000)
    plays: dict[int, list[str]] = {0: [], 1: []}
    for does, who, number in steps:
        if does == "open":
            plays[who].append(await opened(stage, people[who], track))
        elif does == "wait":
            await pass_time(stage, number)
        elif plays[who]:
            play = plays[who][number % len(plays[who])]
            await stage.mutate(people[who], "reportPlay", id=play, listenedMs=number * 1000)
    async with stage.sessions.reading() as session:
        for person in people:
            rows = (
                await session.execute(
                    select(col(Play.started_at), col(Play.listened_ms), col(Play.counted_at)).where(
                        col(Play.account_id) == person.account
                    )
                )
            ).all()
            if rows:
                passed = (now() - min(started for started, _, _ in rows)) // timedelta(milliseconds=1)
                assert sum(heard for _, heard, _ in rows) <= passed
            assert all(heard >= 20_000 for _, heard, counted in rows if counted)
    assert await differences(stage) == []
