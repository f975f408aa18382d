"""Lists of collections, as far as the viewer sees them."""

from api.collections.rules import sees_all_of
from api.lists.reading import Lister, page_info
from db.ids import ProducerId
from db.queries import collections as queries
from schema.collections import Collection, CollectionConnection
from schema.context import PageSource
from schema.paging import write_cursor

_NAME = "collections"


class CollectionLists(Lister):
    """Lists of collections."""

    async def collections(self, of: ProducerId, page: PageSource) -> CollectionConnection:
        """A producer's, newest first: those with a published track, or all for the owner and staff."""
        part, shown_only = page.slice(_NAME), not sees_all_of(self._viewer, of)
        async with self._sessions.reading() as session:
            found = await queries.page_of_collections(session, of, part, shown_only=shown_only)
        cursors = [write_cursor(_NAME, (row.created_at, row.id)) for row in found.rows]
        return CollectionConnection(
            nodes=[Collection.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(
                lambda session: queries.count_collections(session, of, shown_only=shown_only)
            ),
        )
