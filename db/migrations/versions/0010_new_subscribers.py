"""Who came by whose share link, and telling producers of new subscribers."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_words
from db.migrations.pieces import ID, instant

revision = "0010"
down_revision = "0009"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "BEAT_SUBMISSION",
    "MATCHING_REQUEST",
    "REQUEST_EXPIRING",
    "LICENSE_GRANTED",
    "TRACK_DOWNLOAD",
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
    "AUDIT",
    "DELETE_FILES",
    "SWEEP",
]


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        instant("came_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index("ix_referral_producer_id", "referral", ["producer_id"])
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
