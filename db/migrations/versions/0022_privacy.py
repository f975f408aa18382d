"""Exports of personal data, and deletions of accounts."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0022"
down_revision = "0021"

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
    "AUDIT",
    "MAKE_STATEMENTS",
    "RECONCILE",
    "SEND_TICKET_LETTER",
    "SEND_TAKEDOWN_LETTER",
    "EXPORT_DATA",
    "DELETE_ACCOUNT",
    "FORGET",
    "DELETE_FILES",
    "SWEEP",
]
_CALLS = [
    "ADD_PAYER",
    "REMOVE_PAYER",
    "ADD_PRICE",
    "OPEN_PLAN_CHECKOUT",
    "OPEN_SALE_CHECKOUT",
    "CLOSE_CHECKOUT",
    "MOVE_PLAN",
    "STAY_IN_PLAN",
    "SET_RENEWAL",
    "CAPTURE",
    "VOID",
    "REFUND",
    "ADD_PAYOUT_ACCOUNT",
    "PAY_OUT_BY_HAND",
    "CLOSE_PAYOUT_ACCOUNT",
    "TRANSFER",
    "REVERSE_TRANSFER",
    "PAY_OUT",
]
_DELETION_STATUSES = ["WAITING", "RUNNING", "DONE", "CANCELLED"]
_OBSTACLES = [
    "PURCHASE_UNDER_WAY",
    "SALE_UNDER_WAY",
    "REFUND_UNDER_WAY",
    "DISPUTE_UNDER_WAY",
    "PAYOUT_UNDER_WAY",
    "PAYOUT_MAY_RETURN",
    "SALE_IS_FRESH",
    "ONLY_STAFF",
]
_EXPORT_STATUSES = ["QUEUED", "RUNNING", "READY", "FAILED", "EXPIRED"]


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    set_words("payment_call", "kind", _CALLS)
    op.add_column("account", instant("deleted_at", nullable=True))
    _create_exports()
    _create_deletions()


def _create_exports() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        instant("requested_at"),
        instant("ready_at", nullable=True),
        instant("expires_at", nullable=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="progress_share"),
        sa.CheckConstraint("(status = 'READY') <= (expires_at IS NOT NULL)", name="ready_until"),
        known("status", _EXPORT_STATUSES),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("data_export_of", "data_export", ["account_id", "requested_at", "id"])
    being_made = "status IN ('QUEUED', 'RUNNING')"
    create_partial_index("data_export_being_made", "data_export", ["account_id"], being_made, unique=True)
    create_partial_index("data_export_expiry", "data_export", ["expires_at"], "status = 'READY'")


def _create_deletions() -> None:
    op.create_table(
        "account_deletion",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        text("status", 40, nullable=False),
        instant("requested_at"),
        instant("due_at"),
        instant("ended_at", nullable=True),
        text("waits_for", 40),
        sa.Column("told", sa.JSON(), nullable=False),
        instant("told_again_at", nullable=True),
        instant("left_at", nullable=True),
        sa.CheckConstraint(
            "(status IN ('DONE', 'CANCELLED')) = (ended_at IS NOT NULL)", name="ended_when_over"
        ),
        known("status", _DELETION_STATUSES),
        known("waits_for", _OBSTACLES),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    undone = "status IN ('WAITING', 'RUNNING')"
    create_partial_index("account_deletion_undone", "account_deletion", ["account_id"], undone, unique=True)
