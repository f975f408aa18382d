"""Lists of a producer's months."""

from api.lists.reading import Lister, page_info
from db.ids import ProducerId
from db.queries import statements as queries
from schema.context import PageSource
from schema.paging import write_cursor
from schema.statements import Statement, StatementConnection

_NAME = "statements"


class StatementLists(Lister):
    """What months came to."""

    async def statements(self, of: ProducerId, page: PageSource) -> StatementConnection:
        """The latest month first."""
        part = page.slice(_NAME)
        async with self._sessions.reading() as session:
            found = await queries.page_of_statements(session, of, part)
        cursors = [write_cursor(_NAME, queries.anchor_of(row)) for row in found.rows]
        return StatementConnection(
            nodes=[Statement.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_statements(session, of)),
        )
