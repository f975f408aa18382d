"""The supervisor alone, with small real children."""

import asyncio
import sys
from pathlib import Path

import pytest

from workers.launcher import family
from workers.launcher.supervise import Child, Pace, Stop, Surroundings, supervise

_FAST = Pace(first_delay=0.05, longest_delay=0.2, grace=0.5, ready_within=2)


def child(name: str, program: str, **options: object) -> Child:
    return Child(name, (sys.executable, "-S", "-u", "-c", program), **options)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- a test's shorthand


def run(*stages: tuple[Child, ...], until: str, directory: Path) -> tuple[int, list[str]]:
    """Supervise until a line holds these words, then stop: the exit code, and the lines as `name: line`."""
    lines: list[str] = []
    tag = f"test-{directory.parent.name}-{directory.name}"  # tests of another process may have such a folder too

    async def supervised() -> int:
        stop = Stop()

        def say(name: str, line: str) -> None:
            lines.append(f"{name}: {line}")
            if until in lines[-1]:
                stop.ask()

        around = Surroundings({}, directory, tag, say, _FAST)
        return await supervise(stages, around, stop=stop, when_ready=lambda: say("bp", "ready"))

    code = asyncio.run(asyncio.wait_for(supervised(), 20))
    assert family.members(tag) == []
    return code, lines


def test_the_delay_doubles_to_half_a_minute_and_is_forgiven_after_a_minute() -> None:
    pace = Pace()
    delays = [pace.delay(None, 0)]
    while len(delays) < 8:
        delays.append(pace.delay(delays[-1], 59.9))
    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert pace.delay(30, 60) == 0.5


def test_a_crashed_child_is_restarted_with_back_off(tmp_path: Path) -> None:
    code, lines = run((child("web", "raise SystemExit(7)"),), until="0.2 s", directory=tmp_path)
    crashes = [line for line in lines if "exit code 7" in line]
    assert code == 0
    assert crashes == [
        f"bp: web ended with exit code 7; starting it again in {delay} s." for delay in (0.05, 0.1, 0.2)
    ]


def test_a_stage_waits_for_the_one_before_and_stops_after_the_one_behind(tmp_path: Path) -> None:
    def stage(name: str) -> Child:
        seen = tmp_path / name
        program = (
            "import signal, time; time.sleep(0.1); signal.signal(15, lambda *_: (print('down'), exit())); print('up');"
            f" open({str(seen)!r}, 'w').close(); time.sleep(100)"
        )

        async def ready() -> bool:
            return seen.exists()

        return child(name, program, ready=ready)

    code, lines = run((stage("a"),), (stage("b"),), until="ready", directory=tmp_path)
    assert code == 0
    assert [line for line in lines if "up" in line] == ["a: up", "b: up"]
    assert [line for line in lines if "down" in line] == ["b: down", "a: down"]


def test_a_child_that_runs_once_is_waited_for(tmp_path: Path) -> None:
    first = child("first", "import time; time.sleep(0.2); print('done')", runs="once")
    _, lines = run(
        (first,),
        (child("second", "print('go'); import time; time.sleep(9)"),),
        until="go",
        directory=tmp_path,
    )
    assert lines[:2] == ["first: done", "bp: ready"] or "second: go" in lines
    assert lines.index("first: done") < lines.index("second: go")


def test_a_child_that_is_not_ready_in_time_ends_the_start(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    lazy = child("web", "import time; time.sleep(100)", ready=never)
    code, lines = run((lazy,), until="nothing", directory=tmp_path)
    assert (code, lines) == (1, ["bp: web was not ready within 2 s."])


def test_a_child_that_will_not_listen_is_killed_after_the_grace(tmp_path: Path) -> None:
    deaf = child(
        "deaf", "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(100)"
    )
    code, _ = run((deaf,), until="deaf: deaf", directory=tmp_path)
    assert code == 0


@pytest.mark.parametrize("text", ["'x' * 200_000", "'x' * 200_000 + chr(10)"])
def test_a_line_without_end_is_passed_on_in_pieces(tmp_path: Path, text: str) -> None:
    program = f"import sys, time; sys.stdout.write({text}); sys.stdout.write('\\nend\\n'); time.sleep(100)"
    _, lines = run((child("web", program),), until="web: end", directory=tmp_path)
    assert sum(line.count("x") for line in lines) == 200_000
