"""Credit notes of parts: one for each time that money went back, with what it is made of."""

import sqlalchemy as sa
from alembic import op

from db.columns import BYTEWISE_100
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, refuse_changes, text

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    set_words("receipt", "kind", ["RECEIPT", "CREDIT_NOTE", "CORRECTION"])
    op.drop_index("receipt_once", "receipt")
    create_partial_index("receipt_once", "receipt", ["purchase_id"], "kind = 'RECEIPT'", unique=True)
    _create_notes()
    _say_what_notes_have_said()
    refuse_changes("credit_note")


def _create_notes() -> None:
    op.create_table(
        "credit_note",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("purchase_id", ID, nullable=False),
        text("cause", 40, nullable=False),
        sa.Column("reference", BYTEWISE_100, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        instant("happened_at"),
        sa.CheckConstraint("price_minor + fee_minor + tax_minor <> 0", name="amount_not_nothing"),
        sa.CheckConstraint(
            "(price_minor + fee_minor + tax_minor < 0) = (cause = 'WON_DISPUTE')", name="sign_by_cause"
        ),
        known("cause", ["REFUND", "LOST_DISPUTE", "WON_DISPUTE"]),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"]),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"]),
        sa.PrimaryKeyConstraint("receipt_id"),
    )
    op.create_index("credit_note_once", "credit_note", ["purchase_id", "cause", "reference"], unique=True)


def _say_what_notes_have_said() -> None:
    """Until now they were of the whole payment, which names them."""
    op.execute(
        """
        INSERT INTO credit_note
            (receipt_id, purchase_id, cause, reference, price_minor, fee_minor, tax_minor, happened_at)
        SELECT receipt.id, purchase.id,
            CASE WHEN purchase.status = 'RESCINDED' THEN 'LOST_DISPUTE' ELSE 'REFUND' END,
            purchase.payment_reference, purchase.price_minor, purchase.fee_minor, purchase.tax_minor,
            COALESCE(purchase.ended_at, receipt.issued_at)
        FROM receipt JOIN purchase ON purchase.id = receipt.purchase_id
        WHERE receipt.kind = 'CREDIT_NOTE'
        """
    )
