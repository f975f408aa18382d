"""Dividing a pool: whose it is to the cent, and by which tracks (D-52, D-53). Pure.

The same facts give the same division, byte by byte: `sha256` names it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

from api.pool.contribution import HALF_LIFE_MONTHS, Facts, days_old, units
from db.ids import ProducerId, TrackId
from db.money import split
from db.vocabulary import LicensingModel

_AS_TEXT: Final = json.JSONEncoder(separators=(",", ":")).encode


class Weighed(NamedTuple):
    """A track as it was frozen.

    Attributes:
        plays: Counted ones, of twelve months.
        producers: Who was credited, the uploader first.
    """

    track_id: TrackId
    published_at: datetime
    licensing_model: LicensingModel
    plays: int
    producers: list[ProducerId]


class Share(NamedTuple):
    """What a producer has of a pool; below zero where it is taken back."""

    producer_id: ProducerId
    weight: int
    amount_minor: int


class Line(NamedTuple):
    """What a producer has by one track."""

    producer_id: ProducerId
    track_id: TrackId
    weight: int
    amount_minor: int


@dataclass(frozen=True)
class Division:
    """A pool that is divided: shares by producer, lines by producer and track."""

    shares: tuple[Share, ...]
    lines: tuple[Line, ...]

    @cached_property
    def total_weight(self) -> int:
        return sum(one.weight for one in self.shares)

    @cached_property
    def sha256(self) -> str:
        """Of every figure of it, a line each."""
        digest = hashlib.sha256()
        for rows in (self.shares, self.lines):
            for row in rows:
                digest.update(_AS_TEXT(row).encode() + b"\n")
        return digest.hexdigest()


def facts_of(track: Weighed, last_day: date) -> Facts:
    days = days_old(track.published_at, last_day)
    return Facts(days, track.plays, len(track.producers), track.licensing_model)


def divide(minor: int, tracks: Iterable[Weighed], last_day: date) -> Division:
    """Share a pool out by weight. Where nobody has any, nobody gets anything.

    Args:
        last_day: Of the pool's month: what ages are counted to.
    """
    by_producer: dict[ProducerId, dict[TrackId, int]] = defaultdict(dict)
    for track in tracks:
        each = units(facts_of(track, last_day), HALF_LIFE_MONTHS)
        for producer in track.producers:
            by_producer[producer][track.track_id] = each
    weights = {one: sum(tracks.values()) for one, tracks in by_producer.items()}
    shares = shares_of(minor, weights)
    lines = [line for share in shares for line in _lines(share, by_producer[share.producer_id])]
    return Division(shares, tuple(lines))


def weights_of(tracks: Iterable[Weighed], last_day: date, half_life_months: Decimal) -> dict[ProducerId, int]:
    """What each producer has by all tracks."""
    weights: dict[ProducerId, int] = defaultdict(int)
    for track in tracks:
        each = units(facts_of(track, last_day), half_life_months)
        for producer in track.producers:
            weights[producer] += each
    return weights


def shares_of(minor: int, weights: Mapping[ProducerId, int]) -> tuple[Share, ...]:
    """An amount by weight, to the cent, in the order of producers' ids; one below zero is taken back likewise.

    Who has no weight has no share.
    """
    some = {one: weight for one, weight in weights.items() if weight}
    if not some:
        return ()
    sign = -1 if minor < 0 else 1
    parts = split(abs(minor), some)
    return tuple(Share(one, some[one], sign * parts[one]) for one in sorted(some))


def _lines(share: Share, weights: Mapping[TrackId, int]) -> list[Line]:
    """A producer's amount by their tracks, to the cent."""
    parts = split(share.amount_minor, weights)
    return [Line(share.producer_id, track, weights[track], parts[track]) for track in sorted(weights)]
