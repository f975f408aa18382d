"""What plays come to: for tracks, for producers, by quarters of an hour; and what whole tracks are heard of."""

import sqlalchemy as sa
from alembic import op

from db.migrations.constraints import set_check, set_words
from db.migrations.pieces import ID, create_partial_index, instant

revision = "0013"
down_revision = "0012"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "BEAT_SUBMISSION",
    "MATCHING_REQUEST",
    "REQUEST_EXPIRING",
    "LICENSE_GRANTED",
    "TRACK_DOWNLOAD",
    "EXCLUSIVE_SOLD",
    "PLAY_MILESTONE",
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
    "MAKE_STREAM",
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
    "GIVE_PLAY_XP",
    "TELL_MILESTONE",
    "RANK_PLAYS",
    "AUDIT",
    "DELETE_FILES",
    "SWEEP",
]
_CAUSES = ["TRACK_PUBLISHED", "METADATA_COMPLETE", "COLLABORATION", "COUNTED_PLAY"]
_COUNTS = ("counts_not_negative", "plays >= 0 AND counted >= 0")


def upgrade() -> None:
    for table in ("listening", "track_plays"):
        set_check(table, "counted_are_plays", *_COUNTS)
    _create_totals()
    _create_credited_plays()
    _create_quarters()
    _create_streams()
    op.add_column("track", sa.Column("recent_plays", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("track_by_plays", "track", ["status", "recent_plays", "id"])
    if op.get_bind().dialect.name == "sqlite":
        # Of two indexes that seem alike to it, SQLite takes the younger one: for a collection it would read a status.
        op.drop_index("track_in_collection", "track")
        op.create_index("track_in_collection", "track", ["collection_id", "collection_position", "id"])
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    set_words("job", "kind", _JOBS)
    set_words("xp_award", "cause", _CAUSES)


def _create_totals() -> None:
    op.create_table(
        "play_total",
        sa.Column("track_id", ID, nullable=False),
        sa.Column("plays", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_COUNTS[1], name=_COUNTS[0]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("track_id"),
    )


def _create_credited_plays() -> None:
    op.create_table(
        "credited_plays",
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("rewarded", sa.Integer(), nullable=False),
        sa.CheckConstraint("rewarded >= 0 AND rewarded <= counted", name="rewarded_are_counted"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"]),
        sa.PrimaryKeyConstraint("producer_id", "day", "track_id"),
        sqlite_with_rowid=False,
    )
    row = ["producer_id", "day", "track_id", "counted", "rewarded"]
    create_partial_index("credited_plays_due", "credited_plays", row, "rewarded < counted")


def _create_quarters() -> None:
    op.create_table(
        "play_quarter",
        sa.Column("producer_id", ID, nullable=False),
        instant("begins_at"),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.CheckConstraint(_COUNTS[1], name=_COUNTS[0]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("producer_id", "begins_at"),
        sqlite_with_rowid=False,
    )


def _create_streams() -> None:
    op.create_table(
        "audio_stream",
        sa.Column("upload_id", ID, nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        instant("made_at"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.PrimaryKeyConstraint("upload_id"),
    )
