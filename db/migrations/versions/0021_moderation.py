"""What staff do and keep back: the audit log, reports, withheld content, suspended accounts and takedown notices."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, refuse_changes, text

revision = "0021"
down_revision = "0020"

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
    "UPHOLD_TAKEDOWN",
    "REJECT_TAKEDOWN",
    "RELEASE_TAKEDOWN",
    "CREATE_EVENT",
    "CHANGE_EVENT",
    "CANCEL_EVENT",
    "CREATE_PROFILE",
    "CLOSE_PERIOD",
]
_CAUSES = ["MODERATION", "TAKEDOWN", "SUSPENSION"]
_JOBS = [
    "CHECK_DUPLICATE",
    "CHECK_REPLACEMENT",
    "MAKE_PREVIEW",
    "MAKE_MP3",
    "MAKE_STREAM",
    "ANALYSE",
    "SCAN",
    "RESCAN",
    "START_RESCANS",
    "POST_RECORDING",
    "INDEX_TRACKS",
    "TELL_FOLLOWERS",
    "MATCH_REQUEST",
    "MATCH_TRACK",
    "TELL_MATCHES",
    "EXPIRE_REQUESTS",
    "TELL_OF_SUBSCRIBER",
    "SEND_EMAIL",
    "SEND_PROOF",
    "OFFER_RESET",
    "START_DIGESTS",
    "SEND_DIGEST",
    "START_REPORTS",
    "MAKE_REPORT",
    "READ_PAYMENT_EVENT",
    "CATCH_UP_ON_PAYMENTS",
    "SETTLE_PURCHASE",
    "EXPIRE_PURCHASES",
    "CLOSE_MONTHS",
    "RUN_POOL",
    "GIVE_PLAY_XP",
    "TELL_MILESTONE",
    "RANK_PLAYS",
    "SETTLE_PAYOUT",
    "FOLLOW_PAYOUTS",
    "START_PAYOUTS",
    "REMIND_OF_PAYOUT_SETUP",
    "TELL_GUESTS",
    "RELEASE_SEATS",
    "SEND_TICKET_LETTER",
    "SEND_TAKEDOWN_LETTER",
    "AUDIT",
    "MAKE_STATEMENTS",
    "RECONCILE",
    "DELETE_FILES",
    "SWEEP",
]
_TAKEDOWNS = ["UNPROVED", "OPEN", "UPHELD", "REJECTED", "ANSWERED", "RELEASED"]
_IN_FORCE = "lifted_at IS NULL"


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    _add_withheld("track", _TRACK)
    _add_withheld("beat_request", _REQUEST)
    for table, column in (("collection", "withheld_since"), ("producer", "withheld_since")):
        op.add_column(table, instant(column, nullable=True))
    op.add_column("account", instant("suspended_at", nullable=True))
    for column in ("withheld_in_app", "withheld_live"):
        op.add_column("notification", sa.Column(column, sa.Boolean(), nullable=True))
    _create_audit()
    _create_reports()
    _create_withholdings()
    _create_suspensions()
    _create_takedowns()
    _create_takedown_steps()


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
        sa.Column("actor_id", ID, nullable=True),
        text("actor_name", 200),
        text("action", 40, nullable=False),
        sa.Column("object_id", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        instant("at"),
        known("action", _ACTIONS),
        sa.CheckConstraint("(actor_id IS NULL) <> (actor_name IS NULL)", name="done_by_somebody"),
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


def _create_takedowns() -> None:
    op.create_table(
        "takedown",
        sa.Column("id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        text("name", 100, nullable=False),
        text("email", 254, nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        text("signature", 100, nullable=False),
        text("status", 40, nullable=False),
        text("token_sha256", 64),
        instant("created_at"),
        instant("expires_at"),
        instant("proved_at", nullable=True),
        sa.CheckConstraint("(status = 'UNPROVED') = (proved_at IS NULL)", name="proved_before_staff_see_it"),
        known("status", _TAKEDOWNS),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index("takedown_by_status", "takedown", ["status", "proved_at", "id"])
    op.create_index("takedown_of_track", "takedown", ["track_id", "proved_at", "id"])
    op.create_index("takedown_unproved", "takedown", ["expires_at"])


def _create_takedown_steps() -> None:
    op.create_table(
        "takedown_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("takedown_id", ID, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("by", ID, nullable=True),
        instant("at"),
        known("status", _TAKEDOWNS),
        sa.ForeignKeyConstraint(["takedown_id"], ["takedown.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("takedown_step_of", "takedown_step", ["takedown_id", "at", "id"])
