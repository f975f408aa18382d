"""Loaders of purchases, and of tracks that are kept for a buyer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.loaders.reading import Reader, ability, aligned
from api.purchases.errors import NothingToRefund, PurchaseIsAnothers
from api.purchases.refund import why_no_refund
from api.refusals import Refused
from api.viewer import Viewer
from db.ids import AccountId, LicenceId, PurchaseId, TrackId
from db.queries import licences, receipts
from db.queries import purchases as queries
from db.queries.licences import LicenceRow
from db.queries.purchases import PurchaseRow
from db.session import Sessions
from db.vocabulary import PurchaseStatus, Role
from schema.credit_notes import CreditNote
from schema.ground import Ability
from schema.purchases import Purchase


class PurchaseLoaders(Reader):
    """Purchases as the viewer may see them: another's is like none."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, refunded_within: timedelta) -> None:
        super().__init__(sessions, viewer)
        self._refunded_within = refunded_within

    async def purchases(self, ids: list[PurchaseId]) -> Sequence[Purchase | None]:
        rows = await self._read(queries.purchases, ids)
        return aligned(ids, {row.id: Purchase.of(row) for row in rows if self._sees(row.account_id)})

    async def of_licences(self, ids: list[LicenceId]) -> Sequence[Purchase | None]:
        """What each licence was bought by."""
        rows = await self._read(queries.purchases_of_licences, ids)
        found = {row.licence_id: Purchase.of(row) for row in rows if self._sees(row.account_id)}
        return [found.get(licence) for licence in ids]

    async def refunds(self, ids: list[PurchaseId]) -> Sequence[Ability]:
        """Of purchases that the viewer sees; only the buyer asks for one."""
        async with self._sessions.reading() as session:
            rows = {row.id: row for row in await queries.purchases(session, ids)}
            bought = [row.licence_id for row in rows.values() if row.licence_id]
            held = {row.id: row for row in await licences.licences(session, bought)}
        return [ability(self._why_not_refunded(rows[one], held)) for one in ids]

    async def credit_notes(self, ids: list[PurchaseId]) -> Sequence[list[CreditNote]]:
        """Of purchases that the viewer sees."""
        async with self._sessions.reading() as session:
            rows = {row.id: row for row in await queries.purchases(session, ids)}
            notes = await receipts.credit_notes(session, ids)
        return [
            [CreditNote.of(note, rows[one].currency) for note in notes if note.purchase_id == one]
            for one in ids
        ]

    async def reserved_until(self, ids: list[TrackId]) -> Sequence[datetime | None]:
        """Until when each track is kept for somebody else."""
        kept = await self._read(queries.reservations, ids)
        own = self._viewer.account_id if self._viewer else None
        return aligned(ids, {track: one.expires_at for track, one in kept.items() if one.account_id != own})

    async def standard_counts(self, ids: list[TrackId]) -> Sequence[int]:
        held = await self._read(licences.standard_counts, ids)
        return [held[track] for track in ids]

    def _why_not_refunded(self, row: PurchaseRow, held: dict[LicenceId, LicenceRow]) -> Refused | None:
        if self._viewer is None or self._viewer.account_id != row.account_id:
            return PurchaseIsAnothers()
        if row.refund_asked_at is not None and row.status is PurchaseStatus.COMPLETED:
            return NothingToRefund("The refund is on its way.")
        licence = held.get(row.licence_id) if row.licence_id else None
        return why_no_refund(row, licence, within=self._refunded_within)

    def _sees(self, account: AccountId) -> bool:
        viewer = self._viewer
        return viewer is not None and (viewer.account_id == account or viewer.has(Role.STAFF))
