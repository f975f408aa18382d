import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]  # the package ships no types
import pytest

from api.uploads.wav import WavRefused
from db.vocabulary import ErrorCode
from workers.audio.index import Analysis
from workers.audio.isolate import AudioChild, AudioChildDied, AudioChildFailed, AudioChildTimedOut
from workers.audio.synth import beat, write_wav

FUNCTIONS = "tests.audio.child_functions"


def with_child(story: Callable[[AudioChild], Awaitable[None]], *, module: str = FUNCTIONS) -> None:
    async def told() -> None:
        async with AudioChild(module=module) as child:
            await story(child)

    asyncio.run(told())


def test_values_travel_there_and_back() -> None:
    async def story(child: AudioChild) -> None:
        big = np.arange(2_000_000)
        assert (await child.run("echo", big, timeout_s=30) == big).all()
        assert await child.run("pid", timeout_s=30) == child.pid != os.getpid()

    with_child(story)


def test_calls_wait_for_each_other_and_get_their_own_answers() -> None:
    async def story(child: AudioChild) -> None:
        answers = await asyncio.gather(*(child.run("echo", n, timeout_s=30) for n in range(50)))
        assert answers == list(range(50))

    with_child(story)


def test_a_refusal_stays_a_refusal() -> None:
    async def story(child: AudioChild) -> None:
        with pytest.raises(WavRefused, match="The audio ends early") as caught:
            await child.run("refuse", timeout_s=30)
        assert caught.value.code is ErrorCode.WAV_TRUNCATED
        with pytest.raises(AudioChildFailed, match="Unpicklable: ab"):
            await child.run("break_pickling", timeout_s=30)
        assert await child.run("echo", 1, timeout_s=30) == 1

    with_child(story)


def test_what_a_library_prints_does_not_reach_the_pipe() -> None:
    async def story(child: AudioChild) -> None:
        assert await child.run("shout", "hello\n", timeout_s=30) == "hello\n"
        assert await child.run("echo", 2, timeout_s=30) == 2

    with_child(story)


def test_a_child_that_takes_too_long_is_replaced() -> None:
    async def story(child: AudioChild) -> None:
        first = child.pid
        assert first is not None
        with pytest.raises(AudioChildTimedOut):
            await child.run("sleep", 60, timeout_s=0.2)
        assert not psutil.pid_exists(first)
        assert await child.run("pid", timeout_s=30) != first

    with_child(story)


def test_a_child_that_crashes_is_replaced() -> None:
    async def story(child: AudioChild) -> None:
        first = child.pid
        with pytest.raises(AudioChildDied):
            await child.run("crash", timeout_s=30)
        assert await child.run("pid", timeout_s=30) != first

    with_child(story)


def test_a_child_killed_between_two_calls_is_replaced() -> None:
    async def story(child: AudioChild) -> None:
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert await child.run("pid", timeout_s=30) != first

    with_child(story)


def test_a_cancelled_call_leaves_no_answer_for_the_next() -> None:
    async def story(child: AudioChild) -> None:
        running = asyncio.create_task(child.run("sleep", 0.3, timeout_s=30))
        await asyncio.sleep(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await child.run("echo", "mine", timeout_s=30) == "mine"

    with_child(story)


def test_a_call_cancelled_while_it_waits_disturbs_nobody() -> None:
    async def story(child: AudioChild) -> None:
        first = child.pid
        running = asyncio.create_task(child.run("sleep", 0.3, timeout_s=30))
        waiting = asyncio.create_task(child.run("echo", "never", timeout_s=30))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await running
        assert await child.run("pid", timeout_s=30) == first

    with_child(story)


PARENT = """
import asyncio
from workers.audio.isolate import AudioChild

async def main():
    child = AudioChild(module="tests.audio.child_functions")
    await child.warm()
    print(child.pid, flush=True)
    await child.run("sleep", 60, timeout_s=60)

asyncio.run(main())
"""


def test_the_child_dies_with_a_parent_killed_by_force() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        parent.kill()
    ends = time.monotonic() + 5
    while _lives(child) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_the_engine_analyses_in_the_child(tmp_path: Path) -> None:
    wav = tmp_path / "beat.wav"
    write_wav(wav, beat(seed=1, bpm=120, key=0, seconds=8), bit_depth=24)

    async def story(child: AudioChild) -> None:
        analysis = await child.run("analyse", wav, timeout_s=60)
        assert isinstance(analysis, Analysis)
        assert (analysis.duration_ms, analysis.bit_depth, len(analysis.words)) == (8000, 24, 86)
        await child.run("make_preview", wav, tmp_path / "beat.mp3", timeout_s=60)
        wav.write_bytes(b"ID3")
        with pytest.raises(WavRefused):
            await child.run("analyse", wav, timeout_s=60)

    with_child(story, module="workers.audio.engine")
