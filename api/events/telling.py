"""What guests of an event are told: that a seat is theirs, that it was moved, that it was cancelled (D-70)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.events.rules import Times, in_words
from api.notices import Notice, notify, notify_each
from db import jobs
from db.ids import AccountId, EventId
from db.queries import events as queries
from db.queries.events import EventRow, WaitingRow
from db.session import Sessions
from db.vocabulary import JobKind, NotificationKind

_AT_ONCE: Final = 200
"""Some 20 ms of writing, so that other writers need not wait longer."""

Step = Callable[[AsyncSession], Awaitable[None]]


async def tell_of_seats(session: AsyncSession, event: EventRow, seated: Sequence[WaitingRow]) -> None:
    """Tell those who waited that they have a seat now; once for each time that they came in."""
    title = f"You have a seat: {event.title}"
    body = f"A seat at “{event.title}” is yours: {_where(event)}. If you cannot come, give it back."
    notices = {one.account_id: _notice(event, f"{event.id}:s{one.number}", title, body) for one in seated}
    await notify_each(session, NotificationKind.EVENT_UPDATE, notices)


async def have_guests_told(session: AsyncSession, event: EventId, revision: int) -> None:
    """Have all guests told of what an event has become."""
    await jobs.add(session, JobKind.TELL_GUESTS, key=f"{event}:{revision}", event=event, revision=revision)


async def tell_guests(sessions: Sessions, event: EventId, revision: int, *, keep: Step, settle: Step) -> None:
    """Tell everybody who has a seat or waits for one; who was told of this revision is not told again.

    Args:
        revision: Where the event has changed again since, that is told instead, and by another job.
        keep: Keeps the job, in the transaction that tells some of them.
        settle: Ends the job, once the last ones are told.
    """
    last: AccountId | None = None
    while True:
        async with sessions.writing() as session:
            told = await _tell_some(session, event, revision, after=last)
            if not told:
                await settle(session)
                return
            await keep(session)
            last = told[-1]


async def _tell_some(
    session: AsyncSession, event: EventId, revision: int, *, after: AccountId | None
) -> list[AccountId]:
    """The accounts that were told; none: there is nobody left."""
    [row] = await queries.events(session, [event])
    if row.revision != revision:
        return []
    guests = await queries.guests(session, event, after=after, limit=_AT_ONCE)
    if guests:
        await notify(session, guests, _change(row))
    return guests


def _change(event: EventRow) -> Notice:
    subject = f"{event.id}:r{event.revision}"
    if event.cancelled_at is not None:
        body = f"“{event.title}” does not take place: {_where(event)} is off."
        return _notice(event, subject, f"Cancelled: {event.title}", body)
    body = (
        f"“{event.title}” takes place on {_where(event)}. Your seat, or your place in the line, stays yours."
    )
    return _notice(event, subject, f"Changed: {event.title}", body)


def _where(event: EventRow) -> str:
    return f"{in_words(Times(event.starts_at, event.ends_at))}, {event.place}"


def _notice(event: EventRow, subject: str, title: str, body: str) -> Notice:
    return Notice(NotificationKind.EVENT_UPDATE, subject, title, body, f"/events/{event.id}")
