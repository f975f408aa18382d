"""Has documents printed by one child process: its libraries take a second to load and 60 MB, and printing is all CPU.

Requests and answers go through its pipes behind their length, one at a time. Whatever cuts an exchange short (time, a
crash, a cancelled request) ends that child, so that an answer can never reach the wrong question.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from typing import Final

import orjson

from api.documents.parts import Document, Text

LENGTH_BYTES: Final = 8
PRINTED: Final = b"\x01"
"""First byte of an answer that is a document; of any other, a traceback follows."""
_TIMEOUT_S: Final = 30
"""A certificate takes 0.3 s, and the start of the child a second."""
_KEPT: Final = 32
"""Printed documents of some 30 KB: readers of PDF ask for one several times, in parts."""


class PrintingFailed(Exception):  # noqa: N818 -- a sentence, as refusals have
    """The child did not print the document; the message says why."""


class Press:
    """One child process, started when first needed and replaced when it has to be killed.

    It belongs to one event loop, and dies with the thread that runs it.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    async def printed(self, document: Document | Text) -> bytes:
        """A document as PDF: the same bytes whenever it says the same.

        Raises:
            PrintingFailed: It could not be printed.
        """
        said = orjson.dumps(document)
        if found := self._kept.get(said):
            self._kept.move_to_end(said)
            return found
        async with self._turn:  # somebody before in the line may have asked for the same
            return self._kept.get(said) or await self._print(said)

    async def _print(self, said: bytes) -> bytes:
        answer = await self._exchange(said)
        if answer[:1] != PRINTED:
            raise PrintingFailed(answer[1:].decode(errors="replace"))
        self._kept[said] = answer[1:]
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return answer[1:]

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._kill()

    async def _exchange(self, request: bytes) -> bytes:
        finished = False
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await _ask(await self._ready(), request)
                finished = True
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            raise PrintingFailed(f"the press stopped: {error!r}") from error
        finally:
            if not finished:
                await self._kill()
        return answer

    async def _ready(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            command = [sys.executable, "-m", "api.documents.printer"]
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _ask(process: Process, request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(request).to_bytes(LENGTH_BYTES, "little") + request)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "little")
    return await process.stdout.readexactly(length)
