"""Start a real server for the tests and be sure that it is gone afterwards."""

import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Launch:
    """What to start.

    Attributes:
        directory: Where it lives; removed when it has stopped.
        stop_signal: Name of the signal that asks it to end at once.
        user: Number of the user to run as; None: the one who runs the tests.
        also: Where else it keeps files; removed too.
    """

    name: str
    directory: Path
    command: Sequence[str]
    stop_signal: str = "SIGTERM"
    user: int | None = None
    also: Sequence[Path] = ()


class ServerStartError(RuntimeError):
    """A server that the tests need ended, or did not answer in time."""


@contextmanager
def running(launch: Launch, *, answers: Callable[[], bool], seconds: float = 30) -> Generator[None]:
    """Run a server on a leash for the length of the block; its output is shown if it does not start."""
    log = launch.directory / "server.log"
    with log.open("wb") as output:
        leash = subprocess.Popen(
            _leashed(launch), stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(leash, launch, answers, time.monotonic() + seconds)
        yield
    finally:
        leash.communicate()


def _leashed(launch: Launch) -> list[str]:
    user = "" if launch.user is None else str(launch.user)
    return [
        sys.executable,
        "-I",
        "-S",
        str(_LEASH),
        ":".join(map(str, [launch.directory, *launch.also])),
        launch.stop_signal,
        user,
        *launch.command,
    ]


def _wait(
    leash: subprocess.Popen[bytes], launch: Launch, answers: Callable[[], bool], deadline: float
) -> None:
    log = launch.directory / "server.log"
    said = ""
    while not answers():
        said = log.read_text(errors="replace") if log.exists() else said
        if leash.poll() is not None or time.monotonic() > deadline:
            raise ServerStartError(f"{launch.name} did not start:\n{said[-4000:]}")
        time.sleep(_POLL_SECONDS)
