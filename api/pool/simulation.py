"""What a closed month would have paid by another rule, reckoned from what was frozen. Pure; nothing is paid by it.

`pooled` is the rule itself, with whatever half-life. `ListenerCentred` gives each subscriber's money to whom they heard:

- The pool is theirs in the proportion of what each paid in the month, so that it is whole whatever was given back of it.
- A subscriber's money goes to the tracks they heard in the month, in proportion to counted plays times age factor, and of a track
  to its credited producers in equal parts. Tracks that contribute nothing (D-52) are as if they had not been heard.
- Money of those who heard nothing, and all of it where nobody is known to have paid, is pooled.
- Weights are whole numbers of 1e-12, money of 1e-30 minor units until the end; then the pool is split to the cent by largest
  remainder.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import mul
from typing import Final

from api.pool.contribution import play_units, units
from api.pool.dividing import Weighed, facts_of, shares_of, weights_of
from db.ids import AccountId, ProducerId, TrackId
from db.money import split

_FINE: Final = 10**30
"""Parts of a minor unit. What a unit of weight is given is rounded down to one of them, and a play has up to 1e12 units: less than
1e-18 of a minor unit is lost by each."""
Heard = tuple[AccountId, int, Sequence[TrackId]]
"""A listener, how often, and the tracks that counted so often for them in a day of the month; those of several days are there again."""


@dataclass(frozen=True)
class Rule:
    """What is different.

    Attributes:
        last_day: Of the month.
    """

    last_day: date
    half_life_months: Decimal


def pooled(minor: int, tracks: Sequence[Weighed], rule: Rule) -> dict[ProducerId, int]:
    """One pool for all."""
    weights = weights_of(tracks, rule.last_day, rule.half_life_months)
    return {one.producer_id: one.amount_minor for one in shares_of(minor, weights)}


class ListenerCentred:
    """Each listener's money to whom they heard: some listeners at a time, for what all of them heard is millions of rows.

    Whatever a subscriber heard, they give the same for one unit of its weight. So it is summed by track, and whom a track
    credits is looked at once, in the end.

    Args:
        paid: By subscribers, in the month; above zero.
    """

    def __init__(
        self, minor: int, tracks: Sequence[Weighed], rule: Rule, paid: Mapping[AccountId, int]
    ) -> None:
        self._minor, self._tracks = minor, tracks
        self._unshared, self._whole, self._left = dict(paid), sum(paid.values()), minor * _FINE
        facts = [facts_of(one, rule.last_day) for one in tracks]
        self._each = [play_units(one, rule.half_life_months) for one in facts]
        self._pooled = [units(one, rule.half_life_months) for one in facts]
        of_tracks = zip(tracks, self._each, strict=True)
        self._weights = {one.track_id: each * len(one.producers) for one, each in of_tracks}
        self._given: dict[TrackId, int] = defaultdict(int)

    def share(self, heard: Iterable[Heard]) -> None:
        """Give the money of some listeners away.

        Args:
            heard: All that each of them has heard, in whatever order; what others heard is passed over.
        """
        of_subscribers: dict[AccountId, list[Heard]] = defaultdict(list)
        for row in heard:
            if row[0] in self._unshared:
                of_subscribers[row[0]].append(row)
        for account, rows in of_subscribers.items():
            if weight := sum(plays * self._weight_of(tracks) for _, plays, tracks in rows):
                money = self._minor * _FINE * self._unshared.pop(account) // self._whole
                self._left -= money
                self._give(money // weight, rows)

    def division(self) -> dict[ProducerId, int]:
        """All of it, when everybody's was given away; what is left is pooled."""
        given = [self._given.get(one.track_id, 0) for one in self._tracks]
        due = self._by_producer(map(mul, self._each, given))
        by_weight = self._by_producer(self._pooled)
        if self._left and (total := sum(by_weight.values())):
            for producer, own in by_weight.items():
                due[producer] += self._left * own // total
        some = {producer: money for producer, money in due.items() if money}
        return split(self._minor, some) if some else {}

    def _weight_of(self, tracks: Iterable[TrackId]) -> int:
        """One play of each, for all of its producers; those that nobody knows any more have none."""
        return sum(filter(None, map(self._weights.get, tracks)))

    def _give(self, each: int, rows: Iterable[Heard]) -> None:
        given = self._given
        for _, plays, tracks in rows:
            more = each * plays
            for track in tracks:
                given[track] += more

    def _by_producer(self, of_tracks: Iterable[int]) -> dict[ProducerId, int]:
        """Sums of what each of a track's producers has by it."""
        found: dict[ProducerId, int] = defaultdict(int)
        for track, each in zip(self._tracks, of_tracks, strict=True):
            for producer in track.producers:
                found[producer] += each
        return found
