"""Events, and who comes to them (D-72)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, EventId, PictureId
from db.table import Table
from db.vocabulary import RsvpStatus


class Event(Table, table=True):
    """A meeting for verified producers. Whoever gives or takes a seat holds its row's lock."""

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity >= 1", name="some_capacity"),
        CheckConstraint("going_count >= 0", name="going_counted"),
        CheckConstraint("going_count <= capacity", name="never_overbooked"),
        Index("event_by_start", "starts_at", "id"),
    )

    id: EventId = own_id("evn")
    title: str = Field(max_length=100)
    markdown: str
    cover_picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    starts_at: datetime = instant()
    ends_at: datetime = instant()
    place: str = Field(max_length=200)
    capacity: int | None = None
    """Null: no limit."""
    going_count: int = 0
    """How many have a seat, kept with the RSVPs in one transaction."""
    numbered: int = Field(default=0, sa_type=BigInteger)
    """The last number that was given to somebody who came in."""
    revision: int = Field(default=0, sa_type=BigInteger)
    """How often there was something to tell the guests."""
    cancelled_at: datetime | None = instant(default=None)
    created_by: AccountId = id_of(foreign_key="account.id")
    created_at: datetime = instant(default_factory=now)


class EventRsvp(Table, table=True):
    """That an account comes to an event, waits for a seat, or has given it back."""

    __table_args__ = (
        Index("event_rsvp_line", "event_id", "status", "number", unique=True),
        one_of("status", RsvpStatus),
    )

    event_id: EventId = id_of(foreign_key="event.id", primary_key=True)
    account_id: AccountId = id_of(foreign_key="account.id", primary_key=True, index=True)
    status: RsvpStatus = word(RsvpStatus)
    number: int = Field(sa_type=BigInteger)
    """When they last came in, counted by the event: the order of the line."""
    changed_at: datetime = instant(default_factory=now)
