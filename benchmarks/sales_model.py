"""The model of exclusive sales, played many times on both engines: how much went wrong on the way, and that it was made good.

Each example has a database and an account of the sandbox of its own. Then the bugs of `tests/purchases/sales_bugs.py` are
put in one after the other, and the same machine plays until it finds them. A finding of the model itself stops the run, with
the steps that led there.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from hypothesis.stateful import run_state_machine_as_test

from tests.playing import many
from tests.purchases.sales_bugs import BUGS
from tests.purchases.sales_model import Sales
from tests.tools.databases import postgres_template, sqlite_template
from tests.tools.postgres import postgres_server
from tests.tools.stripe_sandbox import stripe_sandbox
from tests.tools.valkey import valkey_server

_STEPS: Final = 14
_MOST_UNTIL_FOUND: Final = 400
_LOGGED: Final = 50
"""From critical on: what goes wrong is meant to."""
_ENGINE_OF: Final = {"no lock": "Postgres"}
"""SQLite has one writer at a time: nobody misses the lock."""


def play(place: Mapping[str, Any], examples: int, *, fixed: bool = False, **facts: Any) -> None:
    """Until something is found, or all examples are through.

    Args:
        fixed: The same examples each time.
        facts: Of the machine.
    """
    run_state_machine_as_test(
        type("Sales", (Sales,), dict(place) | facts), settings=many(examples, steps=_STEPS, fixed=fixed)
    )


def measure(name: str, place: Mapping[str, Any], examples: int) -> None:
    Sales.tally.clear()
    started = time.perf_counter()
    play(place, examples)
    spent = time.perf_counter() - started
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(Sales.tally.items()))
    print(f"{name}: {counted}; 0 findings, {spent:.0f} s", flush=True)


def find(bug: str, place: Mapping[str, Any]) -> None:
    Sales.tally.clear()
    said, started = "nothing", time.perf_counter()
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug].put_in(patch)
        try:
            play(place, _MOST_UNTIL_FOUND, fixed=True, without=BUGS[bug].without)
        except AssertionError as found:
            said = str(found).splitlines()[0]
    spent = time.perf_counter() - started
    print(f"{bug}: {Sales.tally['examples']} examples, {spent:.0f} s, found: {said}", flush=True)


def main(examples: int) -> None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        shared: dict[str, Any] = {
            "folder": folder,
            "valkey_url": held.enter_context(valkey_server()),
            "sandbox": held.enter_context(stripe_sandbox()),
        }
        postgres = held.enter_context(postgres_template(held.enter_context(postgres_server())))
        places = {
            "SQLite": shared | {"template": sqlite_template(folder)},
            "Postgres": shared | {"template": postgres},
        }
        for name, place in places.items():
            measure(name, place, examples)
        for bug in BUGS:
            find(bug, places[_ENGINE_OF.get(bug, "SQLite")])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=int, nargs="?", default=200, help="on each engine")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_LOGGED))
    main(parser.parse_args().examples)
