"""Webhooks that come in while others are being kept go together into the next transaction.

So an endpoint that has fallen behind, for a disk that was slow or a crowd that came at once, catches up: twenty in one
transaction take twice as long as one. Each is answered when it is committed; of a transaction that fails all are refused,
and the provider sends them again.
"""

from collections.abc import Sequence
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_facts import EventFacts
from api.gathering import Gathering
from api.payments.inbox import receive_events
from db.session import Sessions
from db.vocabulary import PaymentSource


class _Letter(NamedTuple):
    event: EventFacts
    request_id: str | None


class Letterbox:
    """Where one endpoint's events are kept, one transaction at a time."""

    def __init__(self, sessions: Sessions, source: PaymentSource) -> None:
        self._source = source
        self._letters = Gathering(sessions, self._keep)

    async def put(self, event: EventFacts) -> None:
        """Answers when the event is kept, with its job."""
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        await self._letters.put(_Letter(event, request_id))

    async def _keep(self, session: AsyncSession, letters: Sequence[_Letter]) -> Sequence[None]:
        requests = {letter.event.id: letter.request_id for letter in letters}
        await receive_events(session, self._source, [letter.event for letter in letters], requests)
        return [None for _ in letters]
