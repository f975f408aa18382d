"""Events for verified producers: when, where, and who comes."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import EventId, PictureId
from db.queries.events import EventRow, RsvpRow
from db.vocabulary import RsvpStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Image, Node, absent
from schema.paging import Connection


@strawberry.type
class Rsvp:
    """A seat or a place in the line."""

    status: RsvpStatus
    """What it is now."""
    position: int | None
    """From 1, when waiting."""

    @classmethod
    def of(cls, row: RsvpRow) -> Self:
        waiting = row.status is RsvpStatus.WAITING
        return cls(status=row.status, position=row.ahead + 1 if waiting else None)


@strawberry.type
class Event(Node):
    """A meeting for verified producers."""

    cover_id: strawberry.Private[PictureId | None]
    title: str
    """What it is."""
    markdown: str
    """What to know about it."""
    starts_at: datetime
    """Begin."""
    ends_at: datetime
    """End; until then one can come or give a seat back."""
    place: str
    """Where: an address or a link."""
    capacity: int | None
    """Seats; null: as many as like can come."""
    going_count: int
    """How many have a seat."""
    cancelled_at: datetime | None
    """When it was cancelled, for good."""

    @classmethod
    def of(cls, row: EventRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            cover_id=row.cover_picture_id,
            title=row.title,
            markdown=row.markdown,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=row.place,
            capacity=row.capacity,
            going_count=row.going_count,
            cancelled_at=row.cancelled_at,
        )

    @strawberry.field
    async def cover(self, info: Info) -> Image | None:
        """A square picture."""
        return await info.context.loaders.pictures.load(self.cover_id) if self.cover_id else None

    @strawberry.field
    async def viewer_rsvp(self, info: Info) -> Rsvp | None:
        """What the viewer has said; null: nothing yet."""
        return await info.context.loaders.viewer_rsvps.load(EventId(self.id))


@strawberry.type
class EventConnection(Connection[Event]):
    """A page."""


@strawberry.input
class RsvpToEventInput:
    going: bool
    """False: give back the seat, or the place in the line."""


@strawberry.type
class RsvpToEventPayload:
    event: Event | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class CreateEventInput:
    title: str
    """1 to 100 characters."""
    markdown: str
    """1 to 5,000 characters."""
    starts_at: datetime
    """To come, within two years."""
    ends_at: datetime
    """At most 14 days later."""
    place: str
    """1 to 200 characters: an address or a link."""
    cover_upload_id: strawberry.ID | None = absent()
    """Completed upload for COVER_ART."""
    capacity: int | None = absent()
    """1 to 100,000. Null: no limit."""


@strawberry.type
class CreateEventPayload:
    event: Event | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class UpdateEventInput:
    """Changes to an event that is not over."""

    title: str | None = absent()
    """1 to 100 characters."""
    markdown: str | None = absent()
    """1 to 5,000 characters."""
    cover_upload_id: strawberry.ID | None = absent()
    """Completed upload for COVER_ART; null takes the cover away."""
    starts_at: datetime | None = absent()
    """To come, within two years; guests are told."""
    ends_at: datetime | None = absent()
    """At most 14 days later; guests are told."""
    place: str | None = absent()
    """1 to 200 characters; guests are told."""
    capacity: int | None = absent()
    """No less than have a seat; more seats go to the first in the line. Null: no limit."""
    cancelled: bool | None = absent()
    """True cancels it, for good; guests are told."""


@strawberry.type
class UpdateEventPayload:
    event: Event | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
