"""What staff do and keep back: the audit log, reports, withheld content and suspended accounts."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.pieces import ID, create_partial_index, instant, known, refuse_changes, text

revision = "0020"
down_revision = "0018"

_TRACK = ["PROCESSING", "PUBLISHED", "DUPLICATE", "CHECK_FAILED", "HIDDEN", "SOLD", "REMOVED"]
_REQUEST = ["ACTIVE", "EXPIRED", "DELETED"]
_ACTIONS = [
    "HIDE",
    "RESTORE",
    "REMOVE",
    "DISMISS_REPORTS",
    "GIVE_ROLE",
    "TAKE_ROLE",
    "APPROVE",
    "DENY",
    "REVOKE_LICENCE",
    "HOLD_PAYOUTS",
    "RELEASE_PAYOUTS",
    "SUSPEND",
    "REINSTATE",
]
_CAUSES = ["MODERATION", "SUSPENSION"]
_IN_FORCE = "lifted_at IS NULL"


def upgrade() -> None:
    _add_withheld("track", _TRACK)
    _add_withheld("beat_request", _REQUEST)
    for table, column in (("collection", "withheld_since"), ("producer", "withheld_since")):
        op.add_column(table, instant(column, nullable=True))
    op.add_column("account", instant("suspended_at", nullable=True))
    _create_audit()
    _create_reports()
    _create_withholdings()
    _create_suspensions()


def _add_withheld(table: str, words: list[str]) -> None:
    """Written out, for SQLite takes a CHECK with its column only."""
    listed = ", ".join(repr(word) for word in words)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN withheld_as VARCHAR(40)"
        f" CONSTRAINT withheld_as_known CHECK (withheld_as IN ({listed}))"
    )


def _create_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        text("action", 40, nullable=False),
        sa.Column("object_id", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        instant("at"),
        known("action", _ACTIONS),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_entry_by_time", "audit_entry", ["at", "id"])
    op.create_index("audit_entry_by_actor", "audit_entry", ["actor_id", "at", "id"])
    op.create_index("audit_entry_by_object", "audit_entry", ["object_id", "at", "id"])
    refuse_changes("audit_entry")


def _create_reports() -> None:
    op.create_table(
        "content_report",
        sa.Column("id", ID, nullable=False),
        sa.Column("object_id", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        instant("created_at"),
        instant("settled_at", nullable=True),
        sa.Column("entry_id", ID, nullable=True),
        sa.CheckConstraint("(settled_at IS NULL) = (entry_id IS NULL)", name="settled_by_a_deed"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    create_partial_index(
        "content_report_open",
        "content_report",
        ["object_id", "account_id"],
        "settled_at IS NULL",
        unique=True,
    )
    op.create_index("content_report_by_time", "content_report", ["created_at", "id"])
    op.create_index("ix_content_report_account_id", "content_report", ["account_id"])


def _create_withholdings() -> None:
    op.create_table(
        "withholding",
        sa.Column("id", ID, nullable=False),
        sa.Column("object_id", db.columns.BYTEWISE_100, nullable=False),
        text("cause", 40, nullable=False),
        sa.Column("cause_id", db.columns.BYTEWISE_100, nullable=False),
        *_placed_and_lifted(),
        known("cause", _CAUSES),
        sa.PrimaryKeyConstraint("id"),
    )
    create_partial_index(
        "withholding_in_force", "withholding", ["object_id", "cause_id"], _IN_FORCE, unique=True
    )
    op.create_index("withholding_of", "withholding", ["object_id", "placed_at"])


def _create_suspensions() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        *_placed_and_lifted(),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    create_partial_index("suspension_in_force", "suspension", ["account_id"], _IN_FORCE, unique=True)
    op.create_index("suspension_of", "suspension", ["account_id", "placed_at"])


def _placed_and_lifted() -> list[sa.Column[object] | sa.CheckConstraint | sa.ForeignKeyConstraint]:
    return [
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", ID, nullable=False),
        instant("placed_at"),
        sa.Column("lifted_by", ID, nullable=True),
        instant("lifted_at", nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        sa.ForeignKeyConstraint(["placed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["account.id"]),
    ]
