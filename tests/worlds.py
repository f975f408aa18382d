"""What machines of small steps have in common: one installation, steps that end or are overtaken in the middle, and an end
at which everything is through.
"""

import asyncio
from abc import abstractmethod
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar, Protocol

import httpx
import pytest
from hypothesis.stateful import RuleBasedStateMachine

from tests.installations import Installation
from tests.purchases.interruptions import Interruptions, Killed, Meanwhile
from tests.purchases.sales_troubles import Fault, Kill, Overtake, Trouble
from tests.stage import Json, Stage
from tests.tools.stripe_sandbox import Seller


class World(RuleBasedStateMachine):
    """One example.

    Args:
        place: As each example finds it.
        take_over: What another worker does meanwhile, where one is overtaken.
        callers: Modules that ask the payment provider for something once.
    """

    tally: ClassVar[Counter[str]]

    def __init__(self, place: Installation, take_over: Meanwhile, callers: Sequence[str] = ()) -> None:
        super().__init__()
        self.held = ExitStack()
        self.runner, self.sessions, self._take_over = place.runner, place.stage.sessions, take_over
        self.interruptions = Interruptions()
        patch = self.held.enter_context(pytest.MonkeyPatch.context())
        self.interruptions.watch(patch, self.sessions, callers)
        self.undrained = 0
        self.tally["examples"] += 1

    @abstractmethod
    def drain(self, *, ends: bool = False) -> None:
        """Nothing goes wrong any more, and everything is told and done."""

    def teardown(self) -> None:
        try:
            self.drain(ends=True)
        finally:
            self.close()

    def close(self) -> None:
        self.interruptions.stop()
        self.held.close()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """Whatever comes of it; nothing, where its process ends meanwhile."""
        try:
            return self.runner.run(doing)
        except Killed:
            return None

    def at_once(self, *doing: Coroutine[Any, Any, Any]) -> list[Any]:
        """What comes of several things, but for those whose process ended."""
        return [one for one in self.runner.run(_gathered(*doing)) if not isinstance(one, Killed)]

    def meet(self, trouble: Kill | Overtake | None) -> None:
        """Have this happen to what is done next."""
        if trouble is None:
            return
        self.tally[type(trouble).__name__.lower()] += 1
        if isinstance(trouble, Kill):
            self.interruptions.kill_at(trouble.moment)
        else:
            self.interruptions.overtake_at(trouble.moment, self._take_over)

    def calm(self) -> None:
        """What was to happen and has not, does not."""
        self.tally["came about"] += self.interruptions.happened
        self.interruptions.happened = 0
        self.interruptions.stop()


class Paid(Protocol):
    """An installation, and the account at the payment provider that is its own."""

    @property
    def stage(self) -> Stage: ...

    @property
    def seller(self) -> Seller: ...

    async def post(self, letter: Json) -> httpx.Response:
        """A webhook comes in."""
        ...


class PaidWorld(World):
    """One whose payment provider is the sandbox, which fails too.

    Attributes:
        late: Webhooks that have not come in yet.
    """

    def __init__(self, place: Installation, paid: Paid, take_over: Meanwhile, callers: Sequence[str]) -> None:
        super().__init__(place, take_over, callers)
        self._paid = paid
        self.late: list[Json] = []

    def meet(self, trouble: Trouble) -> None:
        if not isinstance(trouble, Fault):
            super().meet(trouble)
            return
        method, path = trouble.call
        late = 0.05 if trouble.kind == "late" else 0
        self._paid.seller.arm(trouble.kind, method=method, path=path, times=trouble.times, seconds=late)
        self.tally["fault"] += 1

    def calm(self) -> None:
        super().calm()
        self._paid.seller.control("DELETE", "/faults")

    async def heard(self, letters: list[Json]) -> None:
        """Webhooks come in, and workers read them."""
        with self.interruptions.spared():  # one that is not answered comes again
            for letter in letters:
                assert (await self._paid.post(letter)).status_code == 204
        await self._take_over()

    async def heard_late(self) -> None:
        """Those too that had not come in."""
        letters, self.late = self.late, []
        await self.heard(letters)


async def _gathered(*doing: Coroutine[Any, Any, Any]) -> list[Any]:
    """Raises what is none of its business only when all are through."""
    found = await asyncio.gather(*doing, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, Killed):
            raise one
    return found
