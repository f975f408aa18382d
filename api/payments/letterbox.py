"""Webhooks that come in while others are being kept go together into the next transaction.

So an endpoint that has fallen behind, for a disk that was slow or a crowd that came at once, catches up: twenty in one
transaction take twice as long as one. Each is answered when it is committed; of a transaction that fails all are refused,
and the provider sends them again.
"""

import asyncio
from contextvars import Context
from typing import Final, NamedTuple

import structlog

from api.gateways.payment_facts import EventFacts
from api.payments.inbox import receive_events
from db.session import Sessions
from db.vocabulary import PaymentSource

_MOST_AT_ONCE: Final = 100
"""Takes some 10 ms: a transaction is never long."""


class _Letter(NamedTuple):
    event: EventFacts
    request_id: str | None
    kept: asyncio.Future[None]


class Letterbox:
    """Where one endpoint's events are kept, one transaction at a time."""

    def __init__(self, sessions: Sessions, source: PaymentSource) -> None:
        self._sessions = sessions
        self._source = source
        self._waiting: list[_Letter] = []
        self._emptying: asyncio.Task[None] | None = None

    async def put(self, event: EventFacts) -> None:
        """Answers when the event is kept, with its job."""
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        letter = _Letter(event, request_id, asyncio.get_running_loop().create_future())
        self._waiting.append(letter)
        if self._emptying is None:
            # It does the work of several requests, and belongs to none.
            self._emptying = asyncio.create_task(self._empty(), context=Context())
        await letter.kept

    async def _empty(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                _answer(some, await self._problem_with(some))
        finally:
            self._emptying = None

    async def _problem_with(self, some: list[_Letter]) -> Exception | None:
        """Keep some; why that failed."""
        requests = {letter.event.id: letter.request_id for letter in some}
        try:
            async with self._sessions.writing() as session:
                await receive_events(session, self._source, [letter.event for letter in some], requests)
        except Exception as problem:  # noqa: BLE001 -- raised again, in each of the requests
            return problem
        return None


def _answer(some: list[_Letter], problem: Exception | None) -> None:
    for letter in some:
        if letter.kept.done():  # whoever sent it has hung up
            continue
        if problem is None:
            letter.kept.set_result(None)
        else:
            letter.kept.set_exception(problem)
