"""What a resolver may ask of a request about its viewer's own data: part of `schema.context`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strawberry.dataloader import DataLoader

from db.ids import AccountDeletionId, AccountId, DataExportId

if TYPE_CHECKING:
    from schema.ground import SignedUrl
    from schema.privacy import AccountDeletion, DataExport


@dataclass(frozen=True)
class LoadersOfOwnData:
    """Archives of somebody's data, and the deletion of their account."""

    data_exports: "DataLoader[DataExportId, DataExport | None]"
    exports_of_accounts: "DataLoader[AccountId, list[DataExport]]"
    archives: "DataLoader[DataExportId, SignedUrl | None]"
    deletions: "DataLoader[AccountDeletionId, AccountDeletion | None]"
    deletions_of_accounts: "DataLoader[AccountId, AccountDeletion | None]"
