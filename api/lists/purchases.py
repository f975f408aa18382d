"""Lists of purchases."""

from api.lists.reading import Lister, page_info
from db.ids import AccountId
from db.queries import purchases as queries
from schema.context import PageSource
from schema.paging import write_cursor
from schema.purchases import Purchase, PurchaseConnection

_NAME = "purchases"


class PurchaseLists(Lister):
    """What an account has begun to buy."""

    async def purchases(self, of: AccountId, page: PageSource) -> PurchaseConnection:
        """All of them, also those that came to nothing, newest first."""
        part = page.slice(_NAME)
        async with self._sessions.reading() as session:
            found = await queries.page_of_purchases(session, of, part)
        cursors = [write_cursor(_NAME, queries.anchor_of(row)) for row in found.rows]
        return PurchaseConnection(
            nodes=[Purchase.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_purchases(session, of)),
        )
