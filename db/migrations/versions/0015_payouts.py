"""Payout accounts, payouts, what holds them, and their words."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0015"
down_revision = "0014"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "BEAT_SUBMISSION",
    "MATCHING_REQUEST",
    "REQUEST_EXPIRING",
    "LICENSE_GRANTED",
    "TRACK_DOWNLOAD",
    "EXCLUSIVE_SOLD",
    "ACHIEVEMENT",
    "SIMILARITY_MATCH",
    "NEW_SUBSCRIBERS",
    "ANALYTICS_REPORT",
    "PAYOUT_UPDATE",
    "PAYOUT_SETUP_REMINDER",
    "CASE_DECIDED",
    "PLAY_MILESTONE",
    "SECURITY",
]
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
    "SETTLE_PAYOUT",
    "FOLLOW_PAYOUTS",
    "START_PAYOUTS",
    "REMIND_OF_PAYOUT_SETUP",
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
_CALLS = [
    "ADD_PAYER",
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
    "PAYOUT_BEGUN",
    "PAYOUT_SENT",
    "PAYOUT_REJECTED",
    "PAYOUT_RETURNED",
    "POOL_SHARE",
    "POOL_ADJUSTMENT",
]
_ACCOUNT_STATUSES = [
    "NONE",
    "CREATED",
    "INCOMPLETE",
    "UNDER_REVIEW",
    "READY",
    "RESTRICTED",
    "REJECTED",
    "DISCONNECTED",
]
_STATUSES = [
    "HELD",
    "REQUESTED",
    "SENDING",
    "SENT",
    "SETTLED",
    "REJECTED",
    "FAILED",
]
_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]


def upgrade() -> None:
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
    set_words("payment_call", "kind", _CALLS)
    set_words("journal", "source_kind", _SOURCES)
    _create_accounts()
    _create_payouts()
    _create_holds()
    op.create_index("purchase_sold_by", "purchase", ["producer_id", "status", "completed_at"])


def _create_accounts() -> None:
    op.create_table(
        "payout_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("reference", db.columns.BYTEWISE_100, nullable=True),
        text("country", 2, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("requirements", sa.JSON(), nullable=False),
        instant("ready_at", nullable=True),
        instant("checked_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("ended_at", nullable=True),
        known("status", _ACCOUNT_STATUSES),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    living = "status <> 'DISCONNECTED'"
    create_partial_index("payout_account_living", "payout_account", ["producer_id"], living, unique=True)
    op.create_index("payout_account_of", "payout_account", ["producer_id", "created_at"])


def _create_payouts() -> None:
    op.create_table(
        "payout",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("destination", db.columns.BYTEWISE_100, nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        text("status", 40, nullable=False),
        text("idempotency_key", 100),
        sa.Column("scheduled_for", sa.Date(), nullable=True),
        sa.Column("account_ready", sa.Boolean(), nullable=False),
        sa.Column("transfer_reference", db.columns.BYTEWISE_100, nullable=True),
        sa.Column("bank_reference", db.columns.BYTEWISE_100, nullable=True),
        text("failure", 500),
        instant("requested_at"),
        *(instant(f"{step}_at", nullable=True) for step in ("begun", "sent", "settled", "ended", "returned")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.CheckConstraint("(idempotency_key IS NULL) <> (scheduled_for IS NULL)", name="asked_for_or_due"),
        sa.CheckConstraint(
            "(status IN ('SENT', 'SETTLED', 'FAILED')) <= (transfer_reference IS NOT NULL)",
            name="transfer_where_sent",
        ),
        known("status", _STATUSES),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["payout_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("producer_id", "idempotency_key", name="payout_once"),
        sa.UniqueConstraint("producer_id", "currency", "scheduled_for", name="payout_scheduled_once"),
        sa.UniqueConstraint("transfer_reference"),
        sa.UniqueConstraint("bank_reference"),
    )
    living = "status IN ('HELD', 'REQUESTED', 'SENDING')"
    create_partial_index("payout_living", "payout", ["producer_id", "currency"], living, unique=True)
    op.create_index("payout_of", "payout", ["producer_id", "requested_at", "id"])
    op.create_index("payout_by_status", "payout", ["status", "requested_at"])


def _create_holds() -> None:
    op.create_table(
        "payout_hold",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("cause", db.columns.BYTEWISE_100, nullable=True),
        text("reason", 1000, nullable=False),
        sa.Column("placed_by", ID, nullable=True),
        instant("placed_at"),
        instant("until", nullable=True),
        sa.Column("released_by", ID, nullable=True),
        instant("released_at", nullable=True),
        text("release_reason", 1000),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        *(sa.ForeignKeyConstraint([column], ["account.id"]) for column in ("placed_by", "released_by")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause"),
    )
    create_partial_index("payout_hold_open", "payout_hold", ["producer_id"], "released_at IS NULL")
