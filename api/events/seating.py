"""Who has a seat at an event and who waits for one; whoever changes that holds the event's row (D-72)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.events.errors import EventNotFound
from api.events.rules import free_seats, why_not_open
from api.events.telling import tell_of_seats
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountId, EventId
from db.queries import events as queries
from db.queries.events import EventRow
from db.vocabulary import Role, RsvpStatus


async def rsvp(session: AsyncSession, viewer: Viewer, *, event: EventId, going: bool) -> None:
    """Take a seat, or the last place in the line where there is none; or give back what one has. Again changes nothing.

    Raises:
        NotAllowed: The viewer is no verified producer (D-5).
        EventNotFound: There is none.
        EventIsCancelled: There is nothing to come to.
        EventIsOver: Likewise.
    """
    require(viewer, Role.VERIFIED_PRODUCER)
    row = await open_event(session, event)
    if going:
        await _come_in(session, row, viewer.account_id)
    else:
        await leave(session, row, viewer.account_id)


async def open_event(session: AsyncSession, event: EventId) -> EventRow:
    """An event, locked, that is neither cancelled nor over.

    Raises:
        EventNotFound: There is none.
        EventIsCancelled: It was.
        EventIsOver: It is.
    """
    row = await queries.event_for_change(session, event)
    if row is None:
        raise EventNotFound
    if refused := why_not_open(row, now()):
        raise refused
    return row


async def leave(session: AsyncSession, event: EventRow, account: AccountId) -> None:
    """Give back a seat, which goes to the first in the line, or a place in it; who has neither changes nothing."""
    had = (await queries.rsvps_of(session, account, [event.id])).get(event.id)
    if had is None or had.status is RsvpStatus.NOT_GOING:
        return
    await queries.keep_rsvp(session, event.id, account, RsvpStatus.NOT_GOING, had.number)
    if had.status is RsvpStatus.GOING:
        await queries.count_going(session, event.id, -1)
        await seat_the_first(session, event._replace(going_count=event.going_count - 1))


async def seat_the_first(session: AsyncSession, event: EventRow) -> None:
    """Give what is free to the first in the line, and tell them.

    Args:
        session: A writing transaction.
        event: Locked, as it stands.
    """
    free = free_seats(event.capacity, event.going_count)
    if free == 0:
        return
    seated = await queries.first_in_line(session, event.id, free)
    if seated:
        await queries.seat(session, event.id, [one.account_id for one in seated])
        await queries.count_going(session, event.id, len(seated))
        await tell_of_seats(session, event, seated)


async def _come_in(session: AsyncSession, event: EventRow, account: AccountId) -> None:
    had = (await queries.rsvps_of(session, account, [event.id])).get(event.id)
    if had is not None and had.status is not RsvpStatus.NOT_GOING:
        return
    full = free_seats(event.capacity, event.going_count) == 0  # while somebody waits, no seat is free
    number = await queries.take_number(session, event.id)
    status = RsvpStatus.WAITING if full else RsvpStatus.GOING
    await queries.keep_rsvp(session, event.id, account, status, number)
    if not full:
        await queries.count_going(session, event.id, 1)
