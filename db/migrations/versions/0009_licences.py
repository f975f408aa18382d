"""Licences, the copies that are delivered, and what is told of them."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0009"
down_revision = "0008"

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
    _create_licences()
    op.create_table(
        "audio_copy",
        sa.Column("upload_id", ID, nullable=False),
        text("format", 40, nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        instant("made_at"),
        known("format", ["WAV", "MP3_320"]),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.PrimaryKeyConstraint("upload_id", "format"),
    )
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)


def _create_licences() -> None:
    op.create_table(
        "licence",
        sa.Column("id", ID, nullable=False),
        text("number", 36, nullable=False),
        text("kind", 40, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("upload_id", ID, nullable=False),
        text("audio_sha256", 64, nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("licensor", sa.JSON(), nullable=False),
        sa.Column("licensee", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        text("signature", 64, nullable=False),
        instant("granted_at"),
        instant("revoked_at", nullable=True),
        sa.Column("revoked_by", ID, nullable=True),
        sa.Column("revocation_reason", sa.String(), nullable=True),
        sa.Column("verification_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revocation_has_a_reason"
        ),
        sa.CheckConstraint("verification_count >= 0", name="verifications_counted"),
        known("kind", ["STANDARD", "EXCLUSIVE"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    held = "kind = '{}' AND revoked_at IS NULL"
    columns = ["account_id", "track_id"]
    create_partial_index("licence_standard_once", "licence", columns, held.format("STANDARD"), unique=True)
    create_partial_index(
        "licence_exclusive_once", "licence", ["track_id"], held.format("EXCLUSIVE"), unique=True
    )
    op.create_index("licence_of", "licence", ["account_id", "granted_at", "id"])
    op.create_index("licence_to", "licence", ["track_id", "kind"])
    op.create_index("licence_with", "licence", ["upload_id"])
