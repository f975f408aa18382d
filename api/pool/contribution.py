"""What a track contributes to the pool of a month: listening, fading with age (D-52). Pure.

Decimals of 28 digits in a context of our own, so that nobody's settings change a figure; no float anywhere. Both factors
are remembered: 100,000 tracks have some thousand ages and counts of plays between them, and Decimal's exponentials and
logarithms are the dear part.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final

from db.vocabulary import LicensingModel

HALF_LIFE_MONTHS: Final = Decimal(6)
UNITS: Final = 10**12
"""Weights are whole numbers of 1e-12: their sums are exact, and a column holds them."""
_EXACTLY: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_LN_2: Final = _EXACTLY.ln(Decimal(2))
_DAYS_IN_A_MONTH: Final = Decimal("30.4375")
_UNIT: Final = Decimal("1e-12")
_REMEMBERED: Final = 1 << 16


@dataclass(frozen=True)
class Facts:
    """What the weight of a track follows from.

    Attributes:
        days: Of its age.
        plays: Counted ones, of twelve months.
        credited: How many producers share it.
    """

    days: int
    plays: int
    credited: int
    model: LicensingModel


def days_old(published_at: datetime, last_day: date) -> int:
    """Days from that of publication to the last of the month, both of UTC: whoever publishes on the last day has age 0."""
    return (last_day - published_at.astimezone(UTC).date()).days


def age_months(days: int) -> Decimal:
    return _EXACTLY.divide(Decimal(days), _DAYS_IN_A_MONTH)


@lru_cache(_REMEMBERED)
def age_factor(days: int, half_life_months: Decimal = HALF_LIFE_MONTHS) -> Decimal:
    """exp(-ln 2 / half-life · age in months): 1 at first, a half after each half-life."""
    faded = _EXACTLY.multiply(_EXACTLY.divide(_LN_2, half_life_months), age_months(days))
    return _EXACTLY.exp(_EXACTLY.minus(faded))


@lru_cache(_REMEMBERED)
def listening_factor(plays: int) -> Decimal:
    """1 + 2L / (L + 1) with L = log10(1 + plays): from 1 up, and never 3."""
    heard = _EXACTLY.log10(Decimal(1 + plays))
    return _EXACTLY.add(1, _EXACTLY.divide(_EXACTLY.multiply(2, heard), _EXACTLY.add(heard, 1)))


def weight(facts: Facts, half_life_months: Decimal = HALF_LIFE_MONTHS) -> Decimal:
    """What each of the credited producers has by a track, to 1e-12."""
    return to_decimal(units(facts, half_life_months))


def units(facts: Facts, half_life_months: Decimal = HALF_LIFE_MONTHS) -> int:
    """The same as a whole number of 1e-12."""
    if facts.model is LicensingModel.EXCLUSIVE_ONLY:
        return 0
    return _units(age_factor(facts.days, half_life_months), listening_factor(facts.plays), facts.credited)


def play_units(facts: Facts, half_life_months: Decimal) -> int:
    """What one play counts for each of the credited producers where listeners are looked at one by one, in 1e-12."""
    if facts.model is LicensingModel.EXCLUSIVE_ONLY:
        return 0
    return _play_units(facts.days, facts.credited, half_life_months)


@lru_cache(_REMEMBERED)
def _play_units(days: int, credited: int, half_life_months: Decimal) -> int:
    return _units(age_factor(days, half_life_months), Decimal(1), credited)


def _units(age: Decimal, listening: Decimal, credited: int) -> int:
    each = _EXACTLY.divide(_EXACTLY.multiply(age, listening), Decimal(credited))
    return int(_EXACTLY.scaleb(_EXACTLY.quantize(each, _UNIT), 12))


def to_decimal(units: int) -> Decimal:
    """A weight, or a sum of weights, as people read it."""
    return _EXACTLY.scaleb(Decimal(units), -12)


def exact_share(minor: int, own: int, total: int) -> Decimal:
    """A share before it is rounded, in main units and to 28 digits."""
    return _EXACTLY.scaleb(_EXACTLY.divide(Decimal(minor * own), Decimal(total)), -2) if total else Decimal()
