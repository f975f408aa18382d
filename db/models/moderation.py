"""What staff have done, what was reported to them, and what they keep back, for whatever reason (D-83)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import BYTEWISE_100, id_of, instant, one_of, own_id, word
from db.ids import AccountId, AuditEntryId, ContentReportId, SuspensionId
from db.table import Table
from db.vocabulary import StaffAction, WithholdingCause

OPEN_REPORT = text("settled_at IS NULL")
IN_FORCE = text("lifted_at IS NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class AuditEntry(Table, table=True):
    """Something staff did; rows are never changed."""

    __table_args__ = (
        Index("audit_entry_by_time", "at", "id"),
        Index("audit_entry_by_actor", "actor_id", "at", "id"),
        Index("audit_entry_by_object", "object_id", "at", "id"),
        one_of("action", StaffAction),
        CheckConstraint("(actor_id IS NULL) <> (actor_name IS NULL)", name="done_by_somebody"),
    )

    id: AuditEntryId = own_id("aud")
    actor_id: AccountId | None = id_of(default=None, foreign_key="account.id")
    actor_name: str | None = Field(default=None, max_length=200)
    """Of who acted without an account: a member of the community with a role on Discord, the command line."""
    action: StaffAction = word(StaffAction)
    object_id: str = Field(sa_type=BYTEWISE_100)
    """Of whatever type; no foreign key, for what was removed may be gone."""
    reason: str | None = None
    at: datetime = instant(default_factory=now)


class ContentReport(Table, table=True):
    """That somebody has told staff of a track, collection, profile or request; settled with what staff do about it."""

    __table_args__ = (
        Index(
            "content_report_open",
            "object_id",
            "account_id",
            unique=True,
            sqlite_where=OPEN_REPORT,
            postgresql_where=OPEN_REPORT,
        ),
        Index("content_report_by_time", "created_at", "id"),
        Index("ix_content_report_account_id", "account_id"),
        CheckConstraint("(settled_at IS NULL) = (entry_id IS NULL)", name="settled_by_a_deed"),
    )

    id: ContentReportId = own_id("rpt")
    object_id: str = Field(sa_type=BYTEWISE_100)
    account_id: AccountId = id_of(foreign_key="account.id")
    reason: str
    created_at: datetime = instant(default_factory=now)
    settled_at: datetime | None = instant(default=None)
    entry_id: AuditEntryId | None = id_of(default=None, foreign_key="audit_entry.id")
    """What staff did."""


class Withholding(Table, table=True):
    """That staff keep something back, for one cause; it is let go when the last one is lifted."""

    __table_args__ = (
        Index(
            "withholding_in_force",
            "object_id",
            "cause_id",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index("withholding_of", "object_id", "placed_at"),
        one_of("cause", WithholdingCause),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
    )

    id: str = own_id("whd")
    object_id: str = Field(sa_type=BYTEWISE_100)
    """A track, a collection, a profile or a request."""
    cause: WithholdingCause = word(WithholdingCause)
    cause_id: str = Field(sa_type=BYTEWISE_100)
    """The takedown notice; of moderation, which is one at a time, the object itself."""
    reason: str
    """For the owner to read."""
    placed_by: AccountId = id_of(foreign_key="account.id")
    placed_at: datetime = instant(default_factory=now)
    lifted_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    lifted_at: datetime | None = instant(default=None)
    lift_reason: str | None = None


class Suspension(Table, table=True):
    """An account's suspension, from its beginning to its end; the one in force has none."""

    __table_args__ = (
        Index(
            "suspension_in_force",
            "account_id",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index("suspension_of", "account_id", "placed_at"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
    )

    id: SuspensionId = own_id("ssp")
    account_id: AccountId = id_of(foreign_key="account.id")
    reason: str
    """For the account to read."""
    placed_by: AccountId = id_of(foreign_key="account.id")
    placed_at: datetime = instant(default_factory=now)
    lifted_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    lifted_at: datetime | None = instant(default=None)
    lift_reason: str | None = None
