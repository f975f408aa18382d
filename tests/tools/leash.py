"""Holds a server of the tests on a leash: `python leash.py DIRECTORIES SIGNAL USER COMMAND…`.

The tests keep the other end of this process's standard input. However they end, kill -9 included, that end closes:
the server is stopped with SIGNAL, and DIRECTORIES (colons between them, the one it runs in first) are removed.
USER is empty or the number the server runs as.
Standard library only, and nothing of this repository: it is run as a file.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys

_GRACE_SECONDS = 10


def _wait_for_either(server: subprocess.Popen[bytes]) -> None:
    """Return when the tests let go or the server ended by itself."""
    watched = [sys.stdin.fileno(), os.pidfd_open(server.pid)]
    select.select(watched, [], [])


def _stop(server: subprocess.Popen[bytes], by: signal.Signals) -> None:
    server.send_signal(by)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(_GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)


def main(directories: str, signal_name: str, user: str, *command: str) -> None:
    identity = int(user) if user else None
    server = subprocess.Popen(
        command,
        cwd=directories.split(":", maxsplit=1)[0],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        user=identity,
        group=identity,
        extra_groups=[] if user else None,
    )
    try:
        _wait_for_either(server)
        _stop(server, signal.Signals[signal_name])
    finally:
        for directory in directories.split(":"):
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
