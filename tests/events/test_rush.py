"""Several processes hand out the seats of one event, and none of them twice (D-72)."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.events.gathering import an_event, going, line
from tests.factories import a_verified_producer
from tests.stage import Stage

pytestmark = pytest.mark.anyio
_ROOT = Path(__file__).parents[2]


async def test_processes_at_once_give_as_many_seats_as_there_are(stage: Stage) -> None:
    event = await an_event(stage.sessions, capacity=7)
    people = [(await a_verified_producer(stage.sessions, f"P{one}")).account for one in range(24)]
    url = stage.settings.database_url
    called = [[url, event, *people[number::3]] for number in range(3)]
    rushing = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.events.rush", *one, cwd=_ROOT, stdin=PIPE, stderr=PIPE
        )
        for one in called
    ]
    ended = await asyncio.gather(*(one.communicate(b"\n") for one in rushing))
    assert [one.returncode for one in rushing] == [0, 0, 0], ended
    assert await going(stage.sessions, event) == 7
    assert len(set(await line(stage.sessions, event))) == 24 - 7
