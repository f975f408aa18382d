"""Pools of subscription money: closings of months, what they were reckoned from, and whose the money is."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, refuse_changes, refuse_changes_once, text

revision = "0014"
down_revision = "0013"

_JOBS = [
    "CHECK_DUPLICATE",
    "CHECK_REPLACEMENT",
    "MAKE_PREVIEW",
    "MAKE_MP3",
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
    "MAKE_STREAM",
    "GIVE_PLAY_XP",
    "TELL_MILESTONE",
    "RANK_PLAYS",
    "AUDIT",
    "DELETE_FILES",
    "SWEEP",
]
_SOURCES = [
    "SUBSCRIPTION_INVOICE",
    "SUBSCRIPTION_FEE",
    "SUBSCRIPTION_REFUND",
    "EXCLUSIVE_SALE",
    "EXCLUSIVE_FEE",
    "EXCLUSIVE_EXCHANGE",
    "EXCLUSIVE_REFUND",
    "REFUND_RETURNED",
    "LATE_PAYMENT",
    "LATE_REFUND",
    "DISPUTE_OPENED",
    "DISPUTE_MOVEMENT",
    "DISPUTE_WON",
    "POOL_SHARE",
    "POOL_ADJUSTMENT",
]
_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
_MODELS = ["STANDARD", "STANDARD_AND_EXCLUSIVE", "EXCLUSIVE_ONLY"]


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    set_words("journal", "source_kind", _SOURCES)
    _create_runs()
    _create_inputs()
    _create_shares()
    _create_late_returns()
    op.create_table(
        "pool_closing_asked",
        sa.Column("account_id", ID, nullable=False),
        text("idempotency_key", 100, nullable=False),
        text("period", 7, nullable=False),
        instant("asked_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "idempotency_key"),
    )


def _create_runs() -> None:
    op.create_table(
        "pool_run",
        sa.Column("id", ID, nullable=False),
        text("period", 7, nullable=False),
        sa.Column("sequence", sa.SmallInteger(), nullable=False),
        text("status", 40, nullable=False),
        sa.Column("pool_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("total_weight", sa.BigInteger(), nullable=False),
        text("reached", 40, nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        text("inputs_sha256", 64),
        text("outputs_sha256", 64),
        instant("begun_at"),
        instant("frozen_at", nullable=True),
        instant("posted_at", nullable=True),
        sa.CheckConstraint("pool_minor >= 0 OR sequence > 0", name="pool_not_negative"),
        sa.CheckConstraint("(status = 'OPEN') = (frozen_at IS NULL)", name="frozen_since"),
        sa.CheckConstraint("(status = 'OPEN') = (inputs_sha256 IS NULL)", name="inputs_hashed"),
        sa.CheckConstraint("(status = 'POSTED') = (posted_at IS NOT NULL)", name="posted_since"),
        known("status", ["OPEN", "FROZEN", "COMPUTED", "POSTED"]),
        known("currency", _CURRENCIES),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("period", "sequence", name="pool_run_once"),
    )
    refuse_changes_once("pool_run", "OLD.status = 'POSTED'")


def _create_inputs() -> None:
    op.create_table(
        "pool_input",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        instant("published_at"),
        text("licensing_model", 40, nullable=False),
        sa.Column("plays", sa.BigInteger(), nullable=False),
        sa.Column("producers", sa.JSON(), nullable=False),
        sa.CheckConstraint("plays >= 0", name="plays_not_negative"),
        known("licensing_model", _MODELS),
        sa.ForeignKeyConstraint(["run_id"], ["pool_run.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("run_id", "track_id"),
        sqlite_with_rowid=False,
    )
    refuse_changes("pool_input")


def _create_shares() -> None:
    op.create_table(
        "pool_share",
        *_of_a_producer(),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
        sa.PrimaryKeyConstraint("run_id", "producer_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("pool_share_of", "pool_share", ["producer_id", "run_id"])
    op.create_table(
        "pool_line",
        *_of_a_producer(),
        sa.Column("track_id", ID, nullable=False),
        sa.CheckConstraint("weight >= 0", name="weight_not_negative"),
        sa.CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("run_id", "producer_id", "track_id"),
        sqlite_with_rowid=False,
    )
    for table in ("pool_share", "pool_line"):
        refuse_changes(table)


def _of_a_producer() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("run_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["pool_run.id"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
    ]


def _create_late_returns() -> None:
    op.create_table(
        "pool_late_return",
        sa.Column("id", db.columns.BYTEWISE_100, nullable=False),
        text("period", 7, nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        instant("happened_at"),
        sa.Column("run_id", ID, nullable=True),
        sa.CheckConstraint("base_minor > 0", name="base_positive"),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["run_id"], ["pool_run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pool_late_return_open", "pool_late_return", ["period", "run_id"])
