"""Reading events, and who comes to them; taking and giving seats (D-72)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, EventId, PictureId
from db.models.events import Event, EventRsvp
from db.queries.paging import Key, Page, Slice, sliced
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import RsvpStatus

LONGEST: Final = timedelta(days=14)
"""An event lasts no longer, so what is not over is found among those that began since."""
_COMING_IN: Final = (RsvpStatus.GOING, RsvpStatus.WAITING)


class EventRow(NamedTuple):
    id: EventId
    title: str
    markdown: str
    cover_picture_id: PictureId | None
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int | None
    going_count: int
    revision: int
    cancelled_at: datetime | None


class RsvpRow(NamedTuple):
    """Somebody's RSVP.

    Attributes:
        ahead: How many stand before them in the line; of no meaning where they do not wait.
    """

    event_id: EventId
    account_id: AccountId
    status: RsvpStatus
    number: int
    ahead: int


class WaitingRow(NamedTuple):
    account_id: AccountId
    number: int


EVENTS: Final = select_row(EventRow, Event)
_SOONEST_FIRST: Final = [Key(col(Event.starts_at)), Key(col(Event.id))]


async def events(session: AsyncSession, ids: Collection[EventId]) -> list[EventRow]:
    return await read(session, EventRow, EVENTS.where(col(Event.id).in_(ids)))


async def event_for_change(session: AsyncSession, event: EventId) -> EventRow | None:
    """One event; nobody else gives or takes its seats until the transaction ends."""
    return await read_one(
        session, EventRow, EVENTS.where(col(Event.id) == event).with_for_update(key_share=True)
    )


def coming(statement: AnySelect, moment: datetime) -> AnySelect:
    """Of events that are not over; the first condition is for the index."""
    return statement.where(col(Event.starts_at) > moment - LONGEST, col(Event.ends_at) > moment)


def page_statement(moment: datetime, part: Slice) -> AnySelect:
    """The statement of `page_of_events`."""
    return sliced(coming(EVENTS, moment), _SOONEST_FIRST, part)


async def page_of_events(session: AsyncSession, moment: datetime, part: Slice) -> Page[EventRow]:
    """Those that are not over, the soonest first; cancelled ones stay until then, so that everybody sees it."""
    return await read_page(session, EventRow, coming(EVENTS, moment), _SOONEST_FIRST, part)


async def count_events(session: AsyncSession, moment: datetime) -> int:
    return await read_count(session, coming(select(func.count()).select_from(Event), moment))


async def add_event(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    session.add(Event(**columns))
    await session.flush()


async def change_event(session: AsyncSession, event: EventId, columns: Mapping[str, Any]) -> None:
    await session.execute(update(Event).where(col(Event.id) == event).values(**columns))


# ---- who comes ---------------------------------------------------------------------------------------


def rsvps_statement(account: AccountId, events: Collection[EventId]) -> AnySelect:
    """The statement of `rsvps_of`."""
    before = aliased(EventRsvp)
    ahead = (
        select(func.count())
        .where(
            col(before.event_id) == col(EventRsvp.event_id),
            col(before.status) == RsvpStatus.WAITING,
            col(before.number) < col(EventRsvp.number),
        )
        .scalar_subquery()
    )
    own = col(EventRsvp.account_id) == account, col(EventRsvp.event_id).in_(events)
    return select_row(RsvpRow, EventRsvp, ahead=ahead).where(*own)


async def rsvps_of(
    session: AsyncSession, account: AccountId, events: Collection[EventId]
) -> dict[EventId, RsvpRow]:
    """An account's RSVPs to these events; those without one are not named."""
    rows = await read(session, RsvpRow, rsvps_statement(account, events))
    return {row.event_id: row for row in rows}


async def take_number(session: AsyncSession, event: EventId) -> int:
    """The next number of an event, for somebody who comes in."""
    counted = update(Event).where(col(Event.id) == event).values(numbered=Event.numbered + 1)
    return int((await session.execute(counted.returning(col(Event.numbered)))).scalar_one())


async def keep_rsvp(
    session: AsyncSession, event: EventId, account: AccountId, status: RsvpStatus, number: int
) -> None:
    """Put this in place of whatever the account said before."""
    said = {"status": status, "number": number, "changed_at": now()}
    new = inserting(session, EventRsvp).values({"event_id": event, "account_id": account, **said})
    await session.execute(new.on_conflict_do_update(index_elements=["event_id", "account_id"], set_=said))


async def count_going(session: AsyncSession, event: EventId, more: int) -> None:
    """So many more have a seat, or fewer."""
    counted = update(Event).where(col(Event.id) == event)
    await session.execute(counted.values(going_count=Event.going_count + more))


async def first_in_line(session: AsyncSession, event: EventId, most: int | None) -> list[WaitingRow]:
    """Who waits, in order; null: all of them."""
    waiting = col(EventRsvp.event_id) == event, col(EventRsvp.status) == RsvpStatus.WAITING
    line = select_row(WaitingRow, EventRsvp).where(*waiting)
    return await read(session, WaitingRow, line.order_by(col(EventRsvp.number)).limit(most))


async def seat(session: AsyncSession, event: EventId, accounts: Sequence[AccountId]) -> None:
    """Give these a seat; they keep their numbers."""
    chosen = col(EventRsvp.event_id) == event, col(EventRsvp.account_id).in_(accounts)
    seated = update(EventRsvp).where(*chosen).values(status=RsvpStatus.GOING, changed_at=now())
    await session.execute(seated)


def guests_after(event: EventId, after: AccountId | None, limit: int) -> AnySelect:
    """The statement of `guests`."""
    invited = col(EventRsvp.event_id) == event, col(EventRsvp.status).in_(_COMING_IN)
    beyond = [] if after is None else [col(EventRsvp.account_id) > after]
    chosen = select(col(EventRsvp.account_id)).where(*invited, *beyond)
    return chosen.order_by(col(EventRsvp.account_id)).limit(limit)


async def guests(
    session: AsyncSession, event: EventId, *, after: AccountId | None, limit: int
) -> list[AccountId]:
    """Who has a seat or waits for one, in the order of their ids, from one on."""
    return list(await session.scalars(guests_after(event, after, limit)))


async def events_attended(session: AsyncSession, account: AccountId, moment: datetime) -> list[EventId]:
    """Events that are not over and that the account has a seat or a place in the line of; in the order of their ids."""
    own = col(EventRsvp.account_id) == account, col(EventRsvp.status).in_(_COMING_IN)
    chosen = select(col(Event.id)).join(EventRsvp, col(EventRsvp.event_id) == col(Event.id)).where(*own)
    open_ones = chosen.where(col(Event.ends_at) > moment, col(Event.cancelled_at).is_(None))
    return [EventId(event) for event in await session.scalars(open_ones.order_by(col(Event.id)))]
