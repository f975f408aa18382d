"""Steps of a chart: days, weeks and months as somebody's calendar has them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from db.vocabulary import SeriesInterval

MOST_STEPS: Final = 400
"""A year of days, and what a screen can show."""
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


def steps(first: date, last: date, interval: SeriesInterval) -> list[date]:
    """The first days of all steps that have a day from `first` to `last`, and of the one behind them.

    The first step may begin before `first`: a step always counts whole, whatever part of it is asked for.
    """
    begins = [_beginning(first, interval)]
    while begins[-1] <= last and len(begins) <= MOST_STEPS + 1:
        begins.append(_next(begins[-1], interval))
    return begins


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins: where clocks skip midnight, the one at which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _beginning(day: date, interval: SeriesInterval) -> date:
    if interval is SeriesInterval.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if interval is SeriesInterval.WEEK else day


def _next(day: date, interval: SeriesInterval) -> date:
    if interval is SeriesInterval.MONTH:
        return (day + timedelta(days=31)).replace(day=1)
    return day + (_WEEK if interval is SeriesInterval.WEEK else _DAY)
