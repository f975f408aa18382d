"""One run of a child process: its lines passed on, its end awaited, nothing of it left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from workers.launcher import family

Say = Callable[[str, str], None]
"""Shows a line of the one who is named first."""

_CHUNK_BYTES = 65_536
_LAST_WORDS_SECONDS = 1.0
"""What a dead child has said is in the pipe already; only a stranger can hold it open."""


class Process:
    """A running child and all that comes out of it.

    Attributes:
        ended: Done when the child itself has ended; its result is the exit code, negative for a signal.
        started: On the monotonic clock.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], output: IO[bytes], mark: str, say: Callable[[str], None]
    ) -> None:
        self._process = process
        self._mark = mark
        self._output = asyncio.create_task(_pass_on(output, say))
        self.ended = asyncio.create_task(_end_of(process))
        self.started = time.monotonic()

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        mark: str,
        say: Callable[[str], None],
    ) -> Self:
        """Start in a session of its own, so that the terminal's Ctrl-C reaches the launcher alone."""
        process = subprocess.Popen(  # noqa: S603 -- commands of our own plan
            command,
            cwd=directory,
            env={**environment, family.MARK_VARIABLE: mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout
        return cls(process, process.stdout, mark, say)

    def terminate(self) -> None:
        """Ask it to end in its own way; it tells its own children."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    async def clear_away(self) -> None:
        """Kill what is left of it and of its children, and wait for the last of its lines."""
        await asyncio.to_thread(family.kill, self._mark)
        await self.ended
        await asyncio.wait({self._output}, timeout=_LAST_WORDS_SECONDS)
        self._output.cancel()


async def _end_of(process: subprocess.Popen[bytes]) -> int:
    """Not asyncio's own: that also waits for a pipe which grandchildren may hold open."""
    descriptor = os.pidfd_open(process.pid)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    return process.wait()


async def _pass_on(output: IO[bytes], say: Callable[[str], None]) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), output)
    try:
        async for line in _lines(reader):
            say(line.decode(errors="replace").rstrip())
    finally:
        transport.close()


async def _lines(reader: asyncio.StreamReader) -> AsyncGenerator[bytes]:
    """Lines as they come; one without an end is cut, so that it cannot fill the memory."""
    rest = b""
    while chunk := await reader.read(_CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > _CHUNK_BYTES:
            yield rest
            rest = b""
    if rest:
        yield rest
