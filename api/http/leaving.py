"""Ends open streams when the process is told to stop: a web server waits for every answer, and a stream has no end."""

import asyncio
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM)


class Leaving:
    """Whether the process is about to end."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Until it is."""
        await self._event.wait()

    def begin(self) -> None:
        self._event.set()

    @contextmanager
    def heeding_signals(self) -> Generator[None]:
        """Notice the signals that stop the server, which notices them too. Only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in _ENDS}

        def notice(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.begin)
            server = before[signal.Signals(number)]
            if callable(server):
                server(number, frame)

        for number in _ENDS:
            signal.signal(number, notice)
        try:
            yield
        finally:
            for number, server in before.items():
                signal.signal(number, server)
