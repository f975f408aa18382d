"""Beat requests: what is asked for, what it cost, what was offered, and what answers it."""

import sqlalchemy as sa
from alembic import op

import db.columns
from db.migrations.constraints import set_words
from db.migrations.pieces import ID, create_partial_index, instant, known, text

revision = "0005"
down_revision = "0004"

_KINDS = [
    "NEW_UPLOAD",
    "NEW_FOLLOWER",
    "BEAT_SUBMISSION",
    "MATCHING_REQUEST",
    "REQUEST_EXPIRING",
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
    "DELETE_FILES",
    "SWEEP",
]
_PURPOSES = [
    "TRACK_AUDIO",
    "RECON_SAMPLE",
    "REQUEST_SAMPLE",
    "COVER_ART",
    "PROFILE_PICTURE",
    "ABOUT_PHOTO",
    "ATTACHMENT",
]
_REQUEST_STATES = ["ACTIVE", "EXPIRED", "DELETED"]
_TRACK_STATES = ["PROCESSING", "PUBLISHED", "DUPLICATE", "CHECK_FAILED", "HIDDEN", "SOLD", "REMOVED"]
_CURRENCIES = ["USD", "EUR", "GBP", "CAD"]
_SCALES = ["MAJOR", "MINOR"]


def upgrade() -> None:
    _create_requests()
    _create_openings()
    _create_submissions()
    _create_matching()
    op.add_column("audio_analysis", sa.Column("sound", sa.LargeBinary(), nullable=True))
    op.add_column(
        "track_credit", sa.Column("never_shown", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE track_credit SET never_shown = TRUE WHERE declined AND EXISTS (SELECT 1 FROM track"
        " WHERE track.id = track_credit.track_id"
        " AND (track.published_at IS NULL OR track_credit.removed_at < track.published_at))"
    )
    op.create_table(
        "muted_genre",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("folded", db.columns.BYTEWISE_100, nullable=False),
        text("genre", 100, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "folded"),
    )
    for table in ("notification", "notification_preference"):
        set_words(table, "kind", _KINDS)
    calls = sa.text("kind = 'MATCHING_REQUEST'")
    op.create_index(
        "notification_calls", "notification", ["subject_id"], sqlite_where=calls, postgresql_where=calls
    )
    set_words("job", "kind", _JOBS)
    set_words("upload", "purpose", _PURPOSES)


def _create_requests() -> None:
    op.create_table(
        "beat_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        text("reference_url", 2000),
        sa.Column("reference_track_id", ID, nullable=True),
        sa.Column("reference_upload_id", ID, nullable=True),
        text("genre", 100),
        sa.Column("genre_folded", db.columns.BYTEWISE_100, nullable=True),
        sa.Column("bpm_min", sa.Integer(), nullable=True),
        sa.Column("bpm_max", sa.Integer(), nullable=True),
        sa.Column("pitch_class", sa.Integer(), nullable=True),
        text("scale", 40),
        sa.Column("moods", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=True),
        text("budget_currency", 40),
        text("wanted_licence", 40, nullable=False),
        text("duration", 40, nullable=False),
        text("status", 40, nullable=False),
        sa.Column("submission_count", sa.Integer(), nullable=False),
        instant("opened_at"),
        instant("expires_at"),
        instant("created_at"),
        sa.CheckConstraint(
            "CASE WHEN reference_url IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN reference_track_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN reference_upload_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_reference",
        ),
        sa.CheckConstraint("(bpm_min IS NULL) = (bpm_max IS NULL) AND bpm_min <= bpm_max", name="bpm_range"),
        sa.CheckConstraint("(pitch_class IS NULL) = (scale IS NULL)", name="key_is_whole"),
        sa.CheckConstraint("pitch_class BETWEEN 0 AND 11", name="wanted_pitch_class_known"),
        sa.CheckConstraint(
            "(budget_minor IS NULL) = (budget_currency IS NULL)", name="budget_has_a_currency"
        ),
        sa.CheckConstraint("budget_minor > 0", name="budget_positive"),
        sa.CheckConstraint("submission_count >= 0", name="submissions_counted"),
        known("scale", _SCALES),
        known("budget_currency", _CURRENCIES),
        known("wanted_licence", ["ANY", "EXCLUSIVE"]),
        known("duration", ["HOURS_24", "HOURS_48", "HOURS_72"]),
        known("status", _REQUEST_STATES),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["reference_track_id"], ["track.id"]),
        sa.ForeignKeyConstraint(["reference_upload_id"], ["upload.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("beat_request_in_status", "beat_request", ["id", "status"], unique=True)
    for name, column in (
        ("opening", "opened_at"),
        ("expiry", "expires_at"),
        ("submissions", "submission_count"),
        ("budget", "budget_minor"),
    ):
        op.create_index(f"beat_request_by_{name}", "beat_request", ["status", column, "id"])
    op.create_index("beat_request_of", "beat_request", ["account_id", "opened_at", "id"])
    for column in ("reference_track_id", "reference_upload_id"):
        op.create_index(f"ix_beat_request_{column}", "beat_request", [column])
    op.create_table(
        "beat_request_term",
        sa.Column("term", db.columns.BYTEWISE_100, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["beat_request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term", "request_id"),
        sqlite_with_rowid=False,
    )


def _create_openings() -> None:
    op.create_table(
        "request_opening",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        text("idempotency_key", 100, nullable=False),
        text("input_sha256", 64, nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        text("month", 7, nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        text("refund_month", 7),
        instant("opened_at"),
        instant("expires_at"),
        instant("warned_at", nullable=True),
        sa.CheckConstraint("tokens > 0", name="tokens_positive"),
        sa.CheckConstraint("refunded BETWEEN 0 AND tokens", name="refunded_within_tokens"),
        sa.CheckConstraint("(refunded = 0) = (refund_month IS NULL)", name="refund_has_a_month"),
        sa.ForeignKeyConstraint(["request_id"], ["beat_request.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="request_opening_once"),
    )
    op.create_index("request_opening_in", "request_opening", ["account_id", "month"])
    op.create_index("request_opening_refunded_in", "request_opening", ["account_id", "refund_month"])
    op.create_index("request_opening_of", "request_opening", ["request_id", "opened_at"])


def _create_submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        text("status", 40, nullable=False),
        instant("submitted_at"),
        instant("answered_at", nullable=True),
        known("status", ["NEW", "SHORTLISTED", "THANKED", "DECLINED"]),
        sa.ForeignKeyConstraint(["request_id"], ["beat_request.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "track_id", name="submission_once"),
    )
    op.create_index(
        "submission_of_producer", "submission", ["producer_id", "request_id", "submitted_at", "id"]
    )
    op.create_index("submission_to", "submission", ["request_id", "status", "submitted_at", "id"])
    op.create_index("submission_with", "submission", ["track_id"])


def _create_matching() -> None:
    op.create_table(
        "track_traits",
        sa.Column("number", sa.BigInteger(), nullable=False),
        text("status", 40, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("bpm", sa.SmallInteger(), nullable=False),
        sa.Column("pitch_class", sa.SmallInteger(), nullable=False),
        text("scale", 40, nullable=False),
        sa.Column("genres", sa.BigInteger(), nullable=False),
        sa.Column("moods", sa.BigInteger(), nullable=False),
        sa.Column("exclusive_price_minor", sa.BigInteger(), nullable=True),
        text("exclusive_currency", 40),
        sa.Column("sound", sa.LargeBinary(), nullable=True),
        *(sa.Column(f"sound_{place}", sa.SmallInteger(), nullable=True) for place in range(4)),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        known("status", _TRACK_STATES),
        known("scale", _SCALES),
        known("exclusive_currency", _CURRENCIES),
        sa.ForeignKeyConstraint(
            ["number", "status"], ["track.number", "track.status"], onupdate="CASCADE", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("track_traits_by_bpm", "track_traits", ["status", "bpm", "number"])
    op.create_index("track_traits_by_key", "track_traits", ["status", "pitch_class", "number"])
    op.create_index("track_traits_by_sound", "track_traits", ["status", "sound_0", "number"])
    op.create_index("track_traits_of", "track_traits", ["producer_id", "status", "number"])
    op.create_table(
        "beat_match",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        text("request_status", 40, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("producer_id", ID, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        instant("matched_at"),
        instant("told_at", nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name="score_share"),
        known("request_status", _REQUEST_STATES),
        sa.ForeignKeyConstraint(
            ["request_id", "request_status"], ["beat_request.id", "beat_request.status"], onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "track_id", name="beat_match_once"),
    )
    op.create_index("beat_match_for", "beat_match", ["producer_id", "request_status", "score", "id"])
    op.create_index("beat_match_of", "beat_match", ["request_id", "score", "id"])
    op.create_index("beat_match_between", "beat_match", ["request_id", "producer_id"])
    op.create_index("beat_match_news", "beat_match", ["producer_id", "matched_at", "id"])
    op.create_index("beat_match_with", "beat_match", ["track_id"])
    create_partial_index("beat_match_untold", "beat_match", ["request_id", "producer_id"], "told_at IS NULL")
