"""Who has heard what, as the rules say it: reckoned beside the product, play by play (D-51)."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tests.pool.months_ground import MOST_COUNTED

_DAY: Final = timedelta(days=1)
_MS: Final = timedelta(milliseconds=1)
_AHEAD_MS: Final = 2_000
_ENOUGH_MS: Final = 30_000


@dataclass
class Heard:
    """A play.

    Attributes:
        over_at: When the same listener opened the next one.
        counted_on: The day that it counts for.
    """

    account: str
    track: str
    started_at: datetime
    over_at: datetime | None = None
    ms: int = 0
    counted_on: date | None = None

    def possible_ms(self, at: datetime) -> int:
        return (min(at, self.over_at or at) - self.started_at) // _MS


class Ears:
    """All plays of an example.

    Attributes:
        credited: Counted plays by producer, day and track, for whom it credited then.
    """

    def __init__(self) -> None:
        self.plays: dict[str, Heard] = {}
        self.credited: Counter[tuple[str, date, str]] = Counter()
        self._last: dict[str, str] = {}

    def open(self, play: str, heard: Heard) -> None:
        if before := self._last.get(heard.account):
            self.plays[before].over_at = heard.started_at
        self._last[heard.account] = play
        self.plays[play] = heard

    def why_not(self, play: str, account: str, ms: int, at: datetime) -> str | None:
        """Why a report is not taken."""
        heard = self.plays.get(play)
        if heard is None or heard.account != account:
            return "PlayNotFound"
        if at - heard.started_at > _DAY:
            return "PlayIsOver"
        return "MoreHeardThanTimePassed" if ms > heard.possible_ms(at) + _AHEAD_MS else None

    def report(self, play: str, ms: int, at: datetime, credited: Collection[str], *, own: bool) -> None:
        """A report that is taken; of one's own beat, or for the third time in a day, it counts nothing.

        One that says no more than before changes nothing, also on a later day.
        """
        heard = self.plays[play]
        before, heard.ms = heard.ms, max(heard.ms, min(ms, heard.possible_ms(at)))
        if heard.ms == before or own or heard.counted_on or heard.ms < _ENOUGH_MS:
            return
        if self._counted(heard.account, heard.track, at.date()) < MOST_COUNTED:
            heard.counted_on = at.date()
            self.credited.update((one, at.date(), heard.track) for one in credited)

    def _counted(self, account: str, track: str, day: date) -> int:
        same = (one for one in self.plays.values() if (one.account, one.track) == (account, track))
        return sum(one.counted_on == day for one in same)

    def listenings(self) -> dict[tuple[date, str, str], tuple[int, int]]:
        """Opened and counted ones, by day, listener and track."""
        opened = Counter((one.started_at.date(), one.account, one.track) for one in self.plays.values())
        counted = Counter(
            (one.counted_on, one.account, one.track) for one in self.plays.values() if one.counted_on
        )
        return {key: (opened[key], counted[key]) for key in opened.keys() | counted.keys()}

    def days(self) -> dict[tuple[str, date], tuple[int, int]]:
        """The same by track and day."""
        sums: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for (day, _, track), (opened, counted) in self.listenings().items():
            before = sums[track, day]
            sums[track, day] = before[0] + opened, before[1] + counted
        return dict(sums)
