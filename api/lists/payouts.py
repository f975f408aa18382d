"""Lists of payouts, and of what holds them."""

from api.lists.reading import Lister, page_info
from db.clock import now
from db.ids import ProducerId
from db.queries import payout_accounts
from db.queries import payouts as queries
from schema.context import PageSource
from schema.paging import write_cursor
from schema.payouts import Payout, PayoutConnection, PayoutHold

_NAME = "payouts"


class PayoutLists(Lister):
    """What producers are paid."""

    async def payouts(self, of: ProducerId, page: PageSource) -> PayoutConnection:
        """All of a producer, newest first."""
        part = page.slice(_NAME)
        async with self._sessions.reading() as session:
            found = await queries.page_of_payouts(session, of, part)
        cursors = [write_cursor(_NAME, queries.anchor_of(row)) for row in found.rows]
        return PayoutConnection(
            nodes=[Payout.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_payouts(session, of)),
        )

    async def payout_holds(self) -> list[PayoutHold]:
        """Everybody's, the latest first."""
        async with self._sessions.reading() as session:
            rows = await payout_accounts.open_holds(session, None, at=now())
        return [PayoutHold.of(row) for row in rows]
