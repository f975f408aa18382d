"""Profiles, followers, experience, collections, replaced audio, and how notifications are sent: their tables.

New columns keep their defaults, for a process of the release before writes rows without them while this one is deployed.
"""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import allow_null, set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0004"
down_revision = "0003"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "ACHIEVEMENT",
    "SIMILARITY_MATCH",
    "ANALYTICS_REPORT",
    "CASE_DECIDED",
    "SECURITY",
]
_CHECKS = ["PENDING", "CHECKING", "ANALYZING", "VERIFIED_UNIQUE", "DUPLICATE", "FAILED"]
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
    "SEND_EMAIL",
    "START_DIGESTS",
    "SEND_DIGEST",
    "START_REPORTS",
    "MAKE_REPORT",
    "DELETE_FILES",
    "SWEEP",
]
_PURPOSES = ["TRACK_AUDIO", "RECON_SAMPLE", "COVER_ART", "PROFILE_PICTURE", "ABOUT_PHOTO", "ATTACHMENT"]


def upgrade() -> None:
    _widen_profiles()
    _create_profile_tables()
    _create_collections()
    _widen_tracks()
    _create_replacements()
    _widen_notifications()
    _create_notice_tables()
    _index_pictures()
    set_words("job", "kind", _JOBS)
    set_words("upload", "purpose", _PURPOSES)


def _widen_profiles() -> None:
    allow_null("producer", "account_id")
    _add("producer", text("city", 100))
    _add_list("producer", "roles")
    _add_list("producer", "links")
    _add_reference("producer", "picture_id", "picture")
    op.add_column("producer", sa.Column("xp", sa.BigInteger(), nullable=False, server_default="0"))
    set_words("producer_request", "kind", ["BECOME_PRODUCER", "CLAIM_PROFILE", "GET_VERIFIED"])
    _add_reference("producer_request", "claimed_producer_id", "producer")
    _add("producer_request", text("discord_user_id", 32))


def _create_profile_tables() -> None:
    op.create_table(
        "producer_handle",
        sa.Column("handle_key", sa.String(40), nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        instant("since"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("handle_key"),
    )
    op.create_index("producer_handle_of", "producer_handle", ["producer_id", "since"])
    op.execute(
        "INSERT INTO producer_handle (handle_key, producer_id, since)"
        " SELECT handle_key, id, created_at FROM producer"
    )
    op.create_table(
        "about_photo",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("picture_id", ID, nullable=False),
        text("caption", 200),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("about_photo_of", "about_photo", ["producer_id", "position"])
    op.create_table(
        "follow",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        instant("followed_at"),
        instant("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "producer_id"),
    )
    op.create_index("follow_of", "follow", ["producer_id", "followed_at"])
    create_partial_index(
        "follow_live", "follow", ["producer_id", "account_id", "ended_at"], "ended_at IS NULL"
    )
    op.create_table(
        "xp_award",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        instant("at"),
        sa.CheckConstraint("points > 0", name="points_positive"),
        known("cause", ["TRACK_PUBLISHED", "METADATA_COMPLETE", "COLLABORATION"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("producer_id", "cause", "subject_id", name="xp_award_once"),
    )
    op.create_index("xp_award_of", "xp_award", ["producer_id", "at", "id"])


def _create_collections() -> None:
    op.create_table(
        "collection",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("artists", sa.JSON(), nullable=False),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("cover_picture_id", ID, nullable=True),
        text("cover_preset_id", 60),
        instant("created_at"),
        sa.CheckConstraint("(cover_picture_id IS NULL) <> (cover_preset_id IS NULL)", name="one_cover"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.ForeignKeyConstraint(["cover_picture_id"], ["picture.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index("collection_of_producer", "collection", ["producer_id", "created_at", "id"])
    op.create_table(
        "collection_term",
        sa.Column("term", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("collection_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["collection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "collection_id"),
        sqlite_with_rowid=False,
    )


def _widen_tracks() -> None:
    _add_reference("track", "collection_id", "collection")
    _add("track", sa.Column("collection_position", sa.Integer(), nullable=True))
    _add("track", instant("metadata_completed_at", nullable=True))
    op.execute(
        "UPDATE track SET metadata_completed_at = coalesce(published_at, created_at)"
        " WHERE description <> '' AND CAST(tags AS VARCHAR) <> '[]'"
    )
    op.create_index("track_in_collection", "track", ["collection_id", "collection_position", "id"])
    _add("track_credit", instant("removed_at", nullable=True))
    op.add_column(
        "track_credit", sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _create_replacements() -> None:
    op.create_table(
        "audio_replacement",
        sa.Column("track_id", ID, nullable=False),
        sa.Column("upload_id", ID, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        text("model", 40),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        instant("submitted_at"),
        instant("checked_at", nullable=True),
        known("status", _CHECKS),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.PrimaryKeyConstraint("track_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("upload_id"),
    )


def _widen_notifications() -> None:
    set_words("notification", "kind", _KINDS)
    for column in ("in_app", "live"):
        op.add_column(
            "notification", sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.execute(
        "ALTER TABLE notification ADD COLUMN email VARCHAR(40)"
        " CONSTRAINT email_known CHECK (email IN ('AT_ONCE', 'DIGEST'))"
    )
    _add("notification", instant("emailed_at", nullable=True))
    _add("notification", text("email_refused", 300))
    create_partial_index(
        "notification_unread",
        "notification",
        ["account_id", "created_at", "id"],
        "read_at IS NULL AND in_app IS TRUE",
    )
    create_partial_index(
        "notification_for_digest", "notification", ["account_id"], "email = 'DIGEST' AND emailed_at IS NULL"
    )


def _create_notice_tables() -> None:
    op.create_table(
        "notification_preference",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        known("kind", _KINDS),
        known("channel", ["IN_APP", "EMAIL", "LIVE"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "kind", "channel"),
    )
    op.create_table(
        "analytics_report",
        sa.Column("id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("span", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        instant("created_at"),
        known("span", ["WEEK", "MONTH"]),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("producer_id", "span", "first_day", name="analytics_report_once"),
    )


def _index_pictures() -> None:
    """What shows a picture: looked up in every table when one is deleted."""
    for table in ("upload", "producer", "about_photo"):
        op.create_index(f"ix_{table}_picture_id", table, ["picture_id"])
    for table in ("track", "collection"):
        op.create_index(f"ix_{table}_cover_picture_id", table, ["cover_picture_id"])


def _add(table: str, column: sa.Column[object]) -> None:
    op.add_column(table, column)


def _add_list(table: str, column: str) -> None:
    """A list that is empty in the rows that are there."""
    op.add_column(table, sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))


def _add_reference(table: str, column: str, other: str) -> None:
    """Written out, for SQLite takes a reference with its column only."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(40) REFERENCES {other} (id)")
