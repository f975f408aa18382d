"""`./bp run`: check, start, show where to go, keep running, stop."""

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from workers.launcher import family
from workers.launcher.banner import Terminal, banner
from workers.launcher.embedded import (
    address,
    check_port,
    data_directory,
    locked,
    sandbox_address,
    secret_key,
    socket_path,
)
from workers.launcher.errors import StartError
from workers.launcher.plan import Place, environment, stages
from workers.launcher.supervise import Stop, Surroundings, supervise

_ROOT: Final = Path(__file__).parents[2]


def main() -> int:
    """Run BeatPass until it is stopped.

    Returns:
        0 when it was stopped on request, 1 when it could not start, 130 for a Ctrl-C before anything was started.
    """
    try:
        return _run(os.environ)
    except StartError as problem:
        print(f"bp: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(given: Mapping[str, str]) -> int:
    where = address(given)
    data = data_directory(given)
    with locked(data) as lock:
        check_port(where)
        place = Place(where, data, socket_path(data), secret_key(data), sandbox_address(given, where))
        with _family(lock) as mark:
            return asyncio.run(_serve(place, given, mark))


async def _serve(place: Place, given: Mapping[str, str], mark: str) -> int:
    terminal = Terminal(sys.stdout, given)
    stop = Stop()
    stop.listen()
    around = Surroundings(environment(place, given), _ROOT, mark, terminal.say)
    return await supervise(stages(place), around, stop=stop, when_ready=lambda: terminal.show(banner(place)))


@contextmanager
def _family(lock: int) -> Generator[str]:
    """The mark of all processes of this start; none is left after the block, nor if this process is killed in it."""
    mark = uuid.uuid4().hex
    warden = subprocess.Popen(  # noqa: S603 -- our own file
        [sys.executable, "-I", "-S", family.__file__, mark],
        stdin=subprocess.PIPE,
        pass_fds=(lock,),
        start_new_session=True,
    )
    try:
        yield mark
    finally:
        warden.communicate()
