"""Backstage: plays by the days of a place, and what was played most (D-7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db.models.plays import PlayQuarter
from db.queries import plays as queries
from db.queries.plays import Counts
from db.vocabulary import TrackStatus
from tests.factories import Beatmaker, a_listener, a_producer, a_track
from tests.plays.listening import a_past_day, opened, reported, set_clock
from tests.stage import Stage

pytestmark = pytest.mark.anyio

SERIES = """query($m: SeriesMetric!, $i: SeriesInterval!, $from: Date!, $to: Date!, $zone: String!) {
  backstage { series(metric: $m, interval: $i, from: $from, to: $to, timeZone: $zone) { from value } } }"""
TOP = """query($from: Date!, $to: Date!, $first: Int) {
  backstage { topTracks(from: $from, to: $to, first: $first) { countedPlays track { id } } } }"""


async def series(
    stage: Stage,
    who: Beatmaker,
    metric: str,
    days: tuple[str, str],
    *,
    zone: str = "UTC",
    interval: str = "DAY",
) -> list[tuple[str, str]]:
    asked: dict[str, Any] = {"m": metric, "i": interval, "from": days[0], "to": days[1], "zone": zone}
    shown = await stage.ask(who, SERIES, **asked)
    return [(point["from"], point["value"]) for point in shown["backstage"]["series"]]


async def quarters(stage: Stage, who: Beatmaker, *moments: datetime) -> None:
    """Two plays in the quarter of an hour of each moment, one of them counted."""
    async with stage.sessions.writing() as session:
        session.add_all(
            PlayQuarter(producer_id=who.producer, begins_at=one.astimezone(UTC), plays=2, counted=1)
            for one in moments
        )


async def test_plays_are_counted_by_the_days_of_the_place(stage: Stage) -> None:
    """Clocks in Toronto went back on 1 November 2026 at 06:00 UTC: the day had 25 hours."""
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    place = ZoneInfo("America/Toronto")
    begins, ends = (datetime(2026, 11, day, tzinfo=place).astimezone(UTC) for day in (1, 2))
    assert ends - begins == timedelta(hours=25)
    last = ends - timedelta(minutes=15)
    await quarters(stage, nova, begins - timedelta(minutes=15), begins, last, ends)
    await quarters(stage, kilo, begins)
    days = ("2026-10-31", "2026-11-02")
    assert await series(stage, nova, "PLAYS", days, zone="America/Toronto") == [
        ("2026-10-31", "2"), ("2026-11-01", "4"), ("2026-11-02", "2"),
    ]  # fmt: skip
    assert await series(stage, nova, "COUNTED_PLAYS", days, zone="America/Toronto") == [
        ("2026-10-31", "1"), ("2026-11-01", "2"), ("2026-11-02", "1"),
    ]  # fmt: skip
    assert await series(stage, nova, "COUNTED_PLAYS", days) == [
        ("2026-10-31", "0"), ("2026-11-01", "2"), ("2026-11-02", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"])
async def test_days_of_places_between_the_hours_are_cut_where_they_begin(stage: Stage, zone: str) -> None:
    nova = await a_producer(stage.sessions)
    begins = datetime(2026, 11, 28, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    await quarters(stage, nova, begins - timedelta(minutes=15), begins)
    days = ("2026-11-27", "2026-11-28")
    assert await series(stage, nova, "PLAYS", days, zone=zone) == [("2026-11-27", "2"), ("2026-11-28", "2")]


async def test_months_are_sums_of_their_days(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await quarters(stage, nova, *(datetime(2026, month, 5, tzinfo=UTC) for month in (9, 10, 11)))
    shown = await series(stage, nova, "PLAYS", ("2026-10-20", "2026-11-01"), interval="MONTH")
    assert shown == [("2026-10-01", "2"), ("2026-11-01", "2")]


async def test_what_is_heard_stands_in_the_chart_at_its_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened before midnight in Toronto and counted after it: in the chart of plays the day before, of counted ones after."""
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    ari, track = await a_listener(stage.sessions), await a_track(stage.sessions, nova, credited=[kilo])
    set_clock(monkeypatch, datetime(2026, 11, 28, 4, 59, 50, tzinfo=UTC))
    play = await opened(stage, ari, track)
    set_clock(monkeypatch, datetime(2026, 11, 28, 5, 0, 20, tzinfo=UTC))
    assert await reported(stage, ari, play, 30_000) == (30_000, True)
    days, zone = ("2026-11-27", "2026-11-28"), "America/Toronto"
    for who in (nova, kilo):
        assert await series(stage, who, "PLAYS", days, zone=zone) == [
            ("2026-11-27", "1"),
            ("2026-11-28", "0"),
        ]
        assert await series(stage, who, "COUNTED_PLAYS", days, zone=zone) == [
            ("2026-11-27", "0"),
            ("2026-11-28", "1"),
        ]


async def test_whom_a_track_credits_later_has_no_part_in_earlier_plays(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    ari, track = await a_listener(stage.sessions), await a_track(stage.sessions, nova)
    await opened(stage, ari, track)
    credited = {"creditedProducerIds": [kilo.producer]}
    assert await stage.refusals(nova, "updateTrack", id=track, input=credited) == []
    await opened(stage, ari, track)
    today = datetime.now(UTC).date()
    days = (str(today - timedelta(days=1)), str(today + timedelta(days=1)))
    found = [await series(stage, who, "PLAYS", days) for who in (nova, kilo)]
    assert [sum(int(value) for _, value in one) for one in found] == [2, 1]


async def test_the_most_played_tracks_of_some_days(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    first, second, third, fourth = [await a_track(stage.sessions, nova) for _ in range(4)]
    shared = await a_track(stage.sessions, kilo, credited=[nova])
    for track, day, counted in (
        (first, 1, 5), (first, 2, 5), (first, 3, 99), (second, 2, 12), (third, 2, 3), (third, 1, 4), (shared, 1, 7),
    ):  # fmt: skip
        await a_past_day(stage, nova, track, date(2026, 11, day), counted)
    await a_past_day(stage, kilo, shared, date(2026, 11, 1), 7)
    await a_past_day(stage, nova, fourth, date(2026, 11, 1), 0, plays=3)
    async with stage.sessions.writing() as session:
        await queries.add_quarters(
            session, {(nova.producer, datetime(2026, 11, 1, tzinfo=UTC)): Counts(1, 0)}
        )

    async def top(who: Beatmaker, days: tuple[int, int], size: int | None = None) -> list[tuple[str, int]]:
        asked = {"from": f"2026-11-0{days[0]}", "to": f"2026-11-0{days[1]}"}
        more = {} if size is None else {"first": size}
        shown = (await stage.ask(who, TOP, **asked, **more))["backstage"]["topTracks"]
        return [(one["track"]["id"], one["countedPlays"]) for one in shown if one["countedPlays"]]

    tied = sorted([third, shared])
    assert await top(nova, (1, 2)) == [(second, 12), (first, 10), (tied[0], 7), (tied[1], 7)]
    assert await top(nova, (1, 3), 1) == [(first, 109)]
    assert await top(kilo, (1, 2)) == [(shared, 7)]
    assert await top(kilo, (2, 3)) == []


@pytest.mark.parametrize(
    ("status", "own", "listed"),
    [
        (TrackStatus.HIDDEN, True, True),
        (TrackStatus.HIDDEN, False, False),
        (TrackStatus.SOLD, False, True),
        (TrackStatus.REMOVED, True, False),
    ],
)
async def test_only_what_the_producer_may_see_is_listed(
    stage: Stage, status: TrackStatus, own: bool, listed: bool
) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    by, credited = (nova, []) if own else (kilo, [nova])
    track = await a_track(stage.sessions, by, status, credited=credited)
    await a_past_day(stage, nova, track, date(2026, 11, 1), 5)
    shown = await stage.ask(nova, TOP, **{"from": "2026-11-01", "to": "2026-11-01"})
    assert [one["track"]["id"] for one in shown["backstage"]["topTracks"]] == ([track] if listed else [])


@pytest.mark.parametrize(
    ("different", "argument"),
    [
        ({"from": "1999-12-31"}, "from"),
        ({"to": "2100-01-01"}, "to"),
        ({"from": "2026-11-02"}, "to"),
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
    ],
)
async def test_days_and_sizes_that_are_none_are_refused(
    stage: Stage, different: dict[str, Any], argument: str
) -> None:
    nova = await a_producer(stage.sessions)
    asked = {"from": "2026-11-01", "to": "2026-11-01", **different}
    [error] = (await stage.answer(nova, TOP, **asked)).errors
    told = error.extensions or {}
    assert (told["code"], told["argument"]) == ("OUT_OF_RANGE", argument)
