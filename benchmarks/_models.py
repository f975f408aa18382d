"""Machines of small steps, played many times on both engines, and with bugs put in until they are found."""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from hypothesis.stateful import run_state_machine_as_test

from tests.playing import many
from tests.tools.databases import PostgresTemplate, SqliteTemplate, postgres_template, sqlite_template
from tests.tools.postgres import postgres_server
from tests.tools.stripe_sandbox import Sandbox, stripe_sandbox
from tests.tools.valkey import valkey_server
from tests.worlds import World

_AT_ONCE: Final = 500
"""Hypothesis remembers what it has drawn of a run."""
_LOGGED: Final = 50
"""From critical on, and to nobody: what goes wrong is meant to."""
Template = SqliteTemplate | PostgresTemplate
AGround = Callable[[Template, Path, str], AbstractContextManager[Any]]


def with_sandbox(
    a_ground: Callable[[Template, Path, str, Sandbox], AbstractContextManager[Any]],
) -> AGround:
    """Where the payment provider is a sandbox of its own."""

    @contextmanager
    def opened(template: Template, folder: Path, valkey_url: str) -> Generator[Any]:
        with stripe_sandbox() as sandbox, a_ground(template, folder, valkey_url, sandbox) as made:
            yield made

    return opened


@dataclass(frozen=True)
class Bug:
    """One that is put in.

    Attributes:
        facts: Of the machine that plays with it.
    """

    put_in: Callable[[pytest.MonkeyPatch], None]
    engine: str = "SQLite"
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Model:
    """A machine, and where it is played.

    Attributes:
        found_by: How a finding is raised.
        until_found: Examples at most.
    """

    machine: type[World]
    a_ground: AGround
    bugs: Mapping[str, Bug]
    steps: int
    until_found: int
    found_by: tuple[type[Exception], ...] = (AssertionError,)

    def play(self, ground: Any, examples: int, *, fixed: bool = False, **facts: Any) -> None:
        """Until something is found, or all examples are through.

        Args:
            fixed: The same examples each time.
            facts: Of the machine.
        """
        run_state_machine_as_test(
            type(self.machine.__name__, (self.machine,), {"ground": ground} | facts),
            settings=many(examples, steps=self.steps, fixed=fixed),
        )

    def measure(self, ground: Any, examples: int) -> str:
        """Play them all; what they came to."""
        tally = self.machine.tally
        tally.clear()
        started, worked = time.perf_counter(), time.process_time()
        while (done := tally["examples"]) < examples:
            self.play(ground, min(_AT_ONCE, examples - done))
            worked_for = time.process_time() - worked
            print(f"  {tally['examples']:,} of {examples:,}, {worked_for:.0f} s of CPU", flush=True)
        spent, worked_for = time.perf_counter() - started, time.process_time() - worked
        counted = ", ".join(f"{count:,} {what}" for what, count in sorted(tally.items()))
        return f"{counted}; 0 findings, {spent:.0f} s, {worked_for / tally['examples']:.2f} s of CPU each"

    def find(self, name: str, ground: Any) -> None:
        """Play with a bug until it shows."""
        tally, bug = self.machine.tally, self.bugs[name]
        tally.clear()
        said, started = "nothing", time.process_time()
        with pytest.MonkeyPatch.context() as patch:
            bug.put_in(patch)
            try:
                self.play(ground, self.until_found, fixed=True, **(bug.facts or {}))
            except self.found_by as found:
                said = f"{found} ".splitlines()[0][:160]
        spent = time.process_time() - started
        print(f"{name}: {tally['examples']} examples, {spent:.0f} s of CPU, found: {said}", flush=True)


@dataclass(frozen=True)
class _Places:
    """Where grounds are made."""

    folder: Path
    valkey_url: str
    templates: Mapping[str, Template]

    def ground(self, model: Model, engine: str) -> AbstractContextManager[Any]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        return model.a_ground(self.templates[engine], folder, self.valkey_url)


def main(model: Model, description: str | None) -> None:
    """Play a machine as the command line says it."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(_LOGGED),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
    options = _options(description)
    engines = [options.engine] if options.engine else ["SQLite", "Postgres"]
    bugs = [name for name in model.bugs if options.bugs and (not options.bug or name in options.bug)]
    with ExitStack() as held:
        places = _places(held, {*engines, *(model.bugs[name].engine for name in bugs)})
        for engine in engines if options.examples else ():
            _measured(model, places, engine, options.examples)
        for name in bugs:
            with places.ground(model, model.bugs[name].engine) as ground:
                model.find(name, ground)


def _measured(model: Model, places: _Places, engine: str, examples: int) -> None:
    before = _cpu_of_ended_s()
    with places.ground(model, engine) as ground:
        told = model.measure(ground, examples)
    each = (_cpu_of_ended_s() - before) / examples
    print(f"{engine}: {told}" + (f", {each:.2f} of the sandbox" if each else ""), flush=True)


def _cpu_of_ended_s() -> float:
    """Of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _places(held: ExitStack, engines: set[str]) -> _Places:
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    templates: dict[str, Template] = {"SQLite": sqlite_template(folder)}
    if "Postgres" in engines:
        server = held.enter_context(postgres_server())
        templates["Postgres"] = held.enter_context(postgres_template(server))
    return _Places(folder, held.enter_context(valkey_server()), templates)


def _options(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("examples", type=int, nargs="?", default=200, help="on each engine; 0: bugs alone")
    parser.add_argument("--engine", choices=["SQLite", "Postgres"], help="both, unless one is named")
    parser.add_argument("--no-bugs", dest="bugs", action="store_false", help="leave the seeded bugs out")
    parser.add_argument("--bug", action="append", help="put in this one alone")
    return parser.parse_args()
