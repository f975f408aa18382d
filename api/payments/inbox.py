"""Events of the payment provider: kept as they come, each once, and each with a job that reads anew what it is about.

An event is a hint. Nothing is taken from it but the id of an object, so any order and any number of copies end alike.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_answers import PaymentRefused
from api.gateways.payment_facts import EventFacts
from api.gateways.payments import Payments
from db import jobs
from db.clock import now
from db.queries import payments as queries
from db.queries.payments import NewEvent
from db.session import Sessions
from db.vocabulary import JobKind, PaymentSource

_LOOKED_BACK: Final = timedelta(hours=6)
"""Longer than relay is ever stopped for; what was missed is found by every look of that time."""
_LONGEST: Final = 100
_GIVEN_UP_AFTER: Final = timedelta(days=2)
"""As long as a job of an event is tried again."""
_UNREAD_AT_ONCE: Final = 100
_log = structlog.get_logger(__name__)


async def receive_events(
    session: AsyncSession,
    source: PaymentSource,
    events: Sequence[EventFacts],
    requests: Mapping[str, str | None] | None = None,
) -> None:
    """Keep what was not there, and have it read, in one transaction.

    Args:
        requests: Which of several requests each event came with, by its id.
    """
    rows = [
        NewEvent(one.id, source, one.type[:_LONGEST], one.object_id[:_LONGEST], one.happened_at)
        for one in events
    ]
    new = await queries.receive(session, rows)
    payloads = {one: {"event": one} for one in sorted(new)}
    await jobs.add_all(session, JobKind.READ_PAYMENT_EVENT, payloads, requests=requests)


async def catch_up(sessions: Sessions, payments: Payments) -> None:
    """Ask for events of the last hours, and receive those that never came in."""
    since, after = now() - _LOOKED_BACK, None
    while some := await payments.events_since(since, after=after):
        async with sessions.writing() as session:
            await receive_events(session, PaymentSource.PLATFORM, some)
        after = some[-1].id
    await _catch_up_on_accounts(sessions, payments, since)
    await _have_unread_read(sessions)


async def _catch_up_on_accounts(sessions: Sessions, payments: Payments, since: datetime) -> None:
    """The same of accounts that are paid to; where the provider has none for us, the rest goes on without."""
    try:
        some = await payments.payouts.events_since(since)
    except PaymentRefused as refused:
        _log.warning("the payment provider tells nothing of payout accounts", problem=str(refused))
        return
    async with sessions.writing() as session:
        await receive_events(session, PaymentSource.CONNECT, some)


async def _have_unread_read(sessions: Sessions) -> None:
    """Have events read whose jobs were given up: the provider, or we, were away for longer than a job waits."""
    moment = now()
    async with sessions.writing() as session:
        waiting = await queries.unread_events(session, before=moment - _GIVEN_UP_AFTER, limit=_UNREAD_AT_ONCE)
        payloads = {f"{one}:{moment:%Y-%m-%d}": {"event": one} for one in waiting}
        await jobs.add_all(session, JobKind.READ_PAYMENT_EVENT, payloads)
