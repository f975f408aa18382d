"""The ledger: journals and entries that are never changed, and what producers have. Saved terms of licences."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, refuse_changes, text

revision = "0008"
down_revision = "0007"

_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
_HOUSE = [
    "stripe_cash",
    "stripe_fees",
    "platform_fee",
    "tax_payable",
    "payout_clearing",
    "dispute_hold",
    "bad_debt",
    "suspense",
]
_JOBS = [
    "CHECK_DUPLICATE",
    "CHECK_REPLACEMENT",
    "MAKE_PREVIEW",
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
    "SEND_EMAIL",
    "START_DIGESTS",
    "SEND_DIGEST",
    "START_REPORTS",
    "MAKE_REPORT",
    "READ_PAYMENT_EVENT",
    "CATCH_UP_ON_PAYMENTS",
    "AUDIT",
    "DELETE_FILES",
    "SWEEP",
]


def upgrade() -> None:
    _create_journals()
    _create_entries()
    op.create_table(
        "producer_balance",
        sa.Column("producer_id", ID, nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("producer_id", "currency"),
    )
    op.create_table(
        "ledger_guard",
        sa.Column("account", db.columns.BYTEWISE_100, nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    _create_presets()
    set_words("job", "kind", _JOBS)


def _create_journals() -> None:
    op.create_table(
        "journal",
        sa.Column("id", ID, nullable=False),
        text("source_kind", 40, nullable=False),
        sa.Column("source_id", db.columns.BYTEWISE_100, nullable=False),
        text("content_sha256", 64, nullable=False),
        instant("happened_at"),
        instant("posted_at"),
        known("source_kind", ["SUBSCRIPTION_INVOICE", "SUBSCRIPTION_FEE", "SUBSCRIPTION_REFUND"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("journal_once", "journal", ["source_kind", "source_id"], unique=True)
    op.create_index("journal_by_moment", "journal", ["happened_at", "id"])
    refuse_changes("journal")


def _create_entries() -> None:
    op.create_table(
        "entry",
        sa.Column("journal_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("from_account", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("to_account", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.CheckConstraint("from_account <> to_account", name="accounts_differ"),
        _an_account("from_account"),
        _an_account("to_account"),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"]),
        sa.PrimaryKeyConstraint("journal_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("entry_from", "entry", ["from_account", "currency", "amount_minor"])
    op.create_index("entry_to", "entry", ["to_account", "currency", "amount_minor"])
    refuse_changes("entry")


def _create_presets() -> None:
    op.create_table(
        "licence_preset",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        text("name", 60, nullable=False),
        sa.Column("name_key", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        instant("created_at"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("producer_id", "name_key", name="licence_preset_named_once"),
    )


def _an_account(column: str) -> sa.CheckConstraint:
    house = ", ".join(repr(account) for account in _HOUSE)
    shapes = f"{column} LIKE 'sub_pool:____-__' OR {column} LIKE 'producer:pro_%\\:payable'"
    return sa.CheckConstraint(f"{column} IN ({house}) OR {shapes}", name=f"{column}_is_one")
