"""Who has lost the badge gives seats and places back: events are for verified producers (D-5)."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from api.events.rules import why_not_open
from api.events.seating import leave
from db.clock import now
from db.ids import AccountId, EventId
from db.queries import accounts
from db.queries import events as queries
from db.session import Sessions
from db.vocabulary import Role

Step = Callable[[AsyncSession], Awaitable[None]]


async def release_seats(sessions: Sessions, account: AccountId, *, keep: Step, settle: Step) -> None:
    """Give back what an account has of coming events, one in a transaction, unless it has the badge again, and is not suspended.

    Args:
        keep: Keeps the job, in the transaction that gives one back.
        settle: Ends the job.
    """
    async with sessions.reading() as session:
        attended = await queries.events_attended(session, account, now())
    for event in attended:
        async with sessions.writing() as session:
            await _release(session, account, event)
            await keep(session)
    async with sessions.writing() as session:
        await settle(session)


async def _release(session: AsyncSession, account: AccountId, event: EventId) -> None:
    row = await queries.event_for_change(session, event)
    if row is None or why_not_open(row, now()):
        return
    held = Role.VERIFIED_PRODUCER in await accounts.roles_held(session, account)
    if not held or await accounts.is_suspended(session, account):
        await leave(session, row, account)
