"""Loaders of what staff did, and of why they keep something back."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned, grouped
from db.ids import AccountId, AuditEntryId
from db.queries import moderation as queries
from db.queries import suspensions
from db.vocabulary import Role
from schema.moderation import AuditEntry, Suspension, Withholding


class ModerationLoaders(Reader):
    """What staff keep to themselves, and what owners are told."""

    async def audit_entries(self, ids: list[AuditEntryId]) -> Sequence[AuditEntry | None]:
        """For staff; for others they are like none."""
        staff = self._viewer is not None and self._viewer.has(Role.STAFF)
        rows = await self._read(queries.entries, ids) if staff else []
        return aligned(ids, {row.id: AuditEntry.of(row) for row in rows})

    async def withholdings(self, ids: list[str]) -> Sequence[Withholding | None]:
        """Why each is kept back, the latest cause; whoever asks owns it, or is staff."""
        async with self._sessions.reading() as session:
            rows = await queries.withholdings(session, ids)
            suspended = await suspensions.owners_suspended(session, ids)
        found = {row.object_id: Withholding.of(row) for row in [*suspended, *rows]}
        return aligned(ids, found)

    async def suspensions(self, ids: list[AccountId]) -> Sequence[list[Suspension]]:
        """All that each ever had, the latest first; an account is its owner's and staff's alone."""
        rows = await self._read(suspensions.suspensions_of, ids)
        found = grouped((row.account_id, Suspension.of(row)) for row in rows)
        return [found[account] for account in ids]
