"""Where the time of a test run went, per directory of tests."""

import time
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

BUDGET_MINUTES = 15
"""For the whole suite on two cores: longer than that, and it is no longer run before every change."""


def _no_time() -> dict[str, float]:
    return defaultdict(float)


@dataclass(frozen=True, eq=False)  # pytest wants its plugins hashable
class Stopwatch:
    """A pytest plugin: adds up what each test took, its fixtures included, in whichever process it ran."""

    seconds: dict[str, float] = field(default_factory=_no_time)
    began: float = field(default_factory=time.monotonic)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[group(report.nodeid)] += report.duration

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        terminalreporter.section("time per group")
        for name, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{seconds:8.1f} s  {name}")
        processes = config.getoption("numprocesses") or 1
        total, wall = sum(self.seconds.values()), time.monotonic() - self.began
        terminalreporter.write_line(f"{total:8.1f} s  all of them, in {processes} process(es)")
        budget = BUDGET_MINUTES * 60
        terminalreporter.write_line(f"{wall:8.1f} s  of {budget} s on the clock", red=wall > budget)


def group(nodeid: str) -> str:
    """`tests/launcher/test_x.py::test_y` is in `launcher`; a file beside the groups is its own."""
    return nodeid.split("::", maxsplit=1)[0].removeprefix("tests/").split("/")[0]
