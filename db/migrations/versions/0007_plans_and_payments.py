"""Plans and who has one, and what is asked of the payment provider and heard from it."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant, known, text

revision = "0007"
down_revision = "0006"

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
    "DELETE_FILES",
    "SWEEP",
]
_CALLS = [
    "ADD_PAYER",
    "ADD_PRICE",
    "OPEN_PLAN_CHECKOUT",
    "CLOSE_CHECKOUT",
    "MOVE_PLAN",
    "STAY_IN_PLAN",
    "SET_RENEWAL",
]
_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
_PLANS = [
    ("pln_01m8h91468jfn7hck15r9njt63", "Explorer", 0, False, 1),
    ("pln_01m8h91468n0v6gf369agsjws5", "Classic", 2900, True, 1),
    ("pln_01m8h91468b499f8fga3hn60te", "Plus", 4500, True, 3),
    ("pln_01m8h91468h75th609hepyhpb8", "Pro", 5900, True, 5),
]


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    _create_plans()
    _create_subscriptions()
    _create_invoices()
    _create_payments()


def _create_plans() -> None:
    plan = op.create_table(
        "plan",
        sa.Column("id", ID, nullable=False),
        text("name", 60, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        sa.Column("includes_downloads", sa.Boolean(), nullable=False),
        sa.Column("request_tokens", sa.SmallInteger(), nullable=False),
        sa.Column("on_sale", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
        sa.CheckConstraint("request_tokens >= 0", name="tokens_not_negative"),
        known("currency", _CURRENCIES),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    names = ("id", "name", "price_minor", "includes_downloads", "request_tokens")
    op.bulk_insert(
        plan,
        [{**dict(zip(names, row, strict=True)), "currency": "CAD", "on_sale": True} for row in _PLANS],
    )


def _create_subscriptions() -> None:
    op.create_table(
        "plan_subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        text("status", 40, nullable=False),
        text("idempotency_key", 100, nullable=False),
        text("return_path", 300, nullable=False),
        sa.Column("checkout_reference", db.columns.BYTEWISE_100, nullable=True),
        text("checkout_url", 2000),
        sa.Column("reference", db.columns.BYTEWISE_100, nullable=True),
        sa.Column("next_plan_id", ID, nullable=True),
        instant("period_ends_at", nullable=True),
        instant("grace_ends_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        instant("created_at"),
        instant("started_at", nullable=True),
        instant("ended_at", nullable=True),
        known("status", ["CHECKOUT_OPEN", "ACTIVE", "PAYMENT_FAILED", "CANCELLING", "ENDED"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["next_plan_id"], ["plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="plan_subscription_once"),
        sa.UniqueConstraint("checkout_reference"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(
        "plan_subscription_living",
        "plan_subscription",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'ENDED'"),
        postgresql_where=sa.text("status <> 'ENDED'"),
    )
    op.create_index("plan_subscription_of", "plan_subscription", ["account_id", "created_at", "id"])


def _create_invoices() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("reference", db.columns.BYTEWISE_100, nullable=False),
        text("number", 100, nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        text("currency", 40, nullable=False),
        instant("issued_at"),
        instant("paid_at", nullable=True),
        text("pdf_url", 2000),
        sa.CheckConstraint("total_minor = base_minor + tax_minor", name="total_is_the_sum"),
        known("currency", _CURRENCIES),
        sa.ForeignKeyConstraint(["subscription_id"], ["plan_subscription.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("invoice_of", "invoice", ["subscription_id", "issued_at", "id"])


def _create_payments() -> None:
    op.create_table(
        "payer",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("reference", db.columns.BYTEWISE_100, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_table(
        "payment_call",
        sa.Column("id", ID, nullable=False),
        text("kind", 40, nullable=False),
        sa.Column("subject", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        text("outcome", 40, nullable=False),
        text("reference", 2000),
        text("problem", 500),
        instant("called_at"),
        instant("answered_at", nullable=True),
        known("kind", _CALLS),
        known("outcome", ["UNSURE", "DONE", "REFUSED", "BROKEN"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "subject", "attempt", name="payment_call_once"),
    )
    op.create_table(
        "payment_event",
        sa.Column("id", db.columns.BYTEWISE_100, nullable=False),
        text("source", 40, nullable=False),
        text("type", 100, nullable=False),
        text("object_id", 100, nullable=False),
        instant("happened_at"),
        instant("received_at"),
        text("state", 40, nullable=False),
        known("source", ["PLATFORM", "CONNECT"]),
        known("state", ["RECEIVED", "DONE", "IGNORED"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payment_event_by_moment", "payment_event", ["happened_at", "id"])
