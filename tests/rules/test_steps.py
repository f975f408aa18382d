"""Steps of a chart, as a calendar of the place has them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.producers.steps import midnight, steps
from db.vocabulary import SeriesInterval
from schema.days import FIRST_DAY, LAST_DAY

DAY, WEEK, MONTH = SeriesInterval.DAY, SeriesInterval.WEEK, SeriesInterval.MONTH


def test_days_run_from_the_first_to_the_last_and_end_with_the_next() -> None:
    assert steps(date(2028, 2, 28), date(2028, 3, 1), DAY) == [
        date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 2),
    ]  # fmt: skip


def test_weeks_begin_on_monday_also_before_the_first_day() -> None:
    assert steps(date(2026, 11, 25), date(2026, 11, 30), WEEK) == [
        date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7),
    ]  # fmt: skip


def test_months_begin_on_the_first_also_before_the_first_day() -> None:
    assert steps(date(2026, 11, 25), date(2027, 1, 1), MONTH) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip


@given(
    st.dates(FIRST_DAY, date(2060, 1, 1)),
    st.integers(min_value=0, max_value=390),
    st.sampled_from(list(SeriesInterval)),
)
def test_every_day_asked_for_lies_in_one_step(first: date, days: int, interval: SeriesInterval) -> None:
    last = first + timedelta(days=days)
    begins = steps(first, last, interval)
    assert begins == sorted(set(begins))
    assert begins[0] <= first
    assert begins[-2] <= last < begins[-1]
    assert (
        {DAY: 1, WEEK: 7, MONTH: 28}[interval]
        <= min((later - one).days for one, later in pairwise(begins))
    )  # fmt: skip


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("interval", list(SeriesInterval))
def test_no_day_that_is_taken_overflows(day: date, zone: str, interval: SeriesInterval) -> None:
    assert all(midnight(one, ZoneInfo(zone)).tzinfo is UTC for one in steps(day, day, interval))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Toronto", date(2026, 3, 8), 23),
        ("America/Toronto", date(2026, 11, 1), 25),
        ("America/Toronto", date(2026, 11, 24), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # its clocks skip midnight itself
        ("Atlantic/Azores", date(2026, 10, 25), 25),  # and theirs strike it twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a day that never was
    ],
)
def test_a_day_has_as_many_hours_as_its_clocks_say(zone: str, day: date, hours: int) -> None:
    place = ZoneInfo(zone)
    lasts = midnight(day + timedelta(days=1), place) - midnight(day, place)
    assert lasts == timedelta(hours=hours)


def test_midnight_is_that_of_the_place() -> None:
    assert midnight(date(2026, 11, 24), ZoneInfo("Asia/Kolkata")) == datetime(
        2026, 11, 23, 18, 30, tzinfo=UTC
    )
