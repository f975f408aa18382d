"""What is always true of plays, bills and months, whatever is under way (MONEY 5, D-51 to D-53)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from db.months import Month
from db.vocabulary import CurrencyCode, JobState, JournalSource, PoolRunStatus, TrackStatus
from tests.pool.months_bills import Bill, paid_in
from tests.pool.months_ears import Ears
from tests.pool.months_seen import Counts, Run, Seen

_ORDER: Final = list(PoolRunStatus)
_SHARES: Final = {JournalSource.POOL_SHARE, JournalSource.POOL_ADJUSTMENT}


@dataclass(frozen=True)
class Known:
    """What somebody knows who has seen everything happen.

    Attributes:
        heard_before: Counted plays by track and day, from before an example.
        credited_before: To whom those were counted.
    """

    bills: list[Bill]
    ears: Ears
    heard_before: Mapping[tuple[str, date], int]
    credited_before: str

    def days(self) -> dict[tuple[str, date], Counts]:
        before = {key: (plays, plays) for key, plays in self.heard_before.items()}
        return before | self.ears.days()

    def heard_in(self, track: str, month: Month) -> int:
        """Counted plays of the twelve months that end with one."""
        return sum(
            counted
            for (one, day), (_, counted) in self.days().items()
            if one == track and month.heard_from <= day <= month.last_day
        )


def check_always(before: Seen, after: Seen, known: Known) -> None:
    _check_jobs(after)
    _check_nothing_frozen_changed(before, after)
    _check_runs(after)
    _check_inputs(after, known)
    _check_money(after, known)
    _check_pools(after)
    _check_returns(after)
    _check_producers(after)
    _check_statements(before, after)
    _check_plays(after, known)


def _check_jobs(seen: Seen) -> None:
    """Nothing out there can fail, so no job has a reason to."""
    failed = [one for one in seen.jobs if one.last_error or one.state is JobState.DEAD]
    assert failed == [], f"jobs have failed: {failed}"


# ---- runs ------------------------------------------------------------------------------------------


def _check_nothing_frozen_changed(before: Seen, after: Seen) -> None:
    for run, was in before.runs.items():
        now = after.runs.get(run)
        assert now is not None, f"{run} is gone"
        assert _ORDER.index(now.status) >= _ORDER.index(was.status), (
            f"{run} went from {was.status} to {now.status}"
        )
        if was.is_frozen:
            assert before.inputs.get(run) == after.inputs.get(run), f"inputs of {was.period} have changed"
            assert _frozen(was) == _frozen(now), f"what {was.period} was frozen with has changed"
        if was.is_computed:
            assert before.shares.get(run) == after.shares.get(run), f"shares of {was.period} have changed"
            assert before.lines.get(run) == after.lines.get(run), f"lines of {was.period} have changed"
            assert (was.total_weight, was.outputs_sha256) == (now.total_weight, now.outputs_sha256)


def _frozen(run: Run) -> tuple[object, ...]:
    return run.pool_minor, run.currency, run.causes, run.inputs_sha256


def _check_runs(seen: Seen) -> None:
    """Of each that is reckoned: the shares are the pool, and the lines of each share are the share."""
    for run in seen.runs.values():
        if not run.is_computed:
            continue
        shares = seen.shares.get(run.id, [])
        given = sum(one.amount_minor for one in shares)
        pool = run.pool_minor if run.total_weight else 0
        assert given == pool, f"shares of {run.period} are {given} of {pool}"
        entered = _entered(seen, run)
        assert entered == pool or not run.is_posted, f"{run.period} has shared out {entered} of {pool}"
        assert sum(one.weight for one in shares) == run.total_weight
        for share in shares if run.sequence == 0 else ():
            lines = [one for one in seen.lines[run.id] if one.producer_id == share.producer_id]
            by_line = sum(one.amount_minor for one in lines), sum(one.weight for one in lines)
            assert by_line == (share.amount_minor, share.weight), f"lines of {run.period} are not their share"


def _entered(seen: Seen, run: Run) -> int:
    """What the books say that a run has brought producers so far; below zero where it takes back."""
    own = [one for one in seen.moves if one.about == run.id]
    return sum(one.minor if one.target_account.startswith("producer:") else -one.minor for one in own)


def _check_inputs(seen: Seen, known: Known) -> None:
    """Every play that counts in the twelve months is there, once."""
    for run in seen.runs.values():
        month = Month.named(run.period)
        assert month
        for one in seen.inputs.get(run.id, []):
            heard = known.heard_in(one.track_id, month)
            assert one.plays == heard, (
                f"{run.period} has {one.plays} plays of {one.track_id}, who was heard {heard} times"
            )


def check_catalogue(seen: Seen, run: Run) -> None:
    """A month that was closed without anything in the middle was closed by what is published, and was by its end."""
    month = Month.named(run.period)
    assert month
    there = {
        track: (beat.published_at, beat.licensing_model, list(beat.credited))
        for track, beat in seen.beats.items()
        if beat.status is TrackStatus.PUBLISHED and beat.published_at and beat.published_at < month.ends_at
    }
    inputs = {
        one.track_id: (one.published_at, one.licensing_model, one.producers)
        for one in seen.inputs.get(run.id, [])
    }
    assert run.sequence or inputs == there, f"{run.period} was closed by {_differing(inputs, there)}"


def check_simulation(
    seen: Seen, run: Run, figures: Iterable[tuple[str, int, int]], *, as_it_is: bool
) -> None:
    """All of the pool is shared out; by the rule as it is, as it was.

    Args:
        figures: Producers, what they were paid, and what they would have been.
    """
    figures = list(figures)
    paid = {one.producer_id: one.amount_minor for one in seen.shares.get(run.id, [])}
    assert {one: minor for one, minor, _ in figures if one in paid} == paid
    simulated = sum(minor for _, _, minor in figures)
    assert simulated == (run.pool_minor if run.total_weight else 0), (
        f"{run.period} would share out {simulated}"
    )
    assert not as_it_is or all(minor == other for _, minor, other in figures)


# ---- money -----------------------------------------------------------------------------------------


def _check_money(seen: Seen, known: Known) -> None:
    """What is in a month's pool, and what went to producers, is what was paid, but for what the platform advances."""
    told = paid_in(known.bills)
    for period, currency in seen.pools() | told.keys():
        there = _in_pool(seen, period, currency) + _shared_out(seen, period, currency)
        advanced = sum(
            one.base_minor for one in seen.late if (one.period, one.currency) == (period, currency)
        )
        paid = told[period, currency]
        assert there - advanced == paid, (
            f"{period} has {there} {currency}, of which {advanced} are advanced, and {paid} were paid"
        )


def _in_pool(seen: Seen, period: str, currency: CurrencyCode) -> int:
    return seen.balance(f"sub_pool:{period}", currency)


def _shared_out(seen: Seen, period: str, currency: CurrencyCode) -> int:
    return sum(
        one.minor
        for one in seen.moves
        if one.source_account == f"sub_pool:{period}" and one.currency is currency and one.kind in _SHARES
    )


def _check_pools(seen: Seen) -> None:
    """None has less than nothing, and one that is closed has nothing but what came since."""
    for period, currency in seen.pools():
        there = _in_pool(seen, period, currency)
        assert there >= 0, f"the pool of {period} has {there} {currency}"
        closing = seen.closing(period)
        if closing and closing.is_posted and closing.total_weight and currency is closing.currency:
            since = _came_since(seen, closing)
            assert there <= since, (
                f"the pool of {period} is closed and has {there}, of which {since} came since"
            )


def _came_since(seen: Seen, closing: Run) -> int:
    account = f"sub_pool:{closing.period}", closing.currency
    came = (one for one in seen.moves if (one.target_account, one.currency) == account)
    assert closing.frozen_at
    return sum(one.minor for one in came if one.posted_at >= closing.frozen_at)


def _check_returns(seen: Seen) -> None:
    """What was given back of a closed month is taken account of once, by an adjustment."""
    adjusting = [run for run in seen.runs.values() if run.sequence and run.pool_minor < 0]
    taken = Counter(name for run in adjusting for name, _ in run.causes)
    twice = [name for name, times in taken.items() if times > 1]
    assert twice == [], f"{twice} were taken back twice"
    late = {one.id: one for one in seen.late}
    for run in adjusting:
        minor = sum(late[name].base_minor for name, _ in run.causes)
        assert -run.pool_minor == minor, (
            f"an adjustment of {run.period} takes back {-run.pool_minor} of {minor}"
        )
        assert all(late[name].run_id == run.id for name, _ in run.causes)


def _check_producers(seen: Seen) -> None:
    """Each has what the shares say that are in the books."""
    earned: Counter[tuple[str, CurrencyCode]] = Counter()
    for run in seen.runs.values():
        for share in seen.shares.get(run.id, []) if run.is_computed else ():
            if run.is_posted or share.producer_id <= run.reached:
                earned[share.producer_id, run.currency] += share.amount_minor
    folded = _folded(seen)
    for whose in earned.keys() | folded.keys() | seen.kept.keys():
        assert folded[whose] == earned[whose], f"{whose[0]} has {folded[whose]} of {earned[whose]} {whose[1]}"
        assert seen.kept.get(whose, 0) == folded[whose], f"the balance of {whose[0]} is not its entries"


def _folded(seen: Seen) -> Counter[tuple[str, CurrencyCode]]:
    folded: Counter[tuple[str, CurrencyCode]] = Counter()
    for one in seen.moves:
        for account, minor in ((one.target_account, one.minor), (one.source_account, -one.minor)):
            if account.startswith("producer:"):
                folded[account.split(":")[1], one.currency] += minor
    return folded


def _check_statements(before: Seen, after: Seen) -> None:
    assert before.statements <= after.statements, "a statement has changed"


# ---- plays -----------------------------------------------------------------------------------------


def _check_plays(seen: Seen, known: Known) -> None:
    """Each counts once, for its day, and all sums have it."""
    plays = {play: (one.account, one.track, one.ms, one.counted_on) for play, one in known.ears.plays.items()}
    assert seen.plays == plays, f"plays are not what was heard: {_differing(seen.plays, plays)}"
    listenings, days = known.ears.listenings(), known.days()
    assert seen.listenings == listenings, f"listeners have heard {_differing(seen.listenings, listenings)}"
    assert seen.days == days, f"tracks were heard {_differing(seen.days, days)}"
    totals = _totals(days)
    assert seen.totals == totals, f"tracks were heard in all {_differing(seen.totals, totals)}"
    credited = known.ears.credited + Counter(
        {(known.credited_before, day, track): plays for (track, day), plays in known.heard_before.items()}
    )
    assert seen.credited == credited, f"producers were heard {_differing(seen.credited, credited)}"


def _totals(days: Mapping[tuple[str, date], Counts]) -> dict[str, Counts]:
    sums: dict[str, Counts] = {}
    for (track, _), (opened, counted) in days.items():
        before = sums.get(track, (0, 0))
        sums[track] = before[0] + opened, before[1] + counted
    return sums


def _differing(found: Mapping[Any, Any], known: Mapping[Any, Any]) -> list[object]:
    keys = found.keys() | known.keys()
    return [(key, found.get(key), known.get(key)) for key in keys if found.get(key) != known.get(key)]
