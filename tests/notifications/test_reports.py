"""Analytics Reports: a week or a month in figures, with a chart, for verified producers, once (D-70)."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update

from api.notifications.reports import chart_key
from api.notifications.rules import Period
from db import jobs
from db.clock import now
from db.models.notices import AnalyticsReport
from db.models.producers import XpAward
from db.vocabulary import JobKind, JobState, ReportSpan, TrackStatus, XpCause
from tests.factories import Beatmaker, a_listener, a_match, a_producer, a_track, a_verified_producer
from tests.notifications.office import Office, follow
from tests.plays.listening import a_past_day

pytestmark = pytest.mark.anyio
START, MAKE, SEND = JobKind.START_REPORTS, JobKind.MAKE_REPORT, JobKind.SEND_EMAIL
WEEK = Period(ReportSpan.WEEK, date(2026, 11, 16))
SILENCE: dict[str, Any] = {"plays_by_day": [0] * 7, "plays_before": 0, "top_tracks": []}
QUIET: dict[str, Any] = {
    "by_day": [0] * 7,
    "followers": 0,
    "tracks_published": 0,
    "matches_found": 0,
    "xp_gained": 0,
}


async def have_made(office: Office, producer: Beatmaker, period: Period = WEEK) -> None:
    facts: dict[str, Any] = {
        "producer": producer.producer,
        "span": period.span,
        "first_day": period.first_day.isoformat(),
    }
    async with office.sessions.writing() as session:
        await jobs.add(session, MAKE, key=f"{producer.producer}:{now()}", **facts)
    assert await office.work(MAKE) == 1


async def reports(office: Office) -> list[AnalyticsReport]:
    async with office.sessions.reading() as session:
        return list(await session.scalars(select(AnalyticsReport)))


def on(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


async def a_busy_week(office: Office) -> Beatmaker:
    """One of everything on each side of each end of the week, and some within."""
    sessions = office.sessions
    vera, other = await a_verified_producer(sessions, "Vera"), await a_producer(sessions, "Other")
    for number, at in enumerate(
        (on(15, 23, 59), on(16, 0), on(18), on(18, 23, 59), on(22, 23, 59), on(23, 0))
    ):
        await follow(sessions, vera.producer, await a_listener(sessions, f"F{number}"), at=at)
    await follow(sessions, vera.producer, await a_listener(sessions, "Left"), at=on(17), ended_at=on(19))
    await follow(sessions, other.producer, await a_listener(sessions, "Elsewhere"), at=on(17))
    within, after = await a_track(sessions, vera, published_at=on(22, 23)), await a_track(sessions, other)
    await a_track(sessions, vera, published_at=on(23, 0))
    await a_match(sessions, within, after, first_seen_at=on(20))
    await a_match(sessions, within, within, first_seen_at=on(23, 0))
    async with sessions.writing() as session:
        for subject, points, at in (("a", 100, on(16, 0)), ("b", 50, on(22)), ("c", 25, on(15))):
            cause = XpCause.TRACK_PUBLISHED
            award = XpAward(producer_id=vera.producer, cause=cause, subject_id=subject, points=points, at=at)
            session.add(award)
    return vera


async def test_a_week_is_counted_from_monday_to_sunday_and_told_with_its_chart(office: Office) -> None:
    vera = await a_busy_week(office)
    await have_made(office, vera)
    [report] = await reports(office)
    assert report.figures == {
        "by_day": [1, 1, 2, 0, 0, 0, 1],
        "followers": 5,
        "tracks_published": 1,
        "matches_found": 1,
        "xp_gained": 150,
        **SILENCE,
    }
    [notice] = await office.notices()
    assert (notice.account_id, notice.subject_id) == (vera.account, report.id)
    assert notice.title == "Your week on BeatPass: 16 to 22 November 2026"
    assert notice.body == "5 new followers (5 in all), 1 track published, 1 match found, 150 XP gained."
    chart = await office.stage.services.storage.get(chart_key(vera.producer, WEEK))
    with Image.open(io.BytesIO(chart)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1004, 480))
    assert await office.work(SEND) == 1
    [mail] = office.mails.received()
    related = mail.message.get_body(("related",))
    assert related
    [embedded] = [part for part in related.walk() if part.get_content_type() == "image/png"]
    assert (embedded["Content-ID"], embedded.get_content()) == ("<chart>", chart)
    alt = "New followers a day, 16 to 22 November 2026: 1 on 16 November, 1 on 17 November, 2 on 18 November, 1 on 22 November."
    assert f'<img src="cid:chart" alt="{alt}"' in mail.text("html")
    assert alt in mail.text("plain")
    assert "XP gained: 150" in mail.text("plain")


async def test_a_week_with_plays_shows_them_beside_those_of_the_week_before(office: Office) -> None:
    sessions = office.sessions
    vera, other = await a_verified_producer(sessions, "Vera"), await a_producer(sessions, "Other")
    first, second, third = [await a_track(sessions, vera, title=title) for title in ("Dawn", "Dusk", "Noon")]
    gone = await a_track(sessions, vera, TrackStatus.REMOVED, title="Gone")
    foreign = await a_track(sessions, other, credited=[vera], title="Theirs")
    for track, day, counted in (
        (first, 15, 700), (first, 16, 3), (second, 16, 1_200), (first, 22, 40), (gone, 18, 90),
        (foreign, 19, 8), (third, 19, 2), (second, 23, 5), (second, 9, 1), (second, 8, 4),
    ):  # fmt: skip
        await a_past_day(office.stage, vera, track, date(2026, 11, day), counted)
    await a_past_day(office.stage, other, foreign, date(2026, 11, 19), 8)
    await have_made(office, vera)
    [report] = await reports(office)
    assert report.figures == QUIET | {
        "plays_by_day": [1_203, 0, 90, 10, 0, 0, 40],
        "plays_before": 701,
        "top_tracks": [["Dusk", 1_200], ["Dawn", 43], ["Theirs", 8]],
    }
    [notice] = await office.notices()
    assert notice.body == (
        "1,343 plays (701 the week before), 0 new followers (0 in all), 0 tracks published, 0 matches found,"
        " 0 XP gained."
    )
    assert await office.work(SEND) == 1
    [mail] = office.mails.received()
    assert "Plays: 1,343\nPlays the week before: 701\nPlays of “Dusk”: 1,200\n" in mail.text("plain")
    shown = "Plays a day, 16 to 22 November 2026: 1,203 on 16 November, 90 on 18 November, 10 on 19 November, 40 on 22 November."
    assert f'alt="{shown}"' in mail.text("html")


async def test_a_month_is_held_against_the_month_before(office: Office) -> None:
    vera = await a_verified_producer(office.sessions, "Vera")
    track = await a_track(office.sessions, vera)
    for day, counted in (
        (date(2026, 9, 30), 1),
        (date(2026, 10, 1), 2),
        (date(2026, 10, 31), 4),
        (date(2026, 11, 1), 8),
    ):
        await a_past_day(office.stage, vera, track, day, counted)
    await have_made(office, vera, Period(ReportSpan.MONTH, date(2026, 11, 1)))
    [report] = await reports(office)
    assert (report.figures["plays_before"], report.figures["plays_by_day"]) == (6, [8] + [0] * 29)


async def test_a_report_from_before_there_were_plays_is_still_sent(office: Office) -> None:
    vera = await a_busy_week(office)
    await have_made(office, vera)
    old = {
        "by_day": [1, 1, 2, 0, 0, 0, 1],
        "followers": 5,
        "tracks_published": 1,
        "matches_found": 1,
        "xp_gained": 150,
    }
    async with office.sessions.writing() as session:
        await session.execute(update(AnalyticsReport).values(figures=old))
    assert await office.work(SEND) == 1
    [mail] = office.mails.received()
    assert "New followers: 5" in mail.text("plain")
    assert "Plays" not in mail.text("plain")


async def test_a_period_has_one_report_however_often_it_is_made(office: Office) -> None:
    vera = await a_busy_week(office)
    await have_made(office, vera)
    before = await reports(office)
    await follow(office.sessions, vera.producer, await a_listener(office.sessions, "Later"), at=on(20))
    await have_made(office, vera)
    assert [one.figures for one in await reports(office)] == [one.figures for one in before]
    assert len(await office.notices()) == 1


async def test_a_period_in_which_nothing_happened_is_kept_and_told_to_nobody(office: Office) -> None:
    vera = await a_verified_producer(office.sessions)
    await have_made(office, vera)
    assert [one.figures for one in await reports(office)] == [QUIET | SILENCE]
    assert await office.notices() == []
    assert await office.stage.services.storage.size(chart_key(vera.producer, WEEK)) is None


async def test_a_report_without_its_chart_is_sent_in_words(office: Office) -> None:
    vera = await a_busy_week(office)
    await have_made(office, vera)
    await office.stage.services.storage.delete([chart_key(vera.producer, WEEK)])
    await office.work(SEND)
    [mail] = office.mails.received()
    assert "cid:" not in mail.text("html")
    assert "2 on 18 November" in mail.text("plain")


async def test_who_lost_the_badge_meanwhile_is_told_nothing(office: Office) -> None:
    uma = await a_producer(office.sessions, "Uma")
    await follow(office.sessions, uma.producer, await a_listener(office.sessions), at=on(17))
    await have_made(office, uma)
    assert await office.notices() == []


@pytest.mark.parametrize(
    ("moment", "begun"),
    [
        (on(23, 7), []),
        (on(23, 8), [("WEEK", "2026-11-16")]),
        (on(25, 23), [("WEEK", "2026-11-16")]),
        (on(26, 8), []),
        (datetime(2026, 12, 1, 9, tzinfo=UTC), [("WEEK", "2026-11-23"), ("MONTH", "2026-11-01")]),
    ],
)
async def test_reports_begin_after_a_period_for_every_verified_producer_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: datetime, begun: list[Any]
) -> None:
    monkeypatch.setattr("api.notifications.reports._PRODUCERS_AT_ONCE", 1)
    monkeypatch.setattr("api.notifications.reports.now", lambda: moment)
    verified = [await a_verified_producer(office.sessions, name) for name in ("Vera", "Vic")]
    await a_producer(office.sessions, "Uma")
    for hour in range(2):
        await office.have_done(START, f"hour {hour}")
    added = await office.jobs(MAKE)
    expected = {(one.producer, *period) for one in verified for period in begun}
    assert {
        (job.payload["producer"], job.payload["span"], job.payload["first_day"]) for job in added
    } == expected
    assert len(added) == len(expected)
    assert await office.work(MAKE) == len(expected)
    assert {job.state for job in await office.jobs(MAKE)} <= {JobState.DONE}
    assert len(await reports(office)) == len(expected)
