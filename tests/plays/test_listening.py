"""D-51: what is heard is opened, reported, believed as far as time has passed, and counted once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.catalog.edit import preview_key
from api.plays import rules
from api.plays.errors import MoreHeardThanTimePassed
from db.clock import now
from db.ids import new_id
from db.models.plays import AudioStream, Play
from db.models.tracks import Track
from db.vocabulary import TrackStatus
from tests.factories import a_listener, a_producer, a_track, the_upload_of
from tests.plays.listening import (
    PLAY,
    counts,
    days_of,
    heard,
    opened,
    opening,
    pass_time,
    reported,
    set_clock,
    sums,
)
from tests.stage import Stage

pytestmark = pytest.mark.anyio


async def test_a_play_counts_once_thirty_seconds_were_heard(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    play = await opened(stage, ari, track)
    await pass_time(stage, 40)
    assert await reported(stage, ari, play, 29_999) == (29_999, False)
    assert await counts(stage, track) == (1, 0)
    assert await reported(stage, ari, play, 30_000) == (30_000, True)
    assert await counts(stage, track) == (1, 1)
    count = "query($id: ID!) { track(id: $id) { playCount } }"
    assert await stage.ask(None, count, id=track) == {"track": {"playCount": 1}}


async def test_all_sums_say_the_same(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    ari, bo = await a_listener(stage.sessions), await a_listener(stage.sessions, "Bo")
    track = await a_track(stage.sessions, nova, credited=[kilo])
    for who in (ari, ari, bo):
        assert await heard(stage, who, track)
    await opened(stage, bo, track)
    found = await sums(stage)
    assert found["listening"] == [(track, 2, 2), (track, 2, 1)] or sorted(found["listening"]) == [
        (track, 2, 1),
        (track, 2, 2),
    ]
    assert (found["track_plays"], found["total"]) == ([(track, 4, 3)], [(track, 4, 3)])
    assert found["credited"] == sorted((one.producer, track, 3) for one in (nova, kilo))
    for one in (nova, kilo):
        mine = [row for row in found["quarter"] if row[0] == one.producer]
        assert (sum(row[1] for row in mine), sum(row[2] for row in mine)) == (4, 3)


async def test_of_a_shorter_track_the_whole_is_enough(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova, duration_ms=9_000)
    play = await opened(stage, ari, track)
    await pass_time(stage, 9)
    assert await reported(stage, ari, play, 8_999) == (8_999, False)
    assert await reported(stage, ari, play, 9_000) == (9_000, True)


async def test_repeats_and_smaller_totals_change_nothing(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    play = await opened(stage, ari, await a_track(stage.sessions, nova))
    await pass_time(stage, 200)
    assert await reported(stage, ari, play, 35_000) == (35_000, True)
    async with stage.nothing_changes():
        for ms in (35_000, 34_000, 0):
            assert await reported(stage, ari, play, ms) == (35_000, True)


async def test_a_part_that_is_heard_again_adds_to_the_time_and_counts_no_second_time(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova, duration_ms=40_000)
    play = await opened(stage, ari, track)
    await pass_time(stage, 300)
    assert await reported(stage, ari, play, 40_000) == (40_000, True)
    assert await reported(stage, ari, play, 280_000) == (280_000, True)
    assert await counts(stage, track) == (1, 1)


async def test_no_more_is_believed_than_time_has_passed(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova, duration_ms=1_000)
    play = await opened(stage, ari, track)
    listened, counted = await reported(stage, ari, play, 1_500)  # a tenth of a second later
    assert (listened < 1_000, counted) == (True, False)
    assert await counts(stage, track) == (1, 0)
    async with stage.nothing_changes():
        refused = await stage.refusals(ari, "reportPlay", id=play, listenedMs=1_000_000)
    assert refused == [("listenedMs", "PLAY_IMPLAUSIBLE")]


@pytest.mark.parametrize(("ahead", "believed"), [(0, 60_000), (2_000, 60_000), (2_001, None)])
def test_a_clock_may_run_ahead_by_two_seconds_and_gains_nothing(ahead: int, believed: int | None) -> None:
    moment = now()
    play = _play(started_at=moment - timedelta(minutes=1))
    assert (rules.why_not_reported(play, 60_000 + ahead, moment) is None) == (believed is not None)
    if believed is not None:
        assert rules.heard_ms(play, 60_000 + ahead, moment) == believed


async def test_who_reports_too_much_hears_how_much_would_be_taken(stage: Stage) -> None:
    moment = now()
    play = _play(started_at=moment - timedelta(minutes=1))
    refused = rules.why_not_reported(play, 62_001, moment)
    assert isinstance(refused, MoreHeardThanTimePassed)
    assert refused.maximum == 62_000
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    opened_play = await opened(stage, ari, await a_track(stage.sessions, nova))
    answer = "errors { code ... on InvalidInput { maximum } }"
    payload = await stage.mutate(ari, "reportPlay", answer, id=opened_play, listenedMs=1_000_000)
    [error] = payload["errors"]
    assert error["code"] == "PLAY_IMPLAUSIBLE"
    most = int(error["maximum"])
    assert 2_000 <= most < 1_000_000
    assert await stage.refusals(ari, "reportPlay", id=opened_play, listenedMs=most) == []


async def test_twenty_plays_opened_at_once_and_reported_are_one_listening(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    made = [await a_track(stage.sessions, nova) for _ in range(5)]
    plays = [await opened(stage, ari, track) for track in made * 4]
    await pass_time(stage, 30)
    refused = 0
    for play in plays:
        payload = await stage.mutate(ari, "reportPlay", PLAY, id=play, listenedMs=30_000)
        refused += [error["code"] for error in payload["errors"]] == ["PLAY_IMPLAUSIBLE"]
    assert refused == 19
    assert sum([(await counts(stage, track))[1] for track in made]) == 1


async def test_opening_a_play_ends_the_one_before_at_that_moment(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    first = await opened(stage, ari, await a_track(stage.sessions, nova))
    await pass_time(stage, 31)
    second = await opened(stage, ari, await a_track(stage.sessions, nova))
    await pass_time(stage, 100)
    async with stage.nothing_changes():
        refused = await stage.refusals(ari, "reportPlay", id=first, listenedMs=60_000)
    assert refused == [("listenedMs", "PLAY_IMPLAUSIBLE")]
    assert await reported(stage, ari, first, 31_000) == (31_000, True)
    assert await reported(stage, ari, second, 90_000) == (90_000, True)


async def test_two_listeners_hear_at_the_same_time(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    bo, track = await a_listener(stage.sessions, "Bo"), await a_track(stage.sessions, nova)
    plays = [(who, await opened(stage, who, track)) for who in (ari, bo)]
    await pass_time(stage, 30)
    assert [await reported(stage, who, play, 30_000) for who, play in plays] == [(30_000, True)] * 2


async def test_a_day_has_twenty_counted_plays_of_a_listener_and_a_track(stage: Stage) -> None:
    nova, ari, bo = (
        await a_producer(stage.sessions),
        await a_listener(stage.sessions),
        await a_listener(stage.sessions),
    )
    track, other = await a_track(stage.sessions, nova), await a_track(stage.sessions, nova)
    assert [await heard(stage, ari, track) for _ in range(22)] == [True] * 20 + [False] * 2
    assert await counts(stage, track) == (22, 20)
    assert await heard(stage, ari, other)
    assert await heard(stage, bo, track)


async def test_the_next_day_begins_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    for _ in range(21):
        await heard(stage, ari, track)
    tomorrow = now() + timedelta(days=1)
    set_clock(monkeypatch, tomorrow)
    play = await opened(stage, ari, track)
    set_clock(monkeypatch, tomorrow + timedelta(seconds=30))
    assert await reported(stage, ari, play, 30_000) == (30_000, True)
    assert await counts(stage, track) == (22, 21)


async def test_a_play_over_midnight_is_opened_on_one_day_and_counts_on_the_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    set_clock(monkeypatch, datetime(2026, 11, 30, 23, 59, 45, tzinfo=UTC))
    play = await opened(stage, ari, track)
    set_clock(monkeypatch, datetime(2026, 12, 1, 0, 0, 15, tzinfo=UTC))
    assert await reported(stage, ari, play, 30_000) == (30_000, True)
    assert await days_of(stage, track) == [(date(2026, 11, 30), 1, 0), (date(2026, 12, 1), 0, 1)]


@pytest.mark.parametrize("who", ["uploader", "credited", "credited before"])
async def test_who_made_a_track_is_heard_and_not_counted(stage: Stage, who: str) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    track = await a_track(stage.sessions, nova, credited=[kilo])
    if who == "credited before":
        assert await stage.refusals(kilo, "removeOwnCredit", trackId=track) == []
    assert not await heard(stage, nova if who == "uploader" else kilo, track, seconds=120)
    assert await counts(stage, track) == (1, 0)


async def test_another_producer_counts(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    assert await heard(stage, kilo, await a_track(stage.sessions, nova))


@pytest.mark.parametrize("status", list(TrackStatus))
async def test_a_track_is_heard_by_all_while_it_is_published_and_by_its_producer_until_it_is_gone(
    stage: Stage, status: TrackStatus
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova, status)
    if status is TrackStatus.PUBLISHED:
        assert await opened(stage, ari, track)
    else:
        code = "NOT_PUBLISHED" if status is TrackStatus.SOLD else "NOT_FOUND"
        async with stage.nothing_changes():
            assert await stage.refusals(ari, "startPlay", trackId=track) == [("trackId", code)]
    if status is TrackStatus.REMOVED:
        assert await stage.refusals(nova, "startPlay", trackId=track) == [("trackId", "NOT_FOUND")]
    else:
        assert await opened(stage, nova, track)


async def test_nobody_opens_what_is_not_there(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    async with stage.nothing_changes():
        assert await stage.refusals(ari, "startPlay", trackId=new_id("trk")) == [("trackId", "NOT_FOUND")]
        assert await stage.refusals(ari, "startPlay", trackId=ari.account) == [("trackId", "WRONG_ID_TYPE")]
        assert (
            await stage.fault(None, 'mutation { startPlay(trackId: "trk_x") { play { id } } }')
            == "UNAUTHENTICATED"
        )


async def test_reports_of_anothers_play_of_none_and_of_less_than_nothing_are_refused(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    bo = await a_listener(stage.sessions, "Bo")
    play = await opened(stage, ari, await a_track(stage.sessions, nova))
    await pass_time(stage, 60)
    refused: list[tuple[Any, str, int, tuple[str, str]]] = [
        (bo, play, 30_000, ("id", "NOT_FOUND")),
        (nova, play, 30_000, ("id", "NOT_FOUND")),
        (ari, new_id("ply"), 30_000, ("id", "NOT_FOUND")),
        (ari, ari.account, 30_000, ("id", "WRONG_ID_TYPE")),
        (ari, play, -1, ("listenedMs", "OUT_OF_RANGE")),
        (ari, play, 2**31 - 1, ("listenedMs", "PLAY_IMPLAUSIBLE")),
    ]
    async with stage.nothing_changes():
        for who, which, ms, why in refused:
            assert await stage.refusals(who, "reportPlay", id=which, listenedMs=ms) == [why]
    assert await reported(stage, ari, play, 30_000) == (30_000, True)


async def test_a_play_of_yesterday_takes_no_reports(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    play = await opened(stage, ari, await a_track(stage.sessions, nova))
    await pass_time(stage, 24 * 3600 - 5)
    assert await reported(stage, ari, play, 20_000) == (20_000, False)
    await pass_time(stage, 10)
    async with stage.nothing_changes():
        assert await stage.refusals(ari, "reportPlay", id=play, listenedMs=30_000) == [("id", "PLAY_OVER")]


async def test_a_track_that_is_hidden_while_it_is_heard_counts_and_its_play_is_not_shown(
    stage: Stage,
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    play = await opened(stage, ari, track)
    await pass_time(stage, 30)
    assert await stage.refusals(nova, "setTrackVisibility", id=track, input={"visible": False}) == []
    payload = await stage.mutate(ari, "reportPlay", PLAY, id=play, listenedMs=30_000)
    assert (payload["play"], payload["errors"]) == (None, [])
    assert await counts(stage, track) == (1, 1)


async def test_who_hears_a_track_that_is_sold_meanwhile_hears_it_to_its_end(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova)
    play = await opened(stage, ari, track)
    async with stage.sessions.writing() as session:
        await session.execute(update(Track).where(col(Track.id) == track).values(status=TrackStatus.SOLD))
    node = "query($id: ID!) { node(id: $id) { ... on Play { id } } }"
    assert await stage.ask(ari, node, id=play) == {"node": {"id": play}}
    await pass_time(stage, 25 * 3600)
    assert await stage.ask(ari, node, id=play) == {"node": None}


async def test_the_preview_is_heard_until_the_stream_is_made(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    track = await a_track(stage.sessions, nova, duration_ms=240_000)
    upload = await the_upload_of(stage.sessions, track)
    before = await opening(stage, ari, track)
    assert before["streamUrl"] == f"https://api.beatpass.test/media/{preview_key(track)}"
    async with stage.sessions.writing() as session:
        session.add(AudioStream(upload_id=upload, byte_size=9))
    earliest = now()
    play = await opening(stage, ari, track)
    assert play["streamUrl"].startswith(f"https://api.beatpass.test/files/streams/{upload}.mp3?")
    lasts = timedelta(minutes=stage.settings.signed_url_minutes, milliseconds=240_000)
    expires_at = datetime.fromisoformat(play["streamUrlExpiresAt"])
    assert timedelta(0) <= expires_at - earliest - lasts < timedelta(minutes=1)


async def test_nobody_else_sees_a_play(stage: Stage) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    play = await opened(stage, ari, await a_track(stage.sessions, nova))
    node = "query($id: ID!) { node(id: $id) { ... on Play { id } } }"
    assert await stage.ask(ari, node, id=play) == {"node": {"id": play}}
    for stranger in (nova, await a_listener(stage.sessions, "Bo"), None):
        assert await stage.ask(stranger, node, id=play) == {"node": None}


async def test_an_account_opens_six_hundred_plays_an_hour(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, ari = await a_producer(stage.sessions), await a_listener(stage.sessions)
    bo, track = await a_listener(stage.sessions, "Bo"), await a_track(stage.sessions, nova)
    moment = now()
    set_clock(monkeypatch, moment)
    async with stage.sessions.writing() as session:
        session.add_all(
            Play(
                account_id=ari.account,
                track_id=track,
                started_at=moment - timedelta(minutes=59, seconds=n % 60),
            )
            for n in range(599)
        )
    await opened(stage, ari, track)
    async with stage.nothing_changes():
        payload = await stage.mutate(ari, "startPlay", trackId=track)
    first = moment - timedelta(minutes=59, seconds=59)
    assert [
        (one["code"], one["limit"], datetime.fromisoformat(one["retryAt"])) for one in payload["errors"]
    ] == [("TOO_MANY_ATTEMPTS", 600, first + timedelta(hours=1))]
    await opened(stage, bo, track)
    set_clock(monkeypatch, moment + timedelta(minutes=2))
    await opened(stage, ari, track)


def _play(**different: Any) -> rules.OpenPlay:
    usual: dict[str, Any] = {
        "started_at": now(),
        "next_started_at": None,
        "duration_ms": 180_000,
        "listened_ms": 0,
        "counted": False,
        "own": False,
        "taken_away": False,
    }
    return rules.OpenPlay(**(usual | different))
