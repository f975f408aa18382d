"""Processes that end, or are overtaken, at any moment that matters: around a call of the provider, around a commit."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.payments.calls import Act, Find, Intent
from db.session import Sessions

CALLERS: Final = ("api.purchases.closing", "api.purchases.settlement", "api.payments.till")
"""Modules that ask the provider for something once."""
Meanwhile = Callable[[], Awaitable[None]]


class Killed(BaseException):
    """A process ends: nothing catches it, and nothing is put in order behind it."""


class Interruptions:
    """What is to happen at the next moments that matter, counted from now.

    Attributes:
        happened: How many have.
    """

    def __init__(self) -> None:
        self.happened = 0
        self._left: int | None = None
        self._meanwhile: Meanwhile | None = None
        self._spared = 0

    @contextmanager
    def spared(self) -> Generator[None]:
        """Whatever is done in the block passes."""
        self._spared += 1
        try:
            yield
        finally:
            self._spared -= 1

    def kill_at(self, number: int) -> None:
        """Have whatever is under way then end there."""
        self._left, self._meanwhile = number, None

    def overtake_at(self, number: int, meanwhile: Meanwhile) -> None:
        """Have something else be done whole while whatever is under way then stands still."""
        self._left, self._meanwhile = number, meanwhile

    def stop(self) -> None:
        """Let everything pass."""
        self._left = self._meanwhile = None

    async def pass_by(self, *, in_transaction: bool = False) -> None:
        """A moment that matters; in a transaction nobody is waited for, who might wait for it."""
        if self._left is None or self._spared:
            return
        self._left -= 1
        if self._left >= 0 or (in_transaction and self._meanwhile):
            return
        meanwhile = self._meanwhile
        self.stop()
        self.happened += 1
        if meanwhile is None:
            raise Killed
        await meanwhile()

    def watch(self, patch: pytest.MonkeyPatch, sessions: Sessions, callers: Sequence[str] = CALLERS) -> None:
        """Have all moments of an installation pass by here.

        Args:
            callers: Modules that ask the provider for something once.
        """
        patch.setattr(sessions, "writing", self._watched_transactions(sessions.writing))
        for name in callers:
            module: Any = import_module(name)
            patch.setattr(module, "carry_out", self._watched_calls(module.carry_out))

    def _watched_transactions(self, writing: Any) -> Any:
        @asynccontextmanager
        async def watched() -> AsyncGenerator[AsyncSession]:
            async with writing() as session:
                yield session
                await self.pass_by(in_transaction=True)
            await self.pass_by()

        return watched

    def _watched_calls(self, carry_out: Any) -> Any:
        async def watched(sessions: Sessions, intent: Intent, act: Act, find: Find | None = None) -> str:
            async def acting(key: str) -> str:
                await self.pass_by()
                reference = await act(key)
                await self.pass_by()
                return reference

            done: str = await carry_out(sessions, intent, acting, find)
            return done

        return watched
