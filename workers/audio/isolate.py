"""Runs the engine in one warmed child process, which can be killed when C code does not come back.

C code that holds the GIL cannot be interrupted by a thread, and a worker that stops answering is run twice
(ARCHITECTURE section 3). Requests and answers are pickles of plain values behind their length, one at a time; whatever
cuts an exchange short (time, a crash, a cancelled await) ends that child, so an answer can never reach the wrong
question.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from typing import Any, Final, Self

START_TIMEOUT_S: Final = 60
"""Importing numpy and soxr takes 0.3 s warm, some seconds from a cold disk on a busy machine."""
LENGTH_BYTES: Final = 8
ENGINE: Final = "workers.audio.engine"
ANALYST: Final = "workers.audio.analyst"
_ONE_CORE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Matrices are small here: a second thread of the linear algebra only waits, and burns half as much CPU again."""


class AudioChildTimedOut(Exception):  # noqa: N818 - refusals are named as sentences
    """The child took longer than it was given, and was killed."""


class AudioChildDied(Exception):  # noqa: N818 - refusals are named as sentences
    """The child ended in the middle of its work."""


class AudioChildFailed(Exception):  # noqa: N818 - refusals are named as sentences
    """The work raised something that cannot travel between processes; the message has its traceback."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the child shall do."""

    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: a value, or an exception."""

    value: Any = None
    error: BaseException | None = None


def packed(message: object) -> bytes:
    """A message as it goes through the pipe."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


class AudioChild:
    """One child process, started when first needed and replaced when it has to be killed.

    It belongs to one event loop. Calls wait for each other. The child dies with the thread that started it
    (PR_SET_PDEATHSIG), so that thread must be the loop's own, which it is for every loop that lives as long as its
    worker.

    Args:
        module: Where the child finds `FUNCTIONS`, the mapping of names to what may be run.
        niceness: How far the child stands behind other processes, 0 to 19.
        start_timeout_s: Until a child that is still importing is killed.
    """

    def __init__(
        self, *, module: str = ENGINE, niceness: int = 0, start_timeout_s: float = START_TIMEOUT_S
    ) -> None:
        self._module = module
        self._niceness = niceness
        self._start_timeout_s = start_timeout_s
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._warm = False

    async def __aenter__(self) -> Self:
        await self.warm()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the child, while there is one."""
        return self._process.pid if self._process else None

    async def warm(self) -> None:
        """Starts the child and waits until its imports are done."""
        async with self._turn:
            await self._ready()

    async def run(self, name: str, *args: object, timeout_s: float) -> Any:
        """Runs a function of the module in the child.

        Args:
            name: Key in `FUNCTIONS`.
            *args: Plain values.
            timeout_s: Until the child is killed; waiting for other calls and for the start does not count.

        Returns:
            What the function returned.

        Raises:
            AudioChildTimedOut: It took too long.
            AudioChildDied: The child crashed.
            Exception: Whatever the function raised, as it was raised.
        """
        async with self._turn:
            process = await self._ready()
            answer = await self._exchange(process, Request(name, args), timeout_s)
        if answer.error is not None:
            raise answer.error
        return answer.value

    async def close(self) -> None:
        """Ends the child."""
        async with self._turn:
            await self._kill()

    async def _ready(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            await self._kill()
            await self._spawn()
        assert self._process is not None
        if not self._warm:
            await self._exchange(self._process, None, self._start_timeout_s)
            self._warm = True
        return self._process

    async def _spawn(self) -> None:
        command = [sys.executable, "-m", "workers.audio.child", self._module, str(self._niceness)]
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=os.environ | _ONE_CORE
        )

    async def _exchange(self, process: Process, request: Request | None, timeout_s: float) -> Answer:
        finished = False
        try:
            async with asyncio.timeout(timeout_s):
                answer = await _ask(process, request)
                finished = True
        except TimeoutError as error:
            raise AudioChildTimedOut(f"no answer within {timeout_s:g} s") from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise AudioChildDied("the audio child ended in the middle of its work") from error
        finally:
            if not finished:
                await self._kill()
        return answer

    async def _kill(self) -> None:
        process, self._process, self._warm = self._process, None, False
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _ask(process: Process, request: Request | None) -> Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    if request is not None:
        process.stdin.write(packed(request))
        await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "little")
    answer = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own child wrote it
    assert isinstance(answer, Answer)
    return answer
