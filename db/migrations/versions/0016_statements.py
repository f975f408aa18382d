"""Producers' months, what a journal concerns, what a bill was paid by, and the provider's balance."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, refuse_changes, text

revision = "0016"
down_revision = "0015"

_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
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
    "PLATFORM_PAYOUT",
    "PROVIDER_FEE",
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
    "CLOSE_MONTHS",
    "RUN_POOL",
    "MAKE_STREAM",
    "GIVE_PLAY_XP",
    "TELL_MILESTONE",
    "RANK_PLAYS",
    "SETTLE_PAYOUT",
    "FOLLOW_PAYOUTS",
    "START_PAYOUTS",
    "REMIND_OF_PAYOUT_SETUP",
    "AUDIT",
    "MAKE_STATEMENTS",
    "RECONCILE",
    "DELETE_FILES",
    "SWEEP",
]


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    set_words("journal", "source_kind", _SOURCES)
    op.add_column("journal", sa.Column("about", ID, nullable=True))
    op.create_index("journal_by_entering", "journal", ["posted_at", "id"])
    op.add_column("invoice", sa.Column("payment_reference", db.columns.BYTEWISE_100, nullable=True))
    op.create_index("invoice_paid_by", "invoice", ["payment_reference"], unique=True)
    _create_statements()
    _create_movements()
    _create_breaks()


def _create_statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        text("period", 7, nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        instant("made_at"),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("statement_once", "statement", ["producer_id", "period", "currency"], unique=True)
    refuse_changes("statement")


def _create_movements() -> None:
    op.create_table(
        "balance_movement",
        sa.Column("id", db.columns.BYTEWISE_100, nullable=False),
        text("kind", 60, nullable=False),
        *(
            sa.Column(name, db.columns.BYTEWISE_100, nullable=True)
            for name in ("source", "payment", "parent")
        ),
        sa.Column("about", ID, nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        text("currency", 3, nullable=False),
        instant("happened_at"),
        instant("seen_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("payment", "source"):
        op.create_index(f"balance_movement_by_{column}", "balance_movement", [column])
    op.create_index("balance_movement_by_moment", "balance_movement", ["happened_at", "id"])
    op.create_index("balance_movement_of", "balance_movement", ["about", "currency", "net_minor"])


def _create_breaks() -> None:
    op.create_table(
        "ledger_break",
        sa.Column("reference", db.columns.BYTEWISE_100, nullable=False),
        text("currency", 3, nullable=False),
        *(sa.Column(f"{book}_minor", sa.BigInteger(), nullable=True) for book in ("ledger", "provider")),
        instant("found_at"),
        instant("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("reference", "currency"),
    )
    op.create_index("ledger_break_open", "ledger_break", ["ended_at", "found_at"])
