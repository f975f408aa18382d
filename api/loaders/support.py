"""Loaders of support tickets, and of what was written to them."""

from collections.abc import Sequence

from api.loaders.reading import Reader, ability, aligned, grouped
from api.refusals import required_role
from api.support.rules import SupportTerms, sees, why_not_written
from api.viewer import Viewer
from db.clock import now
from db.ids import SupportTicketId
from db.queries import support as queries
from db.session import Sessions
from db.vocabulary import Role
from schema.ground import Ability
from schema.support import SupportTicket, TicketMessage


class SupportLoaders(Reader):
    """Tickets of the viewer, and to staff everybody's; another is like none."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, terms: SupportTerms) -> None:
        super().__init__(sessions, viewer)
        self._terms = terms

    async def tickets(self, ids: list[SupportTicketId]) -> Sequence[SupportTicket | None]:
        rows = await self._read(queries.tickets, ids)
        seen = {row.id: SupportTicket.of(row) for row in rows if sees(self._viewer, row.account_id)}
        return aligned(ids, seen)

    async def messages(self, ids: list[SupportTicketId]) -> Sequence[list[TicketMessage]]:
        """Of tickets that the viewer has in hand."""
        rows = await self._read(queries.messages_of, ids)
        found = grouped((row.ticket_id, TicketMessage.of(row)) for row in rows)
        return [found[ticket] for ticket in ids]

    async def replies(self, ids: list[SupportTicketId]) -> Sequence[Ability]:
        """Whether the viewer may write to them."""
        rows = {row.id: row for row in await self._read(queries.tickets, ids)}
        return [self._reply(rows[ticket]) for ticket in ids]

    def _reply(self, row: queries.TicketRow) -> Ability:
        if self._viewer is None:
            return ability(required_role(Role.LISTENER))
        by_staff = row.account_id != self._viewer.account_id
        return ability(why_not_written(row, now(), self._terms, by_staff=by_staff))
