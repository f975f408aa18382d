"""One's own data: archives of it (D-81)."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import DataExportId
from db.queries.exports import DataExportRow
from db.vocabulary import DataExportStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node, SignedUrl
from schema.scalars import BigInt


@strawberry.type
class DataExport(Node):
    """A ZIP of all that an account has told and done, as JSON, with its files and certificates; for its owner."""

    export_id: strawberry.Private[DataExportId]
    status: DataExportStatus
    """How far it is."""
    progress: float
    """0 to 1; never falls."""
    requested_at: datetime
    """Asked for."""
    ready_at: datetime | None
    """Written."""
    expires_at: datetime | None
    """Deleted then."""
    byte_size: BigInt | None
    """Of the archive; null unless READY."""

    @classmethod
    def of(cls, row: DataExportRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            export_id=row.id,
            status=row.status,
            progress=row.progress,
            requested_at=row.requested_at,
            ready_at=row.ready_at,
            expires_at=row.expires_at,
            byte_size=None if row.byte_size is None else BigInt(row.byte_size),
        )

    @strawberry.field
    async def download(self, info: Info) -> SignedUrl | None:
        """To save it; null unless READY."""
        return await info.context.loaders.archives.load(self.export_id)


@strawberry.type
class RequestDataExportPayload:
    export: DataExport | None = None
    """The archive; one that is being written is returned."""
    errors: list[UserError] = strawberry.field(default_factory=list)
