"""What comes in while a transaction is under way goes together into the next one.

So a crowd that comes at once is caught up with: a commit costs the same for one as for a hundred. Each who waits is
answered when it is committed; of a transaction that fails, all hear of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Final, Generic, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from db.session import Sessions

T = TypeVar("T")
R = TypeVar("R")
_MOST_AT_ONCE: Final = 100
"""Takes some 10 ms: a transaction is never long."""


class _Waiting(NamedTuple, Generic[T, R]):
    thing: T
    done: asyncio.Future[R]


class Gathering(Generic[T, R]):
    """Does one kind of thing for many, one transaction at a time.

    Args:
        do: Does it for several, in a transaction; one answer for each, in their order.
    """

    def __init__(
        self, sessions: Sessions, do: Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[R]]]
    ) -> None:
        self._sessions = sessions
        self._do = do
        self._waiting: list[_Waiting[T, R]] = []
        self._emptying: asyncio.Task[None] | None = None

    async def put(self, thing: T) -> R:
        """Answers when it is committed."""
        waiting = _Waiting(thing, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._emptying is None:
            # It does the work of several requests, and belongs to none.
            self._emptying = asyncio.create_task(self._empty(), context=Context())
        done: R = await waiting.done
        return done

    async def _empty(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                await self._do_some(some)
        finally:
            self._emptying = None

    async def _do_some(self, some: list[_Waiting[T, R]]) -> None:
        try:
            async with self._sessions.writing() as session:
                answers = await self._do(session, [one.thing for one in some])
        except Exception as problem:  # noqa: BLE001 -- raised again, in each of the requests
            for one in some:
                if not one.done.done():  # whoever asked has hung up
                    one.done.set_exception(problem)
            return
        for one, answer in zip(some, answers, strict=True):
            if not one.done.done():
                one.done.set_result(answer)
