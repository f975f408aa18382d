"""The one clock is that of the machine, but where a demo enters what was long ago."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.clock import now, set_back

pytestmark = pytest.mark.anyio
_ROOT = Path(__file__).parents[2]


def _behind() -> int:
    """Whole minutes, for the machine goes on meanwhile."""
    return round((datetime.now(UTC) - now()).total_seconds() / 60)


def test_it_is_set_back_for_a_while_and_within_that_again() -> None:
    with set_back(timedelta(days=1)):
        with set_back(timedelta(days=2)):
            assert _behind() == 2 * 24 * 60
        assert _behind() == 24 * 60
    assert _behind() == 0


def test_it_goes_right_again_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError), set_back(timedelta(days=1)):
        raise ZeroDivisionError
    assert _behind() == 0


async def _of_a_task() -> int:
    await asyncio.sleep(0)
    return _behind()


async def test_others_have_the_clock_of_the_machine_meanwhile() -> None:
    other = asyncio.create_task(_of_a_task())
    with set_back(timedelta(hours=1)):
        own = asyncio.create_task(_of_a_task())
        assert await asyncio.to_thread(_behind) == 60
        assert (await own, await other) == (60, 0)


def test_only_a_demo_sets_it_back() -> None:
    files = [file for folder in ("api", "workers", "schema", "db") for file in (_ROOT / folder).rglob("*.py")]
    users = {file.relative_to(_ROOT).as_posix() for file in files if "set_back(" in file.read_text("utf-8")}
    assert users == {
        "db/clock.py",
        "workers/demo/history.py",
        "workers/demo/money.py",
        "workers/demo/notices.py",
    }
