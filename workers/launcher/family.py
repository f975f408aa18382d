"""Every process that came out of one start, however deep, found by a mark in its environment.

Children fork children of their own (dramatiq its workers, the audio worker its DSP process), and those outlive a parent
that is killed. A mark is inherited by all of them and cannot be lost by changing group, session or parent.

Run as a file, `python family.py MARK` is the warden: it waits for its standard input to end, which it does when the
launcher ends in whatever way, and kills what is left of the family. Standard library only; Linux only.
"""

import os
import signal
import sys
import time
from pathlib import Path

MARK_VARIABLE = "BEATPASS_FAMILY"
_LONGEST_SWEEP_SECONDS = 5.0
_BETWEEN_SWEEPS_SECONDS = 0.01


def members(mark: str) -> list[int]:
    """Process ids whose mark is `mark`, or begins with `mark` and a slash."""
    exact = f"{MARK_VARIABLE}={mark}".encode()
    found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in found if pid != os.getpid() and _carries(pid, exact)]


def kill(mark: str) -> None:
    """SIGKILL the whole family and return when it is gone: a member may have forked while we looked."""
    give_up = time.monotonic() + _LONGEST_SWEEP_SECONDS
    while (left := members(mark)) and time.monotonic() < give_up:
        for pid in left:
            _kill_one(pid)
        time.sleep(_BETWEEN_SWEEPS_SECONDS)


def _kill_one(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _carries(pid: int, mark: bytes) -> bool:
    """A zombie has no environment any more, so a family of zombies counts as gone."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return any(entry == mark or entry.startswith(mark + b"/") for entry in environment.split(b"\0"))


def _stand_guard(mark: str) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.buffer.read()
    kill(mark)


if __name__ == "__main__":
    _stand_guard(sys.argv[1])
