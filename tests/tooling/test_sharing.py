"""Two processes share a run: who gets which tests, and what they share."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.locks import alone
from tests.tools.spreading import in_order, place

_ROOT = Path(__file__).parents[2]
_HOLD = """
import sys, time
from pathlib import Path
from tests.tools.locks import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(1000)
"""


def test_what_shares_a_dear_fixture_stays_together_and_other_files_are_free() -> None:
    assert [
        place(f"tests/demo/{file}") for file in ("test_seed.py::test_x[a/b]", "test_walk.py::test_y")
    ] == [
        "demo",
        "demo",
    ]
    assert place("tests/catalog/test_lists.py::test_x[a::b]") == "tests/catalog/test_lists.py"
    assert place("tests/test_schema.py::test_x") == "tests/test_schema.py"


def test_long_groups_begin_first_and_the_others_keep_their_order() -> None:
    given = [
        "tests/rules/test_b.py::x",
        "tests/demo/test_z.py::x",
        "tests/db/test_a.py::x",
        "tests/demo/test_a.py::x",
    ]
    assert sorted(given, key=in_order) == [given[1], given[3], given[0], given[2]]


def test_a_lock_is_held_by_one_process_at_a_time_and_ends_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "one.lock"
    command = [sys.executable, "-c", _HOLD, str(lock)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with lock.open("w") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        other.kill()
    with alone(lock):
        assert lock.exists()
