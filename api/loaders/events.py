"""Loaders of events, and of what the viewer has said to them."""

from collections.abc import Sequence

from api.events.rules import sees_events
from api.loaders.reading import Reader, aligned
from db.ids import EventId
from db.queries import events as queries
from schema.events import Event, Rsvp


class EventLoaders(Reader):
    """Events as the viewer may see them."""

    async def events(self, ids: list[EventId]) -> Sequence[Event | None]:
        """For verified producers and staff; for others they are like none."""
        rows = await self._read(queries.events, ids) if sees_events(self._viewer) else []
        return aligned(ids, {row.id: Event.of(row) for row in rows})

    async def viewer_rsvps(self, ids: list[EventId]) -> Sequence[Rsvp | None]:
        if self._viewer is None:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            found = await queries.rsvps_of(session, self._viewer.account_id, ids)
        return aligned(ids, {event: Rsvp.of(row) for event, row in found.items()})
