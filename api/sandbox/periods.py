"""The calendar of what recurs: a month after 31 January is the last of February, and the one after that 31 March."""

import calendar
from datetime import UTC, datetime
from typing import Final

from api.sandbox.trees import Json

_DAYS: Final = {"day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "year": 12}
_DAY_SECONDS: Final = 86_400


def after(anchor: int, recurring: Json, times: int) -> int:
    """The moment that lies so many periods after another one."""
    count = int(recurring["interval_count"]) * times
    if recurring["interval"] in _DAYS:
        return anchor + _DAYS[recurring["interval"]] * count * _DAY_SECONDS
    return _months_after(anchor, _MONTHS[recurring["interval"]] * count)


def next_end(anchor: int, recurring: Json, start: int) -> int:
    """The first end of a period after a moment."""
    times = 1
    while (end := after(anchor, recurring, times)) <= start:
        times += 1
    return end


def _months_after(moment: int, months: int) -> int:
    start = datetime.fromtimestamp(moment, UTC)
    number = start.year * 12 + start.month - 1 + months
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(start.replace(year=year, month=month + 1, day=min(start.day, last)).timestamp())


def in_words(moment: int) -> str:
    """A day as bills have it."""
    day = datetime.fromtimestamp(moment, UTC)
    return f"{day.day} {day:%b %Y}"
