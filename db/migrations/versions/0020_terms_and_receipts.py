"""Who accepted which terms, and receipts for what was bought."""

import sqlalchemy as sa
from alembic import op

from db.migrations.pieces import ID, instant, known, refuse_changes, text

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    _create_acceptances()
    _create_receipts()


def _create_acceptances() -> None:
    op.create_table(
        "terms_acceptance",
        sa.Column("account_id", ID, nullable=False),
        text("document", 40, nullable=False),
        text("version", 10, nullable=False),
        instant("accepted_at"),
        known("document", ["PLATFORM", "LICENCE"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "document", "version"),
    )


def _create_receipts() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", ID, nullable=False),
        text("kind", 40, nullable=False),
        sa.Column("purchase_id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        instant("issued_at"),
        sa.CheckConstraint("number >= 1", name="numbered_from_one"),
        known("kind", ["RECEIPT", "CREDIT_NOTE"]),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("receipt_once", "receipt", ["purchase_id", "kind"], unique=True)
    op.create_index("receipt_number", "receipt", ["year", "number"], unique=True)
    op.create_table(
        "receipt_series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.CheckConstraint("issued >= 1", name="begun"),
        sa.PrimaryKeyConstraint("year"),
    )
    refuse_changes("receipt")
