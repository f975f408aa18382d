"""Which process runs which tests: two share a run of the whole suite, and each has servers of its own."""

from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped] # it has no marker; pyright reads its annotations

from tests.tools.timing import group

_PROCESSES: Final = 2
"""Of a run of everything, on the two cores that its budget is meant for. `-n` asks for more, or for none."""
_TOGETHER: Final = ("demo", "graphql", "workers")
"""Folders that share what takes long to make: a filled demo, web processes, audio children and what they heard."""
_LONGEST_FIRST: Final = (
    "demo",
    "workers",
    "journeys",
    "test_bad_input.py",
    "test_authorisation.py",
    "launcher",
    "graphql",
)
"""A long file that began last would be waited for by a process that has nothing left to do."""


def processes(config: pytest.Config) -> int:
    """How many to start where nobody said it: a part is done sooner than a second process has started."""
    return 0 if config.args_source is pytest.Config.ArgsSource.ARGS else _PROCESSES


def place(nodeid: str) -> str:
    """What runs in one process, in its order: some folders as a whole, and every other file."""
    folder = group(nodeid)
    return folder if folder in _TOGETHER else nodeid.split("::", maxsplit=1)[0]


def in_order(nodeid: str) -> int:
    """Sorts the longest first, and leaves the others as they are."""
    name = group(nodeid)
    return _LONGEST_FIRST.index(name) if name in _LONGEST_FIRST else len(_LONGEST_FIRST)


class ByPlace(LoadScopeScheduling):  # type: ignore[misc] # mypy does not know it, see above
    """Gives the places to the processes, one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return place(nodeid)
