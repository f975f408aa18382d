"""Exports of personal data, and deletions of accounts (D-81)."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountDeletionId, AccountId, DataExportId
from db.table import Table
from db.vocabulary import AccountDeletionStatus, DataExportStatus, DeletionObstacleKind

BEING_MADE = text("status IN ('QUEUED', 'RUNNING')")
KEPT = text("status = 'READY'")
UNDONE = text("status IN ('WAITING', 'RUNNING')")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class DataExport(Table, table=True):
    """An archive of all that an account has said and done; one is being made at a time."""

    __table_args__ = (
        Index(
            "data_export_being_made",
            "account_id",
            unique=True,
            sqlite_where=BEING_MADE,
            postgresql_where=BEING_MADE,
        ),
        Index("data_export_of", "account_id", "requested_at", "id"),
        Index("data_export_expiry", "expires_at", sqlite_where=KEPT, postgresql_where=KEPT),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress_share"),
        CheckConstraint("(status = 'READY') <= (expires_at IS NOT NULL)", name="ready_until"),
        one_of("status", DataExportStatus),
    )

    id: DataExportId = own_id("dex")
    account_id: AccountId = id_of(foreign_key="account.id")
    status: DataExportStatus = word(DataExportStatus, default=DataExportStatus.QUEUED)
    progress: float = 0.0
    requested_at: datetime = instant(default_factory=now)
    ready_at: datetime | None = instant(default=None)
    expires_at: datetime | None = instant(default=None)
    """When the archive is deleted."""
    byte_size: int | None = Field(default=None, sa_type=BigInteger)


class AccountDeletion(Table, table=True):
    """That an account is to be deleted, or was."""

    __table_args__ = (
        Index(
            "account_deletion_undone",
            "account_id",
            unique=True,
            sqlite_where=UNDONE,
            postgresql_where=UNDONE,
        ),
        CheckConstraint("(status IN ('DONE', 'CANCELLED')) = (ended_at IS NOT NULL)", name="ended_when_over"),
        one_of("status", AccountDeletionStatus),
        one_of("waits_for", DeletionObstacleKind),
    )

    id: AccountDeletionId = own_id("adl")
    account_id: AccountId = id_of(foreign_key="account.id")
    status: AccountDeletionStatus = word(AccountDeletionStatus, default=AccountDeletionStatus.WAITING)
    requested_at: datetime = instant(default_factory=now)
    due_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    waits_for: DeletionObstacleKind | None = word(DeletionObstacleKind, default=None)
    """What was in the way when it was last looked at."""
    told: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """Money that stays owed, as its owner was told: minor units by currency."""
    told_again_at: datetime | None = instant(default=None)
    """When they were told of more, and it was put off: once."""
    left_at: datetime | None = instant(default=None)
    """When what is shared with others was left."""
