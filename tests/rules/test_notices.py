"""D-70, D-71: by which channels, what is locked, which days a report covers, what a link switches off."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels import ALWAYS, Channels, channels_of
from api.notifications.rules import (
    Figures,
    Period,
    in_words,
    kinds_in,
    latest_moment,
    periods_to_report,
    scope_of,
    why_not_switched,
)
from db.vocabulary import EmailTiming, NotificationChannel, NotificationKind, ReportSpan
from workers.charts import ticks

KINDS = NotificationKind
CHANNELS = NotificationChannel
DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize("kind", list(KINDS))
def test_everything_goes_by_every_channel_until_it_is_switched_off(kind: KINDS) -> None:
    off = {(kind, channel): False for channel in CHANNELS}
    on = channels_of(kind, {}, mailing=True)
    assert (on.in_app, on.live, on.email is not None) == (True, True, True)
    assert channels_of(kind, off, mailing=True) == (on if kind in ALWAYS else Channels(False, False, None))
    assert channels_of(kind, {}, mailing=False).email is None


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_comes_quietly_stands_in_the_list_and_waits_for_the_digest(kind: KINDS) -> None:
    assert channels_of(kind, {}, mailing=True, quiet=True) == Channels(True, False, EmailTiming.DIGEST)
    off = {(kind, CHANNELS.EMAIL): False}
    if kind not in ALWAYS:
        assert channels_of(kind, off, mailing=True, quiet=True) == Channels(True, False, None)


def test_a_switch_of_another_kind_changes_nothing() -> None:
    off = {(KINDS.NEW_UPLOAD, CHANNELS.EMAIL): False}
    assert channels_of(KINDS.NEW_FOLLOWER, off, mailing=True).email is EmailTiming.DIGEST


@pytest.mark.parametrize(
    ("kind", "channel", "verified", "mailing", "code"),
    [
        (KINDS.SECURITY, CHANNELS.LIVE, True, True, "CANNOT_BE_SWITCHED"),
        (KINDS.SECURITY, CHANNELS.EMAIL, False, False, "CANNOT_BE_SWITCHED"),
        (KINDS.ANALYTICS_REPORT, CHANNELS.EMAIL, False, False, "VERIFIED_PRODUCER_REQUIRED"),
        (KINDS.ANALYTICS_REPORT, CHANNELS.EMAIL, True, False, "EMAIL_IS_OFF"),
        (KINDS.ANALYTICS_REPORT, CHANNELS.EMAIL, True, True, None),
        (KINDS.NEW_UPLOAD, CHANNELS.EMAIL, False, False, "EMAIL_IS_OFF"),
        (KINDS.NEW_UPLOAD, CHANNELS.LIVE, False, False, None),
    ],
)
def test_a_switch_says_why_it_is_locked(
    kind: KINDS, channel: CHANNELS, verified: bool, mailing: bool, code: str | None
) -> None:
    refused = why_not_switched(kind, channel, verified=verified, mailing=mailing)
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_link_of_a_kind_switches_off_that_kind_alone_and_security_has_none(kind: KINDS) -> None:
    scope = scope_of(kind)
    assert (scope is None) == (kind is KINDS.SECURITY)
    assert kinds_in(kind.value) == (frozenset() if scope is None else {kind})
    assert scope is None or in_words(kinds_in(scope))


def test_the_link_of_a_digest_switches_off_what_can_be_in_one() -> None:
    assert kinds_in("DIGEST") == {
        KINDS.NEW_UPLOAD,
        KINDS.NEW_FOLLOWER,
        KINDS.BEAT_SUBMISSION,
        KINDS.MATCHING_REQUEST,
        KINDS.TRACK_DOWNLOAD,
        KINDS.NEW_SUBSCRIBERS,
        KINDS.PLAY_MILESTONE,
        KINDS.ACHIEVEMENT,
    }
    few = kinds_in("DIGEST") - {KINDS.BEAT_SUBMISSION, KINDS.MATCHING_REQUEST, KINDS.NEW_SUBSCRIBERS}
    assert in_words(few) == (
        "new uploads of producers you follow, new followers, downloads of your tracks, milestones of your tracks' plays and achievements"
    )
    assert kinds_in("digest") == kinds_in("") == frozenset()


@given(day=DAYS)
def test_every_week_and_month_is_reported_on_three_days_and_never_before_it_is_over(day: date) -> None:
    for period in periods_to_report(day):
        assert period.days[-1] < day <= period.days[-1] + timedelta(days=3)
        assert (period.ends_at - period.begins_at).days == len(period.days)
        assert period.first_day.weekday() == 0 or period.first_day.day == 1
    monday = day - timedelta(days=day.weekday())
    weeks = {
        one
        for n in range(7)
        for one in periods_to_report(monday + timedelta(days=n))
        if one.span is ReportSpan.WEEK
    }
    assert weeks == {Period(ReportSpan.WEEK, monday - timedelta(days=7))}


@pytest.mark.parametrize(
    ("span", "first_day", "days", "title"),
    [
        (ReportSpan.WEEK, date(2026, 11, 16), 7, "16 to 22 November 2026"),
        (ReportSpan.WEEK, date(2026, 11, 30), 7, "30 November to 6 December 2026"),
        (ReportSpan.WEEK, date(2025, 12, 29), 7, "29 December 2025 to 4 January 2026"),
        (ReportSpan.MONTH, date(2026, 12, 1), 31, "December 2026"),
        (ReportSpan.MONTH, date(2028, 2, 1), 29, "February 2028"),
    ],
)
def test_a_period_knows_its_days_and_its_name(
    span: ReportSpan, first_day: date, days: int, title: str
) -> None:
    period = Period(span, first_day)
    assert (len(period.days), period.title) == (days, title)


@given(moment=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 2)), hour=st.integers(0, 23))  # noqa: DTZ001 -- hypothesis adds the zone
def test_the_hour_of_digests_has_always_just_passed(moment: datetime, hour: int) -> None:
    last = latest_moment(moment, hour=hour)
    assert last.hour == hour
    assert timedelta(0) <= moment - last < timedelta(days=1)


def test_a_quiet_period_is_one_without_anything_new() -> None:
    assert Figures([0, 0], followers=7, tracks_published=0, matches_found=0, xp_gained=0).is_quiet
    busy = Figures([0, 1], followers=7, tracks_published=2, matches_found=2, xp_gained=1)
    assert not busy.is_quiet
    said = "1 new follower (7 in all), 2 tracks published, 2 matches found, 1 XP gained."
    assert busy.sentence(ReportSpan.WEEK) == said
    played = replace(busy, plays_by_day=[1_000, 234], plays_before=1)
    assert played.sentence(ReportSpan.MONTH) == f"1,234 plays (1 the month before), {said}"
    fewer = replace(busy, plays_before=2)
    assert fewer.sentence(ReportSpan.WEEK) == f"0 plays (2 the week before), {said}"


@given(day=DAYS)
def test_the_period_before_ends_where_this_one_begins(day: date) -> None:
    for period in (
        Period(ReportSpan.WEEK, day - timedelta(days=day.weekday())),
        Period(ReportSpan.MONTH, day.replace(day=1)),
    ):
        assert (period.before.span, period.before.ends_at) == (period.span, period.begins_at)


@given(highest=st.integers(0, 10**9))
def test_a_scale_has_few_round_numbers_and_room_for_the_highest(highest: int) -> None:
    marks = ticks(highest)
    steps = {later - earlier for earlier, later in pairwise(marks)}
    assert (marks[0], len(steps)) == (0, 1)
    assert 3 <= len(marks) <= 7
    assert highest <= marks[-1] <= max(2, highest * 2)
