"""Sending one notification by e-mail, at least once.

What says that it has gone out is written after the server took it, so a worker that dies in between has it sent again;
with the same Message-ID, by which mail programs show it once.
"""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.mail import Mail, Mailer, MailRefused
from api.gateways.storage import Storage
from api.notifications.letters import Letters
from api.notifications.reports import read_report
from db.clock import now
from db.ids import NotificationId
from db.queries import mailing as queries
from db.queries.mailing import Addressee, LetterRow
from db.session import Sessions
from db.vocabulary import NotificationKind

_log = structlog.get_logger(__name__)
Settle = Callable[[AsyncSession], Awaitable[None]]


async def send_notification(
    sessions: Sessions,
    storage: Storage,
    mailer: Mailer | None,
    letters: Letters,
    notification: NotificationId,
    *,
    settle: Settle,
) -> None:
    """Send it, unless it went out already, or is not to go out any more, or its beat request is over by now.

    Args:
        mailer: Null where e-mail was turned off since: nothing is sent.
        settle: Ends the job, in the transaction that says that it has gone out.
    """
    async with sessions.reading() as session:
        row = await queries.letter_to_send(session, notification)
        to = await queries.addressee(session, row.account_id) if row else None
        over = await queries.of_requests_over(session, [notification], moment=now())
    if row is None or to is None or mailer is None or over:
        async with sessions.writing() as session:
            await queries.mark_not_needed(session, [notification] if over else [])
            await settle(session)
        return
    mail = await _written(sessions, storage, letters, row, to)
    await deliver(sessions, mailer, mail, [row.id], settle=settle)


async def deliver(
    sessions: Sessions, mailer: Mailer, mail: Mail, ids: Sequence[NotificationId], *, settle: Settle
) -> None:
    """Hand a mail over, and say so of the notifications in it; what the server refuses for good is not tried again."""
    refused: str | None = None
    try:
        await mailer.send(mail)
    except MailRefused as refusal:
        refused = str(refusal)
        _log.warning("an e-mail is refused for good", mail=mail.id, answer=refused)
    async with sessions.writing() as session:
        if refused is None:
            await queries.mark_emailed(session, ids)
        else:
            await queries.mark_refused(session, ids, refused)
        await settle(session)


async def _written(
    sessions: Sessions, storage: Storage, letters: Letters, row: LetterRow, to: Addressee
) -> Mail:
    if row.kind is NotificationKind.ANALYTICS_REPORT:
        report = await read_report(sessions, storage, row.subject_id)
        if report is not None:
            return letters.report(row, to, report)
    return letters.notice(row, to)
