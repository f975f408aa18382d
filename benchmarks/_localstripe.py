"""localstripe, in an environment of its own below .cache: fetched once, every byte checked by localstripe.txt."""

import hashlib
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.tools.server import Launch, running
from tests.tools.web import free_port

_ROOT: Final = Path(__file__).parents[1]
_LOCK: Final = Path(__file__).with_name("localstripe.txt")
_START: Final = """
from localstripe import resources, server
resources.Store.dump_to_disk = lambda store: None
server.start()
"""
"""It forgets what it had: else it lays that under one name on the whole machine, whoever runs it."""


@contextmanager
def localstripe() -> Generator[str]:
    """Its address, for the length of the block."""
    port = free_port()
    command = [str(_python()), "-P", "-c", _START, "--from-scratch", "--port", str(port)]
    directory = Path(tempfile.mkdtemp(prefix="bp-localstripe-"))
    with running(Launch("localstripe", directory, command), answers=lambda: _answers(port)):
        yield f"http://127.0.0.1:{port}"


def _python() -> Path:
    """The interpreter of its environment, which is made where it is not."""
    made = _ROOT / ".cache" / "localstripe" / hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:16]
    if not made.exists():
        half = made.with_name(f"{made.name}-half")
        shutil.rmtree(half, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(half)], check=True)
        _install(half / "bin" / "python")
        half.rename(made)
    return made / "bin" / "python"


def _install(python: Path) -> None:
    """First what it is made with and needs, as wheels; then itself, which PyPI has as source only."""
    blocks = _blocks(_LOCK.read_text())
    own = [block for block in blocks if block.startswith("localstripe==")]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    exact = [*pip, "--no-deps", "--require-hashes"]
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "needed.txt", Path(folder) / "own.txt"
        first.write_text("\n".join(block for block in blocks if block not in own))
        second.write_text("\n".join(own))
        subprocess.run([*exact, "--only-binary", ":all:", "-r", str(first)], check=True)
        subprocess.run([*exact, "--no-build-isolation", "-r", str(second)], check=True)


def _blocks(lock: str) -> list[str]:
    """Each requirement with its hashes."""
    lines = [line for line in lock.splitlines() if line and not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    return ["\n".join(lines[start:end]) for start, end in itertools.pairwise([*starts, len(lines)])]


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
