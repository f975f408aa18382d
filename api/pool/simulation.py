"""What a closed month would have paid by another rule, reckoned from what was frozen. Pure; nothing is paid by it.

`pooled` is the rule itself, with whatever half-life. `listener_centred` gives each subscriber's money to whom they heard:

- The pool is theirs in the proportion of what each paid in the month, so that it is whole whatever was given back of it.
- A subscriber's money goes to the tracks they heard in the month, in proportion to counted plays times age factor, and of a track
  to its credited producers in equal parts. Tracks that contribute nothing (D-52) are as if they had not been heard.
- Money of those who heard nothing, and all of it where nobody is known to have paid, is pooled.
- Figures have 28 digits until the end; then the pool is split to the cent by largest remainder.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from api.pool.contribution import age_factor
from api.pool.dividing import Weighed, facts_of, shares_of, weights_of
from db.ids import AccountId, ProducerId, TrackId
from db.money import split
from db.vocabulary import LicensingModel

_EXACTLY: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Rule:
    """What is different.

    Attributes:
        last_day: Of the month.
    """

    last_day: date
    half_life_months: Decimal


class Heard(NamedTuple):
    """How often a listener has heard a track in the month, as it counts."""

    account_id: AccountId
    track_id: TrackId
    plays: int


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
        paid: By subscribers, in the month.
        heard: By listener, all of one together.
    """
    parts, whole = _parts(tracks, rule), sum(paid.values())
    due: dict[ProducerId, Decimal] = defaultdict(Decimal)
    left = Decimal(minor)
    for account, rows in groupby(heard, key=attrgetter("account_id")):
        own = _weights(parts, rows)
        total = reduce(_EXACTLY.add, own.values(), Decimal())
        if not total or not paid.get(account):
            continue
        money = _EXACTLY.divide(Decimal(minor * paid[account]), Decimal(whole))
        left = _EXACTLY.subtract(left, money)
        _share(due, money, own, total)
    weights = weights_of(tracks, rule.last_day, rule.half_life_months)
    by_weight = {one: Decimal(weight) for one, weight in weights.items() if weight}
    if by_weight and left > 0:
        _share(due, left, by_weight, reduce(_EXACTLY.add, by_weight.values()))
    return split(minor, due) if due else {}


def _parts(tracks: Sequence[Weighed], rule: Rule) -> dict[TrackId, tuple[Decimal, Sequence[ProducerId]]]:
    """What a play of each track counts for each of its producers."""
    found: dict[TrackId, tuple[Decimal, Sequence[ProducerId]]] = {}
    for track in tracks:
        facts = facts_of(track, rule.last_day)
        if facts.model is not LicensingModel.EXCLUSIVE_ONLY:
            age = age_factor(facts.days, rule.half_life_months)
            found[track.track_id] = _EXACTLY.divide(age, Decimal(facts.credited)), track.producers
    return found


def _weights(
    parts: Mapping[TrackId, tuple[Decimal, Sequence[ProducerId]]], rows: Iterable[Heard]
) -> dict[ProducerId, Decimal]:
    weights: dict[ProducerId, Decimal] = defaultdict(Decimal)
    for row in rows:
        each, producers = parts.get(row.track_id, (Decimal(), ()))
        for producer in producers:
            weights[producer] = _EXACTLY.add(weights[producer], _EXACTLY.multiply(each, row.plays))
    return weights


def _share(
    due: dict[ProducerId, Decimal], money: Decimal, weights: Mapping[ProducerId, Decimal], total: Decimal
) -> None:
    for producer, own in weights.items():
        part = _EXACTLY.divide(_EXACTLY.multiply(money, own), total)
        due[producer] = _EXACTLY.add(due[producer], part)
