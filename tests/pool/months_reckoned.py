"""What is true of months once nothing is under way any more: everything is explained, and reckoned again it is the same.

Shares are reckoned here by other means than the product's: decimals of 50 digits, and fractions.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from api.earnings.auditing import audit
from api.pool.explaining import sheet_of
from api.pool.replay import replay
from api.pool.spreadsheet import Sheet, as_spreadsheet
from db.ids import PoolRunId, ProducerId
from db.months import Month
from db.session import Sessions
from db.vocabulary import JobState, LicensingModel
from tests.pool.months_seen import Input, Run, Seen, Share

_FINE: Final = Context(prec=50)
_ONE: Final = Decimal(1)
_ALARM: Final = re.compile(r"^sub_pool:\S+ is closed and has \d+ USD")
"""Nobody shares out what no plan costs: staff are told of it, each night."""


async def check_drained(sessions: Sessions, seen: Seen, *, all_closed: bool) -> None:
    """All of it.

    Args:
        all_closed: A month has ended since anything happened, and was closed.
    """
    broken = [line for one in await audit(sessions) for line in one.broken_by if not _ALARM.search(line)]
    assert broken == [], broken
    left = [run for run in seen.runs.values() if not run.is_posted]
    assert left == [], f"{left} are not in the books"
    assert [one for one in seen.jobs if one.state is not JobState.DONE and "POOL" in one.key] == []
    if all_closed:
        _check_nothing_waits(seen)
    for run in seen.runs.values():
        if run.sequence == 0:
            _check_reckoning(run, seen)
            await _check_explanations(sessions, run, seen)
        assert (await replay(sessions, PoolRunId(run.id))).is_the_same, (
            f"{run.period} is not replayed the same"
        )


def _check_nothing_waits(seen: Seen) -> None:
    """Every month that has money is closed; late money and returns are with whom the month's was."""
    for period, currency in seen.pools():
        closing, there = seen.closing(period), seen.balance(f"sub_pool:{period}", currency)
        if closing is None or closing.currency is not currency:
            assert there == 0 or currency != "CAD", f"{period} has {there} and is not closed"
        elif closing.total_weight:
            waiting = [
                one.id
                for one in seen.late
                if (one.period, one.currency) == (period, currency) and not one.run_id
            ]
            assert (there, waiting) == (0, []), f"{period} has {there} left, and {waiting} wait"


def _check_reckoning(run: Run, seen: Seen) -> None:
    weights = _weights(run, seen.inputs.get(run.id, []))
    sums = {one: sum(tracks.values()) for one, tracks in weights.items() if sum(tracks.values())}
    shares = {one.producer_id: (one.weight, one.amount_minor) for one in seen.shares.get(run.id, [])}
    parts = _split(run.pool_minor, sums)
    assert shares == {one: (sums[one], parts[one]) for one in sums}, (
        f"{run.period} is not shared out by its weights"
    )
    lines = {(one.producer_id, one.track_id): one.amount_minor for one in seen.lines.get(run.id, [])}
    by_track = {
        (one, track): part for one in sums for track, part in _split(parts[one], weights[one]).items()
    }
    assert lines == by_track, f"lines of {run.period} do not follow from their weights"


def _weights(run: Run, inputs: Iterable[Input]) -> dict[str, dict[str, int]]:
    """In 1e-12, by producer and track."""
    found: dict[str, dict[str, int]] = {}
    for one in inputs:
        for producer in one.producers:
            found.setdefault(producer, {})[one.track_id] = _weight(run, one)
    return found


def _weight(run: Run, track: Input) -> int:
    month = Month.named(run.period)
    assert month
    if track.licensing_model is LicensingModel.EXCLUSIVE_ONLY:
        return 0
    days = (month.last_day - track.published_at.astimezone(UTC).date()).days
    months = _FINE.divide(Decimal(days), Decimal("30.4375"))
    faded = _FINE.power(Decimal(2), _FINE.divide(-months, Decimal(6)))
    level = _FINE.log10(Decimal(1 + track.plays))
    heard = _FINE.add(_ONE, _FINE.divide(2 * level, level + 1))
    each = _FINE.divide(_FINE.multiply(faded, heard), Decimal(len(track.producers)))
    return int(_FINE.multiply(each, Decimal(10) ** 12).to_integral_value())


def _split(minor: int, weights: Mapping[str, int]) -> dict[str, int]:
    """By largest remainder, ties by id."""
    whole = sum(weights.values())
    exact = {one: Fraction(minor * weight, whole) if whole else Fraction() for one, weight in weights.items()}
    parts = {one: int(part) for one, part in exact.items()}
    owed = sorted(weights, key=lambda one: (parts[one] - exact[one], one))
    for one in owed[: minor - sum(parts.values()) if whole else 0]:
        parts[one] += 1
    return parts


async def _sheets(sessions: Sessions, run: Run, shares: Iterable[Share]) -> list[tuple[Share, Sheet]]:
    async with sessions.reading() as session:
        sheets = [
            (one, await sheet_of(session, ProducerId(one.producer_id), PoolRunId(run.id))) for one in shares
        ]
    told = [(share, sheet) for share, sheet in sheets if sheet]
    assert len(told) == len(sheets), f"somebody is told nothing of {run.period}"
    return told


async def _check_explanations(sessions: Sessions, run: Run, seen: Seen) -> None:
    """The spreadsheet of each producer leads from the pool to all that they have of the month."""
    for share, sheet in await _sheets(sessions, run, seen.shares.get(run.id, [])):
        rows = list(csv.reader(io.StringIO(as_spreadsheet(sheet).decode().removeprefix("\ufeff"))))[1:]
        minor = [int(Decimal(row[13]).scaleb(2)) for row in rows]
        tracks = [part for row, part in zip(rows, minor, strict=True) if row[0].startswith("Track")]
        [own] = [part for row, part in zip(rows, minor, strict=True) if row[0] == "Your share"]
        later = [part for row, part in zip(rows, minor, strict=True) if row[0].startswith("Adjustment")]
        assert own == sum(tracks) == share.amount_minor, (
            f"{run.period} is not explained to {share.producer_id}"
        )
        has = sum(
            one.amount_minor
            for adjusted in seen.of(run.period)
            for one in seen.shares.get(adjusted.id, [])
            if one.producer_id == share.producer_id
        )
        assert minor[-1] == own + sum(later) == has, (
            f"{run.period} of {share.producer_id} is {has}, not {minor[-1]}"
        )
