"""One e-mail a day with all that could wait (D-71)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.mail import Mailer
from api.notifications.letters import Letters
from api.notifications.mailing import Settle, deliver
from api.notifications.rules import latest_moment
from db import jobs
from db.clock import now
from db.ids import AccountId, NotificationId
from db.queries import mailing as queries
from db.session import Sessions
from db.vocabulary import JobKind

_ACCOUNTS_AT_ONCE: Final = 200
_MOST_IN_ONE: Final = 500
"""The rest goes out the day after."""


async def start_digests(sessions: Sessions, *, hour: int) -> None:
    """Begin the digest of each account for whom something has waited since before the hour; one a day."""
    moment = latest_moment(now(), hour=hour)
    last: AccountId | None = None
    while True:
        async with sessions.reading() as session:
            some = await queries.next_accounts_with_a_digest(
                session, before=moment, after=last, limit=_ACCOUNTS_AT_ONCE
            )
        if not some:
            return
        payloads = {_key(account, moment.date()): {"account": account} for account in some}
        async with sessions.writing() as session:
            await jobs.add_all(session, JobKind.SEND_DIGEST, payloads)
        last = some[-1]


async def send_digest(
    sessions: Sessions, mailer: Mailer | None, letters: Letters, account: AccountId, *, settle: Settle
) -> None:
    """Send what waits, but for what was read or hidden in the meantime; where nothing is left, nothing is sent."""
    async with sessions.reading() as session:
        waiting = await queries.waiting_for_digest(session, account, limit=_MOST_IN_ONE)
        to = await queries.addressee(session, account)
        gone = await _out_of_date(session, [row.id for row in waiting])
    unread = [row for row in waiting if row.read_at is None and row.id not in gone]
    others = [row.id for row in waiting if row.read_at or row.id in gone]

    async def settle_all(session: AsyncSession) -> None:
        await queries.mark_not_needed(session, others)
        await settle(session)

    if not unread or mailer is None:
        async with sessions.writing() as session:
            await settle_all(session)
        return
    mail = letters.digest(unread, to, sent_at=now())
    await deliver(sessions, mailer, mail, [row.id for row in unread], settle=settle_all)


async def _out_of_date(session: AsyncSession, ids: Sequence[NotificationId]) -> frozenset[str]:
    """Those that tell of what has been hidden, deleted or closed since."""
    hidden = await queries.of_hidden_tracks(session, ids)
    return hidden | await queries.of_requests_over(session, ids, moment=now())


def _key(account: AccountId, day: date) -> str:
    return f"{account}:{day.isoformat()}"
