"""One process at a time: the tests run in several, which share what was downloaded."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Generator[None]:
    """Nobody else is in a block of this file meanwhile; a process that dies in it lets go."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
