"""Telling producers of somebody who follows them, or came by one of their links, and pays for a plan now (D-70)."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.notices import Notice, notify
from db.ids import AccountId
from db.queries import accounts, producers, referrals
from db.session import Sessions
from db.vocabulary import NotificationKind

_AT_ONCE: Final = 200
"""Some 20 ms of writing, so that other writers need not wait longer."""

Step = Callable[[AsyncSession], Awaitable[None]]


async def tell_of_subscriber(sessions: Sessions, subscriber: AccountId, *, keep: Step, settle: Step) -> None:
    """Tell every verified producer whom it concerns; whoever was told of somebody once is not told again.

    Args:
        keep: Keeps the job, in the transaction that tells some of them.
        settle: Ends the job, once the last ones are told.
    """
    last: AccountId | None = None
    while True:
        async with sessions.writing() as session:
            some = await referrals.who_hears_of(session, subscriber, after=last, limit=_AT_ONCE)
            if not some:
                await settle(session)
                return
            await notify(session, some, await _notice(session, subscriber))
            await keep(session)
            last = some[-1]


async def _notice(session: AsyncSession, subscriber: AccountId) -> Notice:
    [account] = await accounts.accounts(session, [subscriber])
    own = await producers.producers_of(session, [subscriber])
    return Notice(
        kind=NotificationKind.NEW_SUBSCRIBERS,
        subject=f"mem_{subscriber.removeprefix('acc_')}",
        title=f"{account.display_name} has subscribed",
        body=f"{account.display_name}, who follows you or came by one of your links, has a plan now.",
        path=f"/p/{own[0].handle}" if own else "/backstage",
    )
