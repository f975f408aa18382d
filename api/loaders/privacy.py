"""Loaders of what is for the owner of an account alone: archives of their data, and its deletion."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from api.addresses import RequestAddresses
from api.loaders.reading import Reader, aligned, grouped
from api.viewer import Viewer
from db.clock import now
from db.ids import AccountDeletionId, AccountId, DataExportId
from db.queries import deletions, exports
from db.queries.exports import DataExportRow
from db.session import Sessions
from db.vocabulary import DataExportStatus
from schema.ground import SignedUrl
from schema.privacy import AccountDeletion, DataExport

_LISTED_FOR: Final = timedelta(days=90)


class PrivacyLoaders(Reader):
    """Exports of who looks; to others they are like none."""

    def __init__(self, sessions: Sessions, viewer: Viewer | None, *, addresses: RequestAddresses) -> None:
        super().__init__(sessions, viewer)
        self._addresses = addresses

    async def data_exports(self, ids: list[DataExportId]) -> Sequence[DataExport | None]:
        return aligned(ids, {row.id: DataExport.of(row) for row in await self._own(ids)})

    async def exports_of_accounts(self, accounts: list[AccountId]) -> Sequence[list[DataExport]]:
        own = [account for account in accounts if self._is_own(account)]
        async with self._sessions.reading() as session:
            rows = await exports.exports_of(session, own, since=now() - _LISTED_FOR)
        found = grouped((row.account_id, DataExport.of(row)) for row in rows)
        return [found[account] for account in accounts]

    async def archives(self, ids: list[DataExportId]) -> Sequence[SignedUrl | None]:
        ready = [row for row in await self._own(ids) if row.status is DataExportStatus.READY]
        return aligned(ids, {row.id: await self._addresses.archive(row) for row in ready})

    async def deletions(self, ids: list[AccountDeletionId]) -> Sequence[AccountDeletion | None]:
        rows = await self._read(deletions.deletions, ids)
        own = [row for row in rows if self._is_own(row.account_id)]
        return aligned(ids, {row.id: AccountDeletion.of(row) for row in own})

    async def deletions_of_accounts(self, accounts: list[AccountId]) -> Sequence[AccountDeletion | None]:
        """To staff too, who see the account."""
        found = await self._read(deletions.undone_of, accounts)
        return aligned(accounts, {account: AccountDeletion.of(row) for account, row in found.items()})

    async def _own(self, ids: list[DataExportId]) -> list[DataExportRow]:
        rows = await self._read(exports.exports, ids)
        return [row for row in rows if self._is_own(row.account_id)]

    def _is_own(self, account: AccountId) -> bool:
        return self._viewer is not None and self._viewer.account_id == account
