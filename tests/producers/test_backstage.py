"""D-7: the dashboard tells a producer where things stand and what to do next, in one query."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, update
from sqlalchemy.engine import Engine
from sqlmodel import col

from db.clock import now
from db.ids import ProducerId, TrackId
from db.models.plays import CreditedPlays, PlayQuarter
from db.models.producers import Follow, Producer, ProducerRequest, XpAward
from db.models.recon import DuplicateAppeal
from db.models.tracks import Track, TrackCredit
from db.models.uploads import Upload
from db.vocabulary import (
    MatchTriage,
    ProducerRequestKind,
    ReviewStatus,
    Scale,
    TrackStatus,
    XpCause,
)
from tests.factories import (
    Beatmaker,
    Person,
    a_listener,
    a_match,
    a_picture,
    a_producer,
    a_track,
    a_verified_producer,
    an_analysis,
    staff,
    the_upload_of,
)
from tests.stage import Json, Somebody, Stage

pytestmark = pytest.mark.anyio

TASKS = "{ backstage { tasks { kind title reason target { __typename id } } newMatchCount } }"
STATUSES = "{ backstage { tracksByStatus { status count } } }"
SERIES = """query($i: SeriesInterval!, $from: Date!, $to: Date!, $zone: String! = "UTC") { backstage {
  series(metric: FOLLOWERS, interval: $i, from: $from, to: $to, timeZone: $zone) { from value } } }"""
EVERYTHING = """query($from: Date!, $to: Date!) { backstage {
  tasks { kind title reason target { __typename id ... on Track { title producer { name } }
    ... on ReconMatch { ownTrack { title } track { id } } ... on Producer { name } } }
  tracksByStatus { status count }
  series(metric: FOLLOWERS, interval: WEEK, from: $from, to: $to) { from value }
  plays: series(metric: COUNTED_PLAYS, interval: WEEK, from: $from, to: $to, timeZone: "America/Toronto") { from value }
  topTracks(from: $from, to: $to, first: 100) { track { title } countedPlays }
  experience { points level title levelStartsAt nextLevelAt awards(first: 100) { cause points at track { title } } }
  newMatchCount } }"""
LISTED = re.compile(r"IN \([^)]*\)")
LOADED = "WHERE track.id IN"
FULL: dict[str, Any] = {"description": "Text", "tags": ["808"]}


async def tasks_of(stage: Stage, who: Somebody) -> list[Json]:
    shown: list[Json] = (await stage.ask(who, TASKS))["backstage"]["tasks"]
    return shown


async def kinds_of(stage: Stage, who: Somebody) -> list[str]:
    return [task["kind"] for task in await tasks_of(stage, who)]


async def complete(stage: Stage, who: Beatmaker) -> None:
    """A profile that lacks nothing."""
    async with stage.sessions.writing() as session:
        picture = await a_picture(session)
        facts: dict[str, Any] = {
            "bio": "Beats.",
            "city": "Riga",
            "roles": ["producer"],
            "picture_id": picture,
        }
        facts["links"] = [{"network": "X", "url": "https://x.com/nova"}]
        await session.execute(update(Producer).where(col(Producer.id) == who.producer).values(**facts))


async def a_tidy_producer(stage: Stage) -> Beatmaker:
    """Verified, with a complete profile: nothing left to do."""
    nova = await a_verified_producer(stage.sessions, "Nova")
    await complete(stage, nova)
    return nova


async def test_only_a_producer_has_a_backstage(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    for who in (None, await a_listener(stage.sessions), sam):
        assert await stage.ask(who, STATUSES) == {"backstage": None}
    assert (await stage.ask(nova, STATUSES))["backstage"] is not None
    taken = {"role": "PRODUCER", "granted": False, "reason": "Gone"}
    await stage.mutate(sam, "changeRole", id=nova.account, input=taken)
    assert await stage.ask(nova, STATUSES) == {"backstage": None}


async def test_who_has_everything_has_nothing_to_do(stage: Stage) -> None:
    nova = await a_tidy_producer(stage)
    await a_track(stage.sessions, nova, **FULL)
    assert await tasks_of(stage, nova) == []


async def test_every_task_says_what_it_is_about_and_why_the_most_useful_first(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    blocked = await a_track(stage.sessions, nova, TrackStatus.DUPLICATE, title="Blocked")
    doubtful = await a_track(stage.sessions, nova, title="Doubtful", bpm=90, **FULL)
    await an_analysis(stage.sessions, await the_upload_of(stage.sessions, doubtful))
    bare = await a_track(stage.sessions, nova, title="Bare")
    untagged = await a_track(stage.sessions, nova, title="Untagged", description="Text")
    await a_track(stage.sessions, kilo, title="Another's")
    track, producer = {"__typename": "Track"}, {"__typename": "Producer", "id": nova.producer}
    assert await tasks_of(stage, nova) == [
        {
            "kind": "SOLVE_DUPLICATE",
            "title": "Solve the block of “Blocked”",
            "reason": "Its audio is in the catalogue already, so it is not published: appeal, or delete it.",
            "target": track | {"id": blocked},
        },
        {
            "kind": "COMPLETE_PROFILE",
            "title": "Complete your profile",
            "reason": "Visitors look for it, and this is missing: picture, bio, city, roles, links.",
            "target": producer,
        },
        {
            "kind": "CHECK_ANALYSIS",
            "title": "Check the facts of “Doubtful”",
            "reason": "The audio sounds like 140 BPM; 90 BPM is declared.",
            "target": track | {"id": doubtful},
        },
        {
            "kind": "ADD_METADATA",
            "title": "Describe “Untagged”",
            "reason": "It has no tags, by which listeners find it. Complete, it brings 50 XP.",
            "target": track | {"id": untagged},
        },
        {
            "kind": "ADD_METADATA",
            "title": "Describe “Bare”",
            "reason": "It has no description and no tags, by which listeners find it. Complete, it brings 50 XP.",
            "target": track | {"id": bare},
        },
        {
            "kind": "GET_VERIFIED",
            "title": "Ask for the badge",
            "reason": "Verified producers search the catalogue for copies of their music, and everybody sees the badge.",
            "target": producer,
        },
    ]


async def test_of_a_kind_five_are_told_and_the_others_are_one_task(stage: Stage) -> None:
    nova = await a_tidy_producer(stage)
    for number in range(8):
        await a_track(stage.sessions, nova, title=f"Bare {number}")
    await a_track(stage.sessions, nova, TrackStatus.DUPLICATE)
    for number in range(6):
        odd = await a_track(stage.sessions, nova, title=f"Odd {number}", bpm=90, **FULL)
        await an_analysis(stage.sessions, await the_upload_of(stage.sessions, odd))
    tasks = await tasks_of(stage, nova)
    assert [(task["title"], task["target"] is None) for task in tasks] == [
        ("Solve the block of “Night Drive”", False),
        *((f"Check the facts of “Odd {number}”", False) for number in (5, 4, 3, 2, 1)),
        ("Check the facts of 1 more track", True),
        *((f"Describe “Bare {number}”", False) for number in (7, 6, 5, 4, 3)),
        ("Describe 3 more tracks", True),
    ]


async def test_a_block_is_a_task_until_staff_have_it(stage: Stage) -> None:
    nova = await a_tidy_producer(stage)
    track = await a_track(stage.sessions, nova, TrackStatus.DUPLICATE)
    assert await kinds_of(stage, nova) == ["SOLVE_DUPLICATE"]
    appeal = DuplicateAppeal(track_id=track, account_id=nova.account, statement="Mine.")
    async with stage.sessions.writing() as session:
        session.add(appeal)
    assert await kinds_of(stage, nova) == []
    async with stage.sessions.writing() as session:
        await session.execute(update(DuplicateAppeal).values(status=ReviewStatus.DENIED, reviewed_at=now()))
    assert await kinds_of(stage, nova) == ["SOLVE_DUPLICATE"]


async def test_new_matches_are_counted_for_the_verified_and_the_closest_is_shown(stage: Stage) -> None:
    nova, uma = await a_tidy_producer(stage), await a_producer(stage.sessions, "Uma")
    await complete(stage, uma)
    own = await a_track(stage.sessions, nova, credited=[uma], **FULL)
    others = [await a_track(stage.sessions, await a_producer(stage.sessions)) for _ in range(4)]
    assert (await stage.ask(nova, TASKS))["backstage"]["newMatchCount"] == 0
    await a_match(stage.sessions, own, others[0], similarity=0.9)
    [task] = await tasks_of(stage, nova)
    assert (task["kind"], task["title"]) == ("REVIEW_MATCHES", "Look at a new match")
    closest = await a_match(stage.sessions, own, others[1], similarity=0.98)
    await a_match(stage.sessions, own, others[2], triage=MatchTriage.SEEN, similarity=0.99)
    await a_match(stage.sessions, others[3], own, similarity=0.99)
    [task] = await tasks_of(stage, nova)
    assert (task["title"], task["target"]) == (
        "Look at 2 new matches",
        {"__typename": "ReconMatch", "id": closest},
    )
    counts = [(await stage.ask(who, TASKS))["backstage"]["newMatchCount"] for who in (nova, uma)]
    assert counts == [2, 0]
    assert await kinds_of(stage, uma) == ["GET_VERIFIED"]


async def test_the_badge_is_asked_for_then_typed_then_waits_for_staff(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await complete(stage, nova)
    ends = datetime(2100, 1, 2, tzinfo=UTC)
    asked = ProducerRequest(
        account_id=nova.account,
        kind=ProducerRequestKind.GET_VERIFIED,
        code="ABCDEFGHJK",
        code_expires_at=ends,
    )
    async with stage.sessions.writing() as session:
        session.add(asked)
    assert await tasks_of(stage, nova) == [
        {
            "kind": "GET_VERIFIED",
            "title": "Type your code on Discord",
            "reason": "The code of your application ends on 2100-01-02.",
            "target": {"__typename": "ProducerRequest", "id": asked.id},
        }
    ]
    for columns, titles in (
        ({"code_expires_at": now() - timedelta(days=1)}, ["Ask for the badge"]),
        ({"code_typed_at": now()}, []),
        ({"status": ReviewStatus.DENIED, "reviewed_at": now()}, ["Ask for the badge"]),
    ):
        async with stage.sessions.writing() as session:
            await session.execute(update(ProducerRequest).values(**columns))
        assert [task["title"] for task in await tasks_of(stage, nova)] == titles


@pytest.mark.parametrize(
    ("status", "measured"),
    [
        (TrackStatus.PUBLISHED, {"bpm": 70}),
        (TrackStatus.PUBLISHED, {"bpm": 90, "bpm_confidence": 0.89}),
        (TrackStatus.PUBLISHED, {"pitch_class": 1, "scale": Scale.MAJOR}),
        (TrackStatus.PUBLISHED, {"pitch_class": 3, "key_confidence": 0.89}),
        (TrackStatus.SOLD, {"bpm": 90}),
        (TrackStatus.DUPLICATE, {"bpm": 90}),
        (TrackStatus.REMOVED, {"bpm": 90}),
    ],
)
async def test_what_is_no_contradiction_or_cannot_be_changed_is_no_task(
    stage: Stage, status: TrackStatus, measured: dict[str, Any]
) -> None:
    nova = await a_tidy_producer(stage)
    track = await a_track(stage.sessions, nova, status, **FULL)
    await an_analysis(stage.sessions, await the_upload_of(stage.sessions, track), **measured)
    assert "CHECK_ANALYSIS" not in await kinds_of(stage, nova)


async def test_a_task_of_a_contradiction_says_what_the_track_says(stage: Stage) -> None:
    nova = await a_tidy_producer(stage)
    track = await a_track(stage.sessions, nova, TrackStatus.HIDDEN, bpm=90, **FULL)
    upload = await the_upload_of(stage.sessions, track)
    await an_analysis(stage.sessions, upload, pitch_class=3, scale=Scale.MAJOR)
    [task] = await tasks_of(stage, nova)
    query = "query($id: ID!) { track(id: $id) { analysis { warnings { message } } } }"
    warnings = (await stage.ask(nova, query, id=track))["track"]["analysis"]["warnings"]
    assert len(warnings) == 3
    assert task["reason"] == " ".join(dict.fromkeys(one["message"] for one in warnings))


async def test_tracks_are_counted_in_every_state_but_removed(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    for status in (TrackStatus.PUBLISHED, TrackStatus.PUBLISHED, TrackStatus.SOLD, TrackStatus.REMOVED):
        await a_track(stage.sessions, nova, status)
    await a_track(stage.sessions, kilo, TrackStatus.HIDDEN, credited=[nova])
    counts = (await stage.ask(nova, STATUSES))["backstage"]["tracksByStatus"]
    assert [(one["status"], one["count"]) for one in counts] == [
        ("PROCESSING", 0),
        ("PUBLISHED", 2),
        ("DUPLICATE", 0),
        ("CHECK_FAILED", 0),
        ("HIDDEN", 0),
        ("SOLD", 1),
    ]


async def followed(stage: Stage, producer: ProducerId, *moments: datetime, ended: bool = False) -> None:
    people = [await a_listener(stage.sessions) for _ in moments]
    async with stage.sessions.writing() as session:
        session.add_all(
            Follow(
                account_id=one.account,
                producer_id=producer,
                followed_at=moment,
                ended_at=now() if ended else None,
            )
            for one, moment in zip(people, moments, strict=True)
        )


async def points(stage: Stage, who: Person, interval: str, first: str, last: str, **zone: str) -> Any:
    shown = await stage.ask(who, SERIES, i=interval, **{"from": first, "to": last}, **zone)
    return [(point["from"], point["value"]) for point in shown["backstage"]["series"]]


async def test_followers_are_counted_by_the_days_of_the_place(stage: Stage) -> None:
    """Clocks in Toronto went back on 1 November 2026 at 06:00 UTC: the day had 25 hours."""
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    place = ZoneInfo("America/Toronto")
    begins, ends = datetime(2026, 11, 1, tzinfo=place), datetime(2026, 11, 2, tzinfo=place)
    inside = [begins, begins + timedelta(hours=1), ends.astimezone(UTC) - timedelta(milliseconds=1)]
    await followed(stage, nova.producer, *inside, ends, begins - timedelta(milliseconds=1))
    await followed(stage, nova.producer, begins, ended=True)
    await followed(stage, kilo.producer, begins)
    days = ("2026-10-30", "2026-11-03")
    assert await points(stage, nova, "DAY", *days, zone="America/Toronto") == [
        ("2026-10-30", "0"), ("2026-10-31", "1"), ("2026-11-01", "4"), ("2026-11-02", "1"), ("2026-11-03", "0"),
    ]  # fmt: skip
    assert await points(stage, nova, "DAY", *days) == [
        ("2026-10-30", "0"), ("2026-10-31", "0"), ("2026-11-01", "4"), ("2026-11-02", "2"), ("2026-11-03", "0"),
    ]  # fmt: skip
    assert sum(int(value) for _, value in await points(stage, nova, "DAY", *days)) == 6


async def test_weeks_and_months_count_whole_whatever_part_of_them_is_asked_for(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    at = [datetime(2026, month, day, 12, tzinfo=UTC) for month, day in ((10, 31), (11, 2), (11, 8), (11, 30))]
    await followed(stage, nova.producer, *at)
    assert await points(stage, nova, "WEEK", "2026-11-04", "2026-11-09") == [
        ("2026-11-02", "2"),
        ("2026-11-09", "0"),
    ]
    assert await points(stage, nova, "MONTH", "2026-11-04", "2026-11-09") == [("2026-11-01", "3")]
    assert await points(stage, nova, "MONTH", "2026-10-31", "2026-12-01") == [
        ("2026-10-01", "1"),
        ("2026-11-01", "3"),
        ("2026-12-01", "0"),
    ]


async def test_a_year_of_days_is_one_chart(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    await followed(stage, nova.producer, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    days = await points(stage, nova, "DAY", "2026-01-01", "2026-12-31")
    assert len(days) == 365
    assert days[0] == ("2026-01-01", "0")
    assert days[-1] == ("2026-12-31", "1")


@pytest.mark.parametrize(
    ("asked", "code", "argument"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "OUT_OF_RANGE", "to"),
        ({"from": "2026-01-01", "to": "2027-02-05"}, "OUT_OF_RANGE", "to"),
        ({"from": "1999-12-31"}, "OUT_OF_RANGE", "from"),
        ({"from": "0001-01-01"}, "OUT_OF_RANGE", "from"),
        ({"to": "9999-12-31"}, "OUT_OF_RANGE", "to"),
        ({"from": "2000-01-01", "to": "2099-12-31"}, "OUT_OF_RANGE", "to"),
        ({"zone": "Mars/Olympus"}, "BAD_REQUEST", "timeZone"),
        ({"zone": ""}, "BAD_REQUEST", "timeZone"),
        ({"zone": "../etc/passwd"}, "BAD_REQUEST", "timeZone"),
        ({"zone": "America"}, "BAD_REQUEST", "timeZone"),
        ({"zone": "localtime"}, "BAD_REQUEST", "timeZone"),
        ({"zone": "Factory"}, "BAD_REQUEST", "timeZone"),
        ({"zone": "europe/paris"}, "BAD_REQUEST", "timeZone"),
        ({"from": "2026-02-30"}, "BAD_REQUEST", None),
        ({"from": "20261101"}, "BAD_REQUEST", None),
        ({"from": "2026-W45-1"}, "BAD_REQUEST", None),
        ({"from": ""}, "BAD_REQUEST", None),
        ({"from": 5}, "BAD_REQUEST", None),
        ({"i": "YEAR"}, "BAD_REQUEST", None),
    ],
)
async def test_a_chart_that_cannot_be_drawn_is_refused_with_the_argument(
    stage: Stage, asked: dict[str, Any], code: str, argument: str | None
) -> None:
    nova = await a_producer(stage.sessions)
    usual = {"i": "DAY", "from": "2026-11-01", "to": "2026-11-02"}
    [error] = (await stage.answer(nova, SERIES, **(usual | asked))).errors
    told = error.extensions or {}
    assert (told["code"], told.get("argument")) == (code, argument)


async def test_four_hundred_steps_are_drawn(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    assert len(await points(stage, nova, "DAY", "2026-01-01", "2027-02-04")) == 400
    assert len(await points(stage, nova, "MONTH", "2060-01-15", "2093-04-15")) == 400


@contextmanager
def statements() -> Generator[list[str]]:
    """Every statement that any engine of this process runs."""
    seen: list[str] = []

    def note(*told: Any) -> None:
        if not told[2].startswith(("BEGIN", "PRAGMA")):
            seen.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def a_catalogue(stage: Stage, size: int) -> Beatmaker:
    """As many tracks, a third of them each blocked, contradicted and undescribed; matches, followers and awards."""
    nova = await a_verified_producer(stage.sessions, "Nova")
    other = await a_track(stage.sessions, await a_producer(stage.sessions))
    bare = await a_track(stage.sessions, nova)
    await a_match(stage.sessions, bare, other)
    await followed(stage, nova.producer, now())
    blocked: dict[str, Any] = {"status": TrackStatus.DUPLICATE, "published_at": None}
    kinds: list[dict[str, Any]] = [blocked, {"bpm": 90, **FULL}, {}]
    upload = await the_upload_of(stage.sessions, bare)
    async with stage.sessions.writing() as session:
        made = [kinds[number % 3] for number in range(size - 1)]
        track, file = await session.get_one(Track, bare), await session.get_one(Upload, upload)
        usual: dict[str, Any] = track.model_dump(exclude={"id", "number", "upload_id", "slug", "shown_since"})
        files = [Upload(**file.model_dump(exclude={"id"})) for _ in made]
        session.add_all(files)
        await session.flush()
        tracks = [
            Track.model_validate({**usual, **columns, "upload_id": one.id, "slug": f"night-{one.id}"})
            for columns, one in zip(made, files, strict=True)
        ]
        session.add_all(tracks)
        session.add_all(TrackCredit(track_id=one.id, producer_id=nova.producer, position=0) for one in tracks)
        session.add_all(an_award(nova.producer, one.id) for one in tracks[1::3])
        await session.flush()
        day = now().date()
        session.add_all(
            CreditedPlays(producer_id=nova.producer, day=day, track_id=one, counted=2)
            for one in (bare, *(one.id for one in tracks))
        )
        session.add(PlayQuarter(producer_id=nova.producer, begins_at=now(), plays=2, counted=2))
    for one in files[1:18:3]:
        await an_analysis(stage.sessions, one.id)
    return nova


def an_award(producer: ProducerId, track: TrackId) -> XpAward:
    return XpAward(producer_id=producer, cause=XpCause.TRACK_PUBLISHED, subject_id=track, points=100)


async def test_the_dashboard_takes_the_same_few_statements_however_much_there_is(stage: Stage) -> None:
    """Tracks of awards, of tasks, of the top list and of the match are loaded together where they are asked for at once."""
    taken: list[list[str]] = []
    today = now().date()
    days = {"from": str(today - timedelta(days=300)), "to": str(today)}
    for size in (3, 300):
        nova = await a_catalogue(stage, size)
        with statements() as seen:
            shown = (await stage.ask(nova, EVERYTHING, **days))["backstage"]
        assert len(shown["tasks"]) == (5 if size == 3 else 20)
        assert len(shown["experience"]["awards"]) == size // 3
        assert len(shown["topTracks"]) == min(size, 100)
        assert sum(one["count"] for one in shown["tracksByStatus"]) == size
        taken.append([LISTED.sub("IN (…)", one) for one in seen])
    loads = [[one for one in each if LOADED in one] for each in taken]
    others = [sorted(one for one in each if LOADED not in one) for each in taken]
    assert others[0] == others[1]
    assert len(others[1]) == 17
    assert [len(each) in {1, 2, 3, 4} for each in loads] == [True, True]


async def test_a_day_travels_as_a_string(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    query = """{ backstage { series(metric: FOLLOWERS, interval: DAY, from: "2026-11-01", to: "2026-11-01") {
      from value } } }"""
    assert (await stage.ask(nova, query))["backstage"]["series"] == [
        {"from": str(date(2026, 11, 1)), "value": "0"}
    ]
