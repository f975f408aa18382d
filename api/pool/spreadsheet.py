"""A producer's share of a closed month as a spreadsheet, with all that it follows from (D-53). Pure.

Every row has the same columns; the first one says what the row is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from api.documents.spreadsheet import as_csv, typed
from api.pool.contribution import Facts, age_factor, age_months, exact_share, listening_factor, to_decimal
from db.vocabulary import CurrencyCode, LicensingModel

_COLUMNS: Final = (
    "Row",
    "Track",
    "Title",
    "Artists",
    "Published (UTC)",
    "Days to the month's end",
    "Age in months = days / 30.4375",
    "Age factor = exp(-ln 2 / 6 * age)",
    "Counted plays in 12 months",
    "Listening factor = 1 + 2 L / (L + 1), L = log10(1 + plays)",
    "Credited producers",
    "Weight = age factor * listening factor / credited producers, to 12 decimals",
    "Exact amount = pool * weight / total weight",
    "Amount, by largest remainder",
    "Currency",
)


class TrackPart(NamedTuple):
    """A track of the producer's, as it was frozen."""

    track_id: str
    title: str
    artists: Sequence[str]
    published_at: datetime
    facts: Facts
    weight: int
    amount_minor: int


class LaterPart(NamedTuple):
    """What became of the share later."""

    pool_minor: int
    total_weight: int
    weight: int
    amount_minor: int
    posted_at: datetime


@dataclass(frozen=True)
class Sheet:
    """What the spreadsheet is made of.

    Attributes:
        pool_minor: Of all producers.
        weight: Of the one whose share it is.
    """

    period: str
    currency: CurrencyCode
    pool_minor: int
    total_weight: int
    weight: int
    amount_minor: int
    tracks: Sequence[TrackPart]
    later: Sequence[LaterPart]


def as_spreadsheet(sheet: Sheet) -> bytes:
    """The same facts give the same bytes."""
    return as_csv(_COLUMNS, ([*row, sheet.currency.value] for row in _rows(sheet)))


def _rows(sheet: Sheet) -> Iterable[list[str]]:
    yield _summed(f"Pool of {sheet.period}", sheet.total_weight, "", sheet.pool_minor)
    for one in sheet.tracks:
        yield _of_track(sheet, one)
    exact = exact_share(sheet.pool_minor, sheet.weight, sheet.total_weight)
    yield _summed("Your share", sheet.weight, _plain(exact), sheet.amount_minor)
    for later in sheet.later:
        name = f"Adjustment of {later.posted_at.astimezone(UTC):%Y-%m-%d}"
        exact = exact_share(later.pool_minor, later.weight, later.total_weight)
        yield _summed(name, later.weight, _plain(exact), later.amount_minor)
    total = sheet.amount_minor + sum(one.amount_minor for one in sheet.later)
    yield _summed("All of it", sheet.weight, "", total)


def _summed(name: str, weight: int, exact: str, minor: int) -> list[str]:
    return [name, *[""] * 10, _plain(to_decimal(weight)), exact, _money(minor)]


def _of_track(sheet: Sheet, track: TrackPart) -> list[str]:
    facts = track.facts
    counts = facts.model is not LicensingModel.EXCLUSIVE_ONLY
    return [
        "Track" if counts else "Track on sale exclusively alone: it has no weight",
        track.track_id,
        typed(track.title),
        typed(", ".join(track.artists)),
        _day(track.published_at).isoformat(),
        str(facts.days),
        _plain(age_months(facts.days)),
        _plain(age_factor(facts.days)),
        str(facts.plays),
        _plain(listening_factor(facts.plays)),
        str(facts.credited),
        _plain(to_decimal(track.weight)),
        _plain(exact_share(sheet.pool_minor, track.weight, sheet.total_weight)),
        _money(track.amount_minor),
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _money(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):.2f}"
