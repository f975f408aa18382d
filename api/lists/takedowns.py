"""Takedown notices at the staff desk, which lets only staff in."""

from collections.abc import Collection
from typing import Final

from api.lists.reading import Lister, page_info
from db.queries import takedowns as queries
from db.vocabulary import TakedownStatus
from schema.context import PageSource
from schema.paging import write_cursor
from schema.takedowns import Takedown, TakedownConnection

_NAME: Final = "takedowns"


class TakedownLists(Lister):
    """For the staff desk."""

    async def takedowns(
        self, statuses: Collection[TakedownStatus] | None, page: PageSource
    ) -> TakedownConnection:
        """In these states, the oldest first; those whose e-mail nobody has proved are not there."""
        part = page.slice(_NAME)
        asked = frozenset(TakedownStatus) if statuses is None else frozenset(statuses)
        async with self._sessions.reading() as session:
            found = await queries.page_of_takedowns(session, asked, part)
        cursors = [write_cursor(_NAME, (row.proved_at, row.id)) for row in found.rows]
        return TakedownConnection(
            nodes=[Takedown.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_takedowns(session, asked)),
        )
