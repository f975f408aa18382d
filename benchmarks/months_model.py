"""The model of months, played many times on both engines: plays, bills, refunds, disputes, closings and adjustments.

Each example has a database of its own, in which a month is closed already. Then the bugs of `tests/pool/months_bugs.py` are
put in one after the other, and the same machine plays until it finds them. A finding of the model itself stops the run, with
the steps that led there.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
import structlog
from hypothesis.stateful import run_state_machine_as_test

from api.earnings.errors import AccountOverdrawn
from tests.playing import many
from tests.pool.months_bugs import BUGS
from tests.pool.months_ground import Ground, a_ground
from tests.pool.months_model import Months
from tests.tools.databases import postgres_template, sqlite_template
from tests.tools.postgres import postgres_server
from tests.tools.valkey import valkey_server

_STEPS: Final = 12
_AT_ONCE: Final = 500
"""Hypothesis remembers what it has drawn of a run."""
_MOST_UNTIL_FOUND: Final = 300
_LOGGED: Final = 50
"""From critical on, and to nobody: what goes wrong is meant to."""


def play(ground: Ground, examples: int, *, fixed: bool = False) -> None:
    """Until something is found, or all examples are through.

    Args:
        fixed: The same examples each time.
    """
    run_state_machine_as_test(
        type("Months", (Months,), {"ground": ground}), settings=many(examples, steps=_STEPS, fixed=fixed)
    )


def measure(name: str, ground: Ground, examples: int) -> None:
    Months.tally.clear()
    started, worked = time.perf_counter(), time.process_time()
    while (done := Months.tally["examples"]) < examples:
        play(ground, min(_AT_ONCE, examples - done))
        worked_for = time.process_time() - worked
        print(f"  {Months.tally['examples']:,} of {examples:,}, {worked_for:.0f} s of CPU", flush=True)
    spent, worked_for = time.perf_counter() - started, time.process_time() - worked
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(Months.tally.items()))
    each = worked_for / Months.tally["examples"]
    print(f"{name}: {counted}; 0 findings, {spent:.0f} s, {each:.2f} s of CPU each", flush=True)


def find(bug: str, ground: Ground) -> None:
    Months.tally.clear()
    said, started = "nothing", time.process_time()
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug](patch)
        try:
            play(ground, _MOST_UNTIL_FOUND, fixed=True)
        except (AssertionError, AccountOverdrawn) as found:
            said = str(found).splitlines()[0][:160]
    spent = time.process_time() - started
    print(f"{bug}: {Months.tally['examples']} examples, {spent:.0f} s of CPU, found: {said}", flush=True)


def main(options: argparse.Namespace) -> None:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        valkey_url = held.enter_context(valkey_server())
        template = sqlite_template(folder)
        if options.engine != "Postgres":
            with a_ground(template, _made(folder / "sqlite"), valkey_url) as ground:
                measure("SQLite", ground, options.examples)
        if options.engine != "SQLite":
            server = held.enter_context(postgres_server())
            postgres = held.enter_context(postgres_template(server))
            with a_ground(postgres, _made(folder / "postgres"), valkey_url) as ground:
                measure("Postgres", ground, options.examples)
        with a_ground(template, _made(folder / "bugs"), valkey_url) as ground:
            for bug in BUGS if options.bugs else ():
                find(bug, ground)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=int, nargs="?", default=200, help="on each engine")
    parser.add_argument("--engine", choices=["SQLite", "Postgres"], help="both, unless one is named")
    parser.add_argument("--no-bugs", dest="bugs", action="store_false", help="leave the seeded bugs out")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(_LOGGED),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
    main(parser.parse_args())
