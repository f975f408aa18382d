"""Where the time of a test run went, per directory of tests."""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

BUDGET_MINUTES = 15
"""For the whole suite on two cores: longer than that, and it is no longer run before every change."""


def _no_time() -> dict[str, float]:
    return defaultdict(float)


@dataclass(frozen=True, eq=False)  # pytest wants its plugins hashable
class Stopwatch:
    """A pytest plugin: adds up what each test took, its fixtures included."""

    seconds: dict[str, float] = field(default_factory=_no_time)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[group(report.nodeid)] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("time per group")
        for name, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{seconds:8.1f} s  {name}")
        total = sum(self.seconds.values())
        terminalreporter.write_line(
            f"{total:8.1f} s  of {BUDGET_MINUTES * 60} s", red=total > BUDGET_MINUTES * 60
        )


def group(nodeid: str) -> str:
    """`tests/launcher/test_x.py::test_y` is in `launcher`; a file beside the groups is its own."""
    return nodeid.split("::", maxsplit=1)[0].removeprefix("tests/").split("/")[0]
