"""What a closed month would have paid by another rule, reckoned from what was frozen. Pure; nothing is paid by it.

`pooled` is the rule itself, with whatever half-life. `listener_centred` gives each subscriber's money to whom they heard:

- The pool is theirs in the proportion of what each paid in the month, so that it is whole whatever was given back of it.
- A subscriber's money goes to the tracks they heard in the month, in proportion to counted plays times age factor, and of a track
  to its credited producers in equal parts. Tracks that contribute nothing (D-52) are as if they had not been heard.
- Money of those who heard nothing, and all of it where nobody is known to have paid, is pooled.
- Weights are whole numbers of 1e-12, money of 1e-18 minor units until the end; then the pool is split to the cent by largest
  remainder.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from api.pool.contribution import play_units
from api.pool.dividing import Weighed, facts_of, shares_of, weights_of
from db.ids import AccountId, ProducerId, TrackId
from db.money import split

_FINE: Final = 10**18
"""Parts of a minor unit."""
Heard = tuple[AccountId, TrackId, int]
"""How often a listener has heard a track in a day of the month, as it counts."""


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


def listener_centred(
    minor: int,
    tracks: Sequence[Weighed],
    rule: Rule,
    paid: Mapping[AccountId, int],
    heard: Iterable[Heard],
) -> dict[ProducerId, int]:
    """Each listener's money to whom they heard.

    Args:
        paid: By subscribers, in the month; above zero.
        heard: In whatever order; what others heard is passed over.
    """
    due: dict[ProducerId, int] = defaultdict(int)
    left, whole = minor * _FINE, sum(paid.values())
    for account, weights in _weights(tracks, rule, paid, heard).items():
        money = minor * _FINE * paid[account] // whole
        left -= money
        _share(due, money, weights)
    by_weight = weights_of(tracks, rule.last_day, rule.half_life_months)
    some = {producer: weight for producer, weight in by_weight.items() if weight}
    if left and some:
        _share(due, left, some)
    return split(minor, due) if sum(due.values()) else dict.fromkeys(due, 0)


def _weights(
    tracks: Sequence[Weighed], rule: Rule, paid: Mapping[AccountId, int], heard: Iterable[Heard]
) -> dict[AccountId, dict[ProducerId, int]]:
    """What each subscriber's money is divided by; who heard nothing that counts is left out."""
    found: dict[AccountId, dict[ProducerId, int]] = defaultdict(lambda: defaultdict(int))
    parts = {
        track.track_id: (play_units(facts_of(track, rule.last_day), rule.half_life_months), track.producers)
        for track in tracks
    }
    for account, track_id, plays in heard:
        each, producers = parts.get(track_id, (0, ()))
        if each and account in paid:
            weights = found[account]
            for producer in producers:
                weights[producer] += each * plays
    return found


def _share(due: dict[ProducerId, int], money: int, weights: Mapping[ProducerId, int]) -> None:
    total = sum(weights.values())
    for producer, own in weights.items():
        due[producer] += money * own // total
