"""MONEY 5 and 6: whatever is heard, paid, given back and closed, in whatever order, every cent is whose it is, and explained.

`BEATPASS_MONTHS_EXAMPLES` has the model play more of them; `./bp bench months_model` plays many, and counts what went wrong.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis.stateful import run_state_machine_as_test

from api.earnings.errors import AccountOverdrawn
from tests.playing import some
from tests.pool.months_bills import PRICES
from tests.pool.months_bugs import BUGS
from tests.pool.months_ground import Ground, a_ground
from tests.pool.months_model import Months
from tests.pool.months_troubles import Amid
from tests.tools.databases import on_sqlite

_USUAL: Final = 4
"""The same ones each time; asked for others, the model draws anew."""
_EXAMPLES: Final = int(os.environ.get("BEATPASS_MONTHS_EXAMPLES", _USUAL))
_STEPS: Final = 12


@pytest.fixture
def ground(
    database_engine: str, request: pytest.FixtureRequest, tmp_path: Path, valkey_url: str
) -> Generator[Ground]:
    """Where examples are played."""
    with a_ground(request.getfixturevalue(f"{database_engine}_template"), tmp_path, valkey_url) as made:
        yield made


def test_whatever_happens_every_cent_of_a_month_is_whose_it_is(ground: Ground) -> None:
    played = some(_EXAMPLES, steps=_STEPS, fixed=_EXAMPLES == _USUAL)
    run_state_machine_as_test(type("Months", (Months,), {"ground": ground}), settings=played)


@contextmanager
def played(ground: Ground) -> Generator[Months]:
    """Steps that are chosen; then everything is drained, and the month is closed."""
    model: Months = type("Months", (Months,), {"ground": ground})()
    try:
        yield model
        model.what_is_always_true_is_true()
        model.drain(ends=True)
    finally:
        model.close()


def test_a_report_that_says_no_more_than_before_counts_on_no_later_day(ground: Ground) -> None:
    """The third of a day counts nothing; nor does it when the same is said of it in the next month."""
    with played(ground) as model:
        model.listen(who=1, track=0, times=3, seconds=30, end=None)
        model.month_ends(hours=7, workers=1, trouble=None)
        model.report_later(which=0, seconds=3, end=None)
        assert [one.counted_on is not None for one in model.ears.plays.values()] == [True, True, False]


@contextmanager
def seeded(bug: str, ground: Ground) -> Generator[Months]:
    """The same, with a bug put in."""
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug](patch)
        with played(ground) as model:
            yield model


def closes(model: Months, trouble: Any = None) -> None:
    model.month_ends(hours=7, workers=1, trouble=trouble)
    model.what_is_always_true_is_true()


def given_back(model: Months) -> None:
    """The latest bill, whole; its month was closed."""
    model.refund(which=0, part=0, told=True)
    model.what_is_always_true_is_true()


def test_what_happens_in_the_middle_of_a_closing_is_for_an_adjustment(ground: Ground) -> None:
    """While tracks are written down, around the freezing, and while shares are entered."""
    for moment, what in ((12, "credits"), (16, "pays"), (34, "refunds")):
        with played(ground) as model:
            closes(model, Amid(moment, what, which=1))
            given_back(model)
            model.adjust(times=2, trouble=None)


@on_sqlite
def test_the_model_finds_that_cents_are_rounded_away(ground: Ground) -> None:
    with (
        pytest.raises(AssertionError, match="shares of 2026-03 are"),
        seeded("no remainder", ground) as model,
    ):
        closes(model)


@on_sqlite
def test_the_model_finds_that_a_bill_is_entered_under_a_new_name_each_time(ground: Ground) -> None:
    """Told once more, it is paid once more."""
    with (
        pytest.raises(AssertionError, match="of which 0 are advanced, and"),
        seeded("no dedupe", ground) as model,
    ):
        model.pay(who=0, price=PRICES[0], hours_ago=0, told=True)
        model.what_is_always_true_is_true()
        model.tell(which=0, earlier=1, times=1, trouble=None)


@on_sqlite
def test_the_model_finds_that_a_closing_reads_what_came_after_freezing(ground: Ground) -> None:
    """Somebody pays between freezing and reckoning."""
    with (
        pytest.raises(AssertionError, match=r"shares of 2026-03 are \d+ of \d+"),
        seeded("thawed", ground) as model,
    ):
        model.decide(which=0, won=True, told=True)
        closes(model, Amid(18, "pays", which=1))


@on_sqlite
def test_the_model_finds_that_an_adjustment_is_entered_twice(ground: Ground) -> None:
    with (
        pytest.raises(AssertionError, match="were taken back twice"),
        seeded("adjusted again", ground) as model,
    ):
        closes(model)
        given_back(model)
        model.adjust(times=1, trouble=None)
        model.adjust(times=1, trouble=None)


@on_sqlite
def test_the_model_finds_that_a_closed_pool_is_taken_from(ground: Ground) -> None:
    with pytest.raises(AccountOverdrawn, match="would have -2900 CAD"), seeded("not frozen", ground) as model:
        closes(model)
        given_back(model)


@on_sqlite
def test_the_model_finds_that_a_report_counts_each_time_it_comes(ground: Ground) -> None:
    with (
        pytest.raises(AssertionError, match="listeners have heard"),
        seeded("counted again", ground) as model,
    ):
        model.listen(who=0, track=0, seconds=31, times=1, end=None)
        model.what_is_always_true_is_true()
        model.report_later(which=0, seconds=31, end=None)
