"""Events to come."""

from typing import Final

from api.events.rules import sees_events
from api.lists.reading import Lister, page_info
from db.clock import now
from db.queries import events as queries
from schema.context import PageSource
from schema.events import Event, EventConnection
from schema.paging import write_cursor

_NAME: Final = "events"


class EventLists(Lister):
    """Lists of events."""

    async def events(self, page: PageSource) -> EventConnection | None:
        """Those that are not over, the soonest first; null for whom they are not."""
        if not sees_events(self._viewer):
            return None
        part, moment = page.slice(_NAME), now()
        async with self._sessions.reading() as session:
            found = await queries.page_of_events(session, moment, part)
        cursors = [write_cursor(_NAME, (row.starts_at, row.id)) for row in found.rows]
        return EventConnection(
            nodes=[Event.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_events(session, moment)),
        )
