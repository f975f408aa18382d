"""One's own data: archives of it, and the deletion of the account (D-81)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import DataExportId
from db.queries.deletions import DeletionRow
from db.queries.exports import DataExportRow
from db.vocabulary import AccountDeletionStatus, BalanceFate, DataExportStatus, DeletionObstacleKind
from schema.context import Info
from schema.errors import UserError
from schema.ground import Money, Node, SignedUrl
from schema.scalars import BigInt

if TYPE_CHECKING:
    from schema.accounts import Account


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


@strawberry.type
class DeletionObstacle:
    """Something that has to be over before an account is deleted."""

    kind: DeletionObstacleKind
    """What it is."""
    message: str
    """A sentence to show."""
    refuses: bool
    """False: it may be asked for all the same, and is done when this is over."""


@strawberry.type
class DeletionBalance:
    """Money that a producer has, or owes, and what becomes of it."""

    amount: Money
    """How much; below zero: owed."""
    fate: BalanceFate
    """What becomes of it."""


@strawberry.type
class DeletionPart:
    """Some of what an account has."""

    what: str
    """In words, many of them."""
    count: int | None
    """How many; null: they are not counted."""


@strawberry.type
class AccountDeletionPreview:
    """What the deletion of own account would mean now."""

    obstacles: list[DeletionObstacle]
    """What stands in the way."""
    balances: list[DeletionBalance]
    """All money there is."""
    needs_acknowledgement: bool
    """`balanceAcknowledged` has to be true, for some of the money would stay."""
    goes: list[DeletionPart]
    """What is deleted."""
    stays: list[DeletionPart]
    """What stays, under a number."""


@strawberry.type
class AccountDeletion(Node):
    """That own account is to be deleted."""

    status: AccountDeletionStatus
    """How far it is."""
    requested_at: datetime
    """Asked for."""
    due_at: datetime
    """Done from then on; until then it can be called off."""
    waits_for: DeletionObstacleKind | None
    """What was in the way when it was last looked at."""

    @classmethod
    def of(cls, row: DeletionRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            status=row.status,
            requested_at=row.requested_at,
            due_at=row.due_at,
            waits_for=row.waits_for,
        )


@strawberry.input
class RequestAccountDeletionInput:
    password: str
    """The present one."""
    balance_acknowledged: bool = False
    """True: what stays of own money was read, and is understood."""


@strawberry.type
class RequestAccountDeletionPayload:
    deletion: AccountDeletion | None = None
    """The one that waits."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class CancelAccountDeletionPayload:
    account: Annotated["Account", strawberry.lazy("schema.accounts")] | None = None
    """As it stays."""
    errors: list[UserError] = strawberry.field(default_factory=list)
