"""Months of UTC, as money is counted in them. Standard library only."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, Self

_NAMED: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_MONTHS_HEARD: Final = 12
"""Plays of so many months count: that of the pool and those before it (D-52)."""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    first_day: date

    @classmethod
    def named(cls, period: str) -> Self | None:
        """Such as 2027-03; null where that is none, or of another millennium."""
        found = _NAMED.fullmatch(period)
        inside = found is not None and "2000" <= found[1] <= "2999"
        return cls(date(int(found[1]), int(found[2]), 1)) if found and inside else None

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month that a moment belongs to."""
        return cls(moment.astimezone(UTC).date().replace(day=1))

    @cached_property
    def name(self) -> str:
        return f"{self.first_day.year:04d}-{self.first_day.month:02d}"

    @cached_property
    def following(self) -> "Month":
        return self._moved(1)

    @cached_property
    def before(self) -> "Month":
        return self._moved(-1)

    @cached_property
    def begins_at(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first_day, time(), UTC)

    @cached_property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not in it any more."""
        return self.following.begins_at

    @cached_property
    def heard_from(self) -> date:
        """The first day of the twelve months that end with it."""
        return self._moved(1 - _MONTHS_HEARD).first_day

    @cached_property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=number) for number in range(self.last_day.day)]

    def until(self, last: Self) -> "list[Month]":
        """All from this one to another; none where that lies before it."""
        count = (last.first_day.year - self.first_day.year) * 12 + last.first_day.month - self.first_day.month
        return [self._moved(step) for step in range(count + 1)]

    def _moved(self, months: int) -> "Month":
        number = self.first_day.year * 12 + self.first_day.month - 1 + months
        return Month(date(number // 12, number % 12 + 1, 1))


def spoken(period: str) -> str:
    """A month as people say it: October 2026."""
    month = Month.named(period)
    return f"{month.first_day:%B %Y}" if month else period
