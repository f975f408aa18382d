"""The tools of the tests themselves: what they promise to every other test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import psutil  # type: ignore[import-untyped] # mypy wants a stubs package; pyright reads its own
from sqlalchemy import create_engine, text

from tests.tools.postgres import execute
from tests.tools.valkey import ask

_ROOT = Path(__file__).parents[2]


def test_a_database_is_migrated_and_empty_for_every_test(database_url: str) -> None:
    engine = create_engine(database_url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM job")).scalar() == 0
    engine.dispose()


def test_postgres_is_version_18(postgres_server: str) -> None:
    execute(
        postgres_server, "DO $$ BEGIN ASSERT current_setting('server_version_num')::int / 10000 = 18; END $$"
    )


def test_valkey_is_empty_for_every_test(valkey_url: str) -> None:
    assert ask(valkey_url, "DBSIZE") == 0
    ask(valkey_url, "SET", "left", "over")


def test_valkey_was_flushed_after_the_test_before(valkey_url: str) -> None:
    assert ask(valkey_url, "DBSIZE") == 0


def test_killed_tests_leave_no_server_behind(tmp_path: Path) -> None:
    """A process that does what a test run does is killed in the middle of it."""
    program = (
        "import time\nfrom tests.tools import postgres, valkey\n"
        "with postgres.postgres_server() as one, valkey.valkey_server() as two:\n"
        "    print(one, postgres.data_of(one), two, flush=True)\n    time.sleep(1000)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "BEATPASS_TEST_POSTGRES_URL"}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=_ROOT, stdout=-1, text=True, env=environment
    ) as tests:
        assert tests.stdout
        postgres_url, data, valkey_url = tests.stdout.readline().split()
        directories = [Path(unquote(postgres_url.split("host=")[1])), Path(data), Path(valkey_url[7:]).parent]
        assert all(directory.is_dir() for directory in directories)
        tests.kill()
    assert _within(10, lambda: not any(directory.exists() for directory in directories))
    assert not [process for process in psutil.process_iter(["cmdline"]) if _mentions(process, directories)]


def _mentions(process: psutil.Process, directories: list[Path]) -> bool:
    words = " ".join(process.info["cmdline"] or ())
    return process.status() != psutil.STATUS_ZOMBIE and any(
        str(directory) in words for directory in directories
    )


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
