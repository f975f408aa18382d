"""Start child processes in order, keep them running, stop them in reverse order."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from workers.launcher.errors import StartError
from workers.launcher.process import Process, Say

Probe = Callable[[], Awaitable[bool]]
"""Whether a child can be used; asked again and again until it says yes."""

_BETWEEN_PROBES_SECONDS = 0.02


@dataclass(frozen=True)
class Child:
    """What to run.

    Attributes:
        ready: None: ready as soon as it runs.
        runs: `always`: restarted when it ends. `once`: its end with exit code 0 is what the next stage waits for.
            `aside`: nobody waits for its end, and its failure is told and ends nothing.
    """

    name: str
    command: Sequence[str]
    ready: Probe | None = None
    runs: Literal["always", "once", "aside"] = "always"


@dataclass(frozen=True)
class Pace:
    """How patient the supervisor is, in seconds.

    Attributes:
        first_delay: Before a crashed child is started again; doubled for each further crash up to `longest_delay`.
        forgiven_after: A child that ran so long starts from `first_delay` again.
        grace: Between SIGTERM and SIGKILL.
        ready_within: A cold start compiles and loads a lot.
    """

    first_delay: float = 0.5
    longest_delay: float = 30
    forgiven_after: float = 60
    grace: float = 10
    ready_within: float = 60

    def delay(self, previous: float | None, ran: float) -> float:
        """How long to wait before the next start of a child that ran for `ran` seconds."""
        if previous is None or ran >= self.forgiven_after:
            return self.first_delay
        return min(previous * 2, self.longest_delay)


@dataclass(frozen=True)
class Surroundings:
    """What all children have in common."""

    environment: Mapping[str, str]
    directory: Path
    mark: str
    say: Say
    pace: Pace = field(default_factory=Pace)


class Stop:
    """The wish to stop: asked for once, everything ends in order; asked for twice, at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()

    def ask(self) -> None:
        """Stop in order."""
        self.asked.set()

    def interrupt(self) -> None:
        """What Ctrl-C means."""
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()

    def listen(self) -> None:
        """Take the signals of this process."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.interrupt)
        loop.add_signal_handler(signal.SIGTERM, self.ask)
        loop.add_signal_handler(signal.SIGHUP, self.ask)


class Keeper:
    """Sees to one child from its start to its end."""

    def __init__(self, child: Child, surroundings: Surroundings) -> None:
        self._child = child
        self._around = surroundings
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the child and return when it is ready, done if it runs once, or at once if it runs aside.

        Raises:
            StartError: It ended, or was not ready in time.
        """
        process = self._spawn()
        if self._child.runs == "once":
            await self._finish(process)
        elif self._child.runs == "aside":
            self._keeping = asyncio.create_task(self._see_off(process))
        else:
            await self._ready(process)
            self._keeping = asyncio.create_task(self._keep(process))

    async def stop(self, at_once: asyncio.Event) -> None:
        """End the child, its children and the care for it."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        if self._process:
            self._process.terminate()
            await _first_of(
                asyncio.shield(self._process.ended), at_once.wait(), within=self._around.pace.grace
            )
            await self._process.clear_away()

    def _spawn(self) -> Process:
        name = self._child.name
        self._process = Process.start(
            self._child.command,
            environment=self._around.environment,
            directory=self._around.directory,
            mark=f"{self._around.mark}/{name}",
            say=lambda line: self._around.say(name, line),
        )
        return self._process

    async def _finish(self, process: Process) -> None:
        code = await asyncio.shield(process.ended)
        await process.clear_away()
        self._process = None
        if code:
            raise StartError(f"{self._child.name} {how_it_ended(code)}; its lines above say why.")

    async def _see_off(self, process: Process) -> None:
        code = await asyncio.shield(process.ended)
        await process.clear_away()
        self._process = None
        if code:
            self._say(f"{self._child.name} {how_it_ended(code)}; everything else runs on.")

    async def _ready(self, process: Process) -> None:
        if self._child.ready:
            within = self._around.pace.ready_within
            await _first_of(asyncio.shield(process.ended), _until(self._child.ready), within=within)
            if process.ended.done():
                ended = how_it_ended(process.ended.result())
                raise StartError(f"{self._child.name} {ended} before it was ready; its lines above say why.")
            if not await self._child.ready():
                raise StartError(f"{self._child.name} was not ready within {within:g} s.")

    async def _keep(self, process: Process) -> None:
        delay = None
        while True:
            code = await asyncio.shield(process.ended)
            await process.clear_away()
            delay = self._around.pace.delay(delay, time.monotonic() - process.started)
            self._say(f"{self._child.name} {how_it_ended(code)}; starting it again in {delay:g} s.")
            await asyncio.sleep(delay)
            process = self._spawn()
            await self._watch(process)

    async def _watch(self, process: Process) -> None:
        """A child that does not come back is as good as crashed."""
        try:
            await self._ready(process)
        except StartError as problem:
            self._say(str(problem))
            await process.clear_away()
        else:
            self._say(f"{self._child.name} runs again.")

    def _say(self, sentence: str) -> None:
        self._around.say("bp", sentence)


async def supervise(
    stages: Sequence[Sequence[Child]],
    surroundings: Surroundings,
    *,
    stop: Stop,
    when_ready: Callable[[], None],
) -> int:
    """Run the stages, each when the one before it is ready, until `stop` is asked for.

    Returns:
        The exit code: 0 when stopped on request, 1 when the start failed; no process is left in either case.
    """
    keepers = [[Keeper(child, surroundings) for child in stage] for stage in stages]
    try:
        await _first_of(_start(keepers), stop.asked.wait(), within=None)
        if not stop.asked.is_set():
            when_ready()
        await stop.asked.wait()
    except StartError as problem:
        surroundings.say("bp", str(problem))
        return 1
    finally:
        for stage in reversed(keepers):
            await asyncio.gather(*(keeper.stop(stop.at_once) for keeper in stage))
    return 0


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


async def _start(stages: Sequence[Sequence[Keeper]]) -> None:
    for stage in stages:
        starts = [asyncio.create_task(keeper.start()) for keeper in stage]
        try:
            await asyncio.gather(*starts)
        finally:
            await _cancel(starts)


async def _until(ready: Probe) -> None:
    while not await ready():  # noqa: ASYNC110 -- the answer comes from another process
        await asyncio.sleep(_BETWEEN_PROBES_SECONDS)


async def _first_of(*things: Awaitable[object], within: float | None) -> None:
    """Return when one is done or the seconds are over; raise what it raised; cancel the others."""
    tasks = [asyncio.ensure_future(thing) for thing in things]
    try:
        done, _ = await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _cancel(tasks)


async def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
