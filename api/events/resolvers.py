"""Events over GraphQL."""

from typing import Any

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.auth.limiting import count
from api.events.announcing import create_event, update_event
from api.events.seating import rsvp
from db.ids import EventId
from schema.events import (
    CreateEventInput,
    CreateEventPayload,
    EventConnection,
    RsvpToEventInput,
    RsvpToEventPayload,
    UpdateEventInput,
    UpdateEventPayload,
)
from schema.paging import PageRequest


@strawberry.type
class EventsQuery:
    @strawberry.field
    async def events(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> EventConnection | None:
        """Coming events, the soonest first, cancelled ones too; null unless verified or staff."""
        return await info.context.lists.events(PageRequest.of(first, after, last, before))


@strawberry.type
class EventsMutation:
    @mutation
    async def rsvp_to_event(
        self, info: Info, id: strawberry.ID, input: RsvpToEventInput
    ) -> RsvpToEventPayload:
        """Come, or give the seat back; a full event puts you in line. Again changes nothing.

        Codes: VERIFIED_PRODUCER_REQUIRED, NOT_FOUND, EVENT_CANCELLED, EVENT_OVER, TOO_MANY_ATTEMPTS.

        Args:
            id: A coming event.
        """
        viewer, event = signed_in(info), _event(id)
        name = f"rsvp:{viewer.account_id}"
        await count(info.context.attempts, f"{name}:{event}", name)
        async with info.context.sessions.writing() as session:
            await rsvp(session, viewer, event=event, going=input.going)
        return RsvpToEventPayload(event=await info.context.loaders.events.load(event))

    @mutation
    async def create_event(self, info: Info, input: CreateEventInput) -> CreateEventPayload:
        """Announce an event (staff). Codes: STAFF_REQUIRED, OUT_OF_RANGE, UPLOAD_…."""
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            event = await create_event(session, viewer, _given(input))
        return CreateEventPayload(event=await info.context.loaders.events.load(event))

    @mutation
    async def update_event(
        self, info: Info, id: strawberry.ID, input: UpdateEventInput
    ) -> UpdateEventPayload:
        """Edit or cancel it (staff); guests are told of another time or place, and of the end of it.

        Codes: STAFF_REQUIRED, NOT_FOUND, EVENT_CANCELLED, EVENT_OVER, OUT_OF_RANGE, UPLOAD_….

        Args:
            id: A coming event.
        """
        viewer, event = signed_in(info), _event(id)
        async with info.context.sessions.writing() as session:
            await update_event(session, viewer, event=event, changes=_given(input))
        return UpdateEventPayload(event=await info.context.loaders.events.load(event))


def _event(value: str) -> EventId:
    return EventId(id_given("id", value, "evn", "event"))


def _given(entered: CreateEventInput | UpdateEventInput) -> dict[str, Any]:
    """What was given of an event; null is a value, absent is not."""
    return {name: value for name, value in vars(entered).items() if value is not strawberry.UNSET}
