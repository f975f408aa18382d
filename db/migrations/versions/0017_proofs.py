"""Whose an e-mail address is: proofs by letters with links, and pictures of accounts."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0017"
down_revision = "0016"

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
_KINDS = ["PROVE_EMAIL", "RESET_PASSWORD", "CHANGE_EMAIL", "RESTORE_EMAIL", "EMAIL_LEFT"]


def upgrade() -> None:
    set_words("job", "kind", _JOBS)
    op.add_column("account", instant("email_verified_at", nullable=True))
    # Written out, for SQLite takes a reference with its column only.
    op.execute("ALTER TABLE account ADD COLUMN picture_id VARCHAR(40) REFERENCES picture (id)")
    op.create_index("ix_account_picture_id", "account", ["picture_id"])
    op.create_table(
        "account_proof",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        text("kind", 40, nullable=False),
        text("address", 254, nullable=False),
        text("address_key", 254, nullable=False),
        text("token_sha256", 64),
        instant("created_at"),
        instant("expires_at"),
        instant("ended_at", nullable=True),
        known("kind", _KINDS),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    living = "ended_at IS NULL AND kind"
    one_at_a_time = f"{living} IN ('PROVE_EMAIL', 'RESET_PASSWORD', 'CHANGE_EMAIL')"
    create_partial_index(
        "account_proof_one_at_a_time", "account_proof", ["account_id", "kind"], one_at_a_time, unique=True
    )
    create_partial_index(
        "account_proof_kept", "account_proof", ["address_key"], f"{living} = 'RESTORE_EMAIL'"
    )
    op.create_index("account_proof_of", "account_proof", ["account_id", "kind", "created_at"])
    op.create_index("account_proof_expiry", "account_proof", ["expires_at"])
