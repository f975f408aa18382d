"""Lists of licences."""

from api.lists.reading import Lister, chosen, page_info
from db.ids import AccountId
from db.queries import licences as queries
from schema.context import PageSource
from schema.licences import Licence, LicenceConnection, LicenceWhere
from schema.paging import write_cursor

_NAME = "licences"


class LicenceLists(Lister):
    """What an account was granted."""

    async def licences(
        self, of: AccountId, where: LicenceWhere | None, page: PageSource
    ) -> LicenceConnection:
        """All of them, revoked ones too, newest first."""
        part, kinds = page.slice(_NAME), chosen(where.kind) if where else None
        async with self._sessions.reading() as session:
            found = await queries.page_of_licences(session, of, part, kinds=kinds)
        cursors = [write_cursor(_NAME, queries.anchor_of(row)) for row in found.rows]
        return LicenceConnection(
            nodes=[Licence.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_licences(session, of, kinds=kinds)),
        )
