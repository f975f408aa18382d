"""MONEY 5 and 6: whatever buyers, banks, webhooks and workers do, and whatever goes wrong, a track is sold once.

`BEATPASS_SALES_EXAMPLES` has the model play more of them; `./bp bench sales_model` plays many, and counts what went wrong.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from hypothesis.stateful import run_state_machine_as_test

from db.vocabulary import CurrencyCode
from tests.playing import many, some
from tests.purchases.sales_bugs import BUGS
from tests.purchases.sales_ground import Ground, a_ground
from tests.purchases.sales_model import Sales
from tests.purchases.sales_troubles import Fault
from tests.tools.databases import on_postgres, on_sqlite
from tests.tools.stripe_sandbox import Sandbox

_USUAL: Final = 8
"""The same ones each time; asked for others, the model draws anew."""
_EXAMPLES: Final = int(os.environ.get("BEATPASS_SALES_EXAMPLES", _USUAL))
_STEPS: Final = 12


@pytest.fixture
def ground(
    database_engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    valkey_url: str,
    sandbox: Sandbox,
) -> Generator[Ground]:
    """Where examples are played."""
    template = request.getfixturevalue(f"{database_engine}_template")
    with a_ground(template, tmp_path, valkey_url, sandbox) as made:
        yield made


def test_whatever_happens_a_track_is_sold_once_and_the_books_agree(ground: Ground) -> None:
    played = some(_EXAMPLES, steps=_STEPS, fixed=_EXAMPLES == _USUAL)
    run_state_machine_as_test(type("Sales", (Sales,), {"ground": ground}), settings=played)


@on_sqlite
def test_the_model_finds_by_chance_that_journals_are_entered_twice(ground: Ground) -> None:
    """No example is made up for it: what is drawn, the same each time, has the books' cash differ from the balance."""
    until_found = many(200, steps=_STEPS, fixed=True)
    with pytest.MonkeyPatch.context() as patch:
        BUGS["no dedupe of journals"].put_in(patch)
        with pytest.raises(AssertionError, match="cash is not the provider's balance"):
            run_state_machine_as_test(type("Sales", (Sales,), {"ground": ground}), settings=until_found)


@contextmanager
def seeded(bug: str, ground: Ground) -> Generator[Sales]:
    """The model with a bug put in, for steps that show it; then everything is drained."""
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug].put_in(patch)
        model: Sales = type("Sales", (Sales,), {"ground": ground, "without": BUGS[bug].without})()
        try:
            yield model
            model.drain(ends=True)
        finally:
            model.close()


@on_postgres
def test_the_model_finds_that_nobody_locks_a_track(ground: Ground) -> None:
    """Three buyers at once, three times, where no unique index stands behind the lock.

    Two are told that the track is theirs; or whoever reads the one purchase of the track finds two, and breaks.
    """
    with (
        pytest.raises(AssertionError, match=r"two were told that it is kept for them|'code': 'INTERNAL'"),
        seeded("no lock", ground) as model,
    ):
        for which in range(3):
            model.begin_at_once(which=which, trouble=None)


@on_sqlite
def test_the_model_finds_that_nobody_looks_who_else_buys(ground: Ground) -> None:
    """The same on SQLite, where one transaction waits for the other: the lock alone would not be missed."""
    with (
        pytest.raises(AssertionError, match="one track is kept for two"),
        seeded("no look", ground) as model,
    ):
        for who in range(2):
            model.begin(who=who, which=0, key=0, told=False, trouble=None)
            model.what_is_always_true_is_true()


def test_the_model_finds_calls_that_are_made_twice(ground: Ground) -> None:
    """A checkout behind an answer of 500 is opened again, and the first one lives on when the buyer has let go."""
    behind_500 = Fault("error_after", ("POST", "/v1/checkout/sessions"), 1)
    with (
        pytest.raises(AssertionError, match="who has let go can still pay"),
        seeded("no dedupe of calls", ground) as model,
    ):
        model.begin(who=0, which=0, key=0, told=False, trouble=behind_500)
        model.begin(who=0, which=0, key=0, told=False, trouble=None)


def test_the_model_finds_a_price_that_is_read_late(ground: Ground) -> None:
    """Paid at one price, entered at another: the books have money that is not there."""
    with (
        pytest.raises(AssertionError, match="cash is not the provider's balance"),
        seeded("price read late", ground) as model,
    ):
        model.begin_somewhere(far=[2, 0, 0])
        model.change_offer(which=0, minor=99_900, currency=CurrencyCode.USD)
        model.hear(trouble=None)


def test_the_model_finds_terms_that_are_read_late(ground: Ground) -> None:
    """Paid for one licence, granted another."""
    with (
        pytest.raises(AssertionError, match="granted is not agreed"),
        seeded("terms read late", ground) as model,
    ):
        model.begin_somewhere(far=[2, 0, 0])
        model.change_offer(which=0, minor=99_901, currency=CurrencyCode.USD)
        model.hear(trouble=None)
