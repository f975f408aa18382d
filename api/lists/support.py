"""Support tickets: an account's own, and the line that staff take them from."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.lists.reading import Lister, chosen, page_info
from db.ids import AccountId
from db.queries import support as queries
from db.queries.paging import Page
from db.queries.support import TicketChoice, TicketRow
from schema.context import PageSource
from schema.ground import given
from schema.paging import write_cursor
from schema.support import SupportTicket, SupportTicketConnection, TicketWhere

_OWN: Final = "supportTickets"
_QUEUE: Final = "tickets"


class SupportLists(Lister):
    """Lists of tickets."""

    async def support_tickets(
        self, of: AccountId, where: TicketWhere | None, page: PageSource
    ) -> SupportTicketConnection:
        """An account's, newest first."""
        part, choice = page.slice(_OWN), _choice(where)
        async with self._sessions.reading() as session:
            found = await queries.page_of_own(session, of, choice, part)
        cursors = [write_cursor(_OWN, (row.opened_at, row.id)) for row in found.rows]
        return self._tickets(found, cursors, lambda session: queries.count_own(session, of, choice))

    async def tickets(self, where: TicketWhere | None, page: PageSource) -> SupportTicketConnection:
        """Everybody's, in the order that staff answer them in."""
        part, choice = page.slice(_QUEUE), _choice(where)
        async with self._sessions.reading() as session:
            found = await queries.page_of_queue(session, choice, part)
        cursors = [write_cursor(_QUEUE, (row.line, row.respond_by, row.id)) for row in found.rows]
        return self._tickets(found, cursors, lambda session: queries.count_queue(session, choice))

    def _tickets(
        self,
        found: Page[TicketRow],
        cursors: Sequence[str],
        query: Callable[[AsyncSession], Awaitable[int]],
    ) -> SupportTicketConnection:
        return SupportTicketConnection(
            nodes=[SupportTicket.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(query),
        )


def _choice(where: TicketWhere | None) -> TicketChoice:
    return TicketChoice(chosen(where.status), given(where.email_proved)) if where else TicketChoice()
