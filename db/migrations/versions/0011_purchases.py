"""Exclusive licences that somebody buys, and what they do to licences and books."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0011"
down_revision = "0010"

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
    "CASE_DECIDED",
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
]
_STATUSES = [
    "RESERVED",
    "CHECKOUT_OPEN",
    "AUTHORISED",
    "COMPLETED",
    "EXPIRED",
    "LOST",
    "REFUNDED",
    "DISPUTED",
    "RESCINDED",
]
_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
_LIVING = "status IN ('RESERVED', 'CHECKOUT_OPEN', 'AUTHORISED')"


def upgrade() -> None:
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
    set_words("payment_call", "kind", _CALLS)
    set_words("journal", "source_kind", _SOURCES)
    for column in ("downloaded_at", "files_held_at"):
        op.add_column("licence", instant(column, nullable=True))
    _create_purchases()


def _create_purchases() -> None:
    op.create_table(
        "purchase",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("upload_id", ID, nullable=False),
        text("audio_sha256", 64, nullable=False),
        text("status", 40, nullable=False),
        text("idempotency_key", 100, nullable=False),
        text("input_sha256", 64, nullable=False),
        text("return_path", 300, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("standard_licences", sa.Integer(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("agreement", sa.JSON(), nullable=False),
        text("agreement_sha256", 64, nullable=False),
        sa.Column("grant", sa.JSON(), nullable=False),
        sa.Column("checkout_reference", db.columns.BYTEWISE_100, nullable=True),
        text("checkout_url", 2000),
        sa.Column("payment_reference", db.columns.BYTEWISE_100, nullable=True),
        sa.Column("licence_id", ID, nullable=True),
        instant("expires_at"),
        text("refund_key", 100),
        sa.Column("refund_reason", sa.String(), nullable=True),
        instant("refund_asked_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("completed_at", nullable=True),
        instant("ended_at", nullable=True),
        sa.CheckConstraint("price_minor > 0", name="price_positive"),
        sa.CheckConstraint("fee_minor >= 0 AND tax_minor >= 0", name="additions_not_negative"),
        sa.CheckConstraint("(refund_asked_at IS NULL) = (refund_key IS NULL)", name="refund_has_a_key"),
        sa.CheckConstraint(
            "(status IN ('COMPLETED', 'DISPUTED', 'RESCINDED')) <= (licence_id IS NOT NULL)",
            name="licence_where_bought",
        ),
        known("status", _STATUSES),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="purchase_once"),
        sa.UniqueConstraint("checkout_reference"),
        sa.UniqueConstraint("payment_reference"),
        sa.UniqueConstraint("licence_id"),
    )
    create_partial_index("purchase_living", "purchase", ["track_id"], _LIVING, unique=True)
    create_partial_index("purchase_due", "purchase", ["expires_at"], _LIVING)
    asked = "status = 'COMPLETED' AND refund_asked_at IS NOT NULL"
    create_partial_index("purchase_refunding", "purchase", ["refund_asked_at"], asked)
    op.create_index("purchase_of", "purchase", ["account_id", "created_at", "id"])
    op.create_index("purchase_on", "purchase", ["track_id", "created_at"])
