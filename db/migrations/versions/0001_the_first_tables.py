"""The first tables."""

import sqlalchemy as sa
from alembic import op

import db.columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("display_name", sa.String(60), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_key"),
    )
    op.create_table(
        "fingerprint_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numbered", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("run_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("nudge_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(40), nullable=True),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('CHECK_DUPLICATE', 'MAKE_PREVIEW', 'DELETE_FILES', 'SWEEP')", name="kind_known"
        ),
        sa.CheckConstraint("state IN ('READY', 'LEASED', 'DONE', 'DEAD')", name="state_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "job_settled",
        "job",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("state = 'DONE'"),
        postgresql_where=sa.text("state = 'DONE'"),
    )
    op.create_index(
        "job_waiting",
        "job",
        ["nudge_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('READY', 'LEASED')"),
        postgresql_where=sa.text("state IN ('READY', 'LEASED')"),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("dominant_color", sa.String(7), nullable=False),
        sa.Column("blurhash", sa.String(120), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "posting",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "number", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("posting_of", "posting", ["number"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('READ', 'WRITE', 'FULL')", name="scope_known"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('PENDING', 'APPROVED', 'DENIED')", name="status_known"),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("case_step_of", "case_step", ["case_id", "id"], unique=False)
    op.create_table(
        "producer",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(40), nullable=False),
        sa.Column("handle_key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("bio", sa.String(), nullable=True),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id"),
        sa.UniqueConstraint("handle_key"),
    )
    op.create_table(
        "producer_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("producer_name", sa.String(60), nullable=False),
        sa.Column("beats_url", sa.String(2000), nullable=False),
        sa.Column("first_name", sa.String(100), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("instagram", sa.String(30), nullable=True),
        sa.Column("label", sa.String(100), nullable=True),
        sa.Column("submitted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("review_reason", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('BECOME_PRODUCER')", name="kind_known"),
        sa.CheckConstraint("status IN ('PENDING', 'APPROVED', 'DENIED')", name="status_known"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "producer_request_one_pending",
        "producer_request",
        ["account_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status = 'PENDING'"),
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "producer_request_queue", "producer_request", ["status", "submitted_at", "id"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("granted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.String(length=40), nullable=True),
        sa.Column("grant_reason", sa.String(), nullable=True),
        sa.Column("withdrawn_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=40), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "role IN ('LISTENER', 'PRODUCER', 'VERIFIED_PRODUCER', 'STAFF')", name="role_known"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "role_grant_held",
        "role_grant",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("transport", sa.String(40), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("transport IN ('BEARER', 'COOKIE')", name="transport_known"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("rejection_code", sa.String(40), nullable=True),
        sa.Column("rejection_message", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("media_type", sa.String(40), nullable=True),
        sa.Column("sample_rate_hz", sa.Integer(), nullable=True),
        sa.Column("bit_depth", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.String(length=40), nullable=True),
        sa.Column("used_by", sa.String(40), nullable=True),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('TRACK_AUDIO', 'COVER_ART', 'ATTACHMENT')", name="purpose_known"),
        sa.CheckConstraint(
            "status IN ('WAITING', 'RECEIVING', 'COMPLETED', 'REJECTED', 'EXPIRED')", name="status_known"
        ),
        sa.CheckConstraint(
            "received_bytes >= 0 AND received_bytes <= byte_size", name="received_within_size"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["picture.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_upload_account_id"), "upload", ["account_id"], unique=False)
    op.create_index("upload_expiry", "upload", ["status", "expires_at"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("upload_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["upload.id"],
        ),
        sa.PrimaryKeyConstraint("upload_id"),
        sa.UniqueConstraint("case_id", "position"),
    )
    op.create_table(
        "track",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("producer_id", sa.String(length=40), nullable=False),
        sa.Column("upload_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column(
            "title_key",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("artists", sa.JSON(), nullable=False),
        sa.Column("bpm", sa.Integer(), nullable=False),
        sa.Column("pitch_class", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(40), nullable=False),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("moods", sa.JSON(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("cover_picture_id", sa.String(length=40), nullable=True),
        sa.Column("cover_preset_id", sa.String(60), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("audio_sha256", sa.String(64), nullable=False),
        sa.Column("audio_byte_size", sa.BigInteger(), nullable=False),
        sa.Column("preview_ready", sa.Boolean(), nullable=False),
        sa.Column("licensing_model", sa.String(40), nullable=False),
        sa.Column("exclusive_availability", sa.String(40), nullable=True),
        sa.Column("exclusive_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("exclusive_currency", sa.String(40), nullable=True),
        sa.Column("contact_email", sa.String(254), nullable=True),
        sa.Column("accepted_terms_version", sa.String(20), nullable=True),
        sa.Column("exclusive_terms", sa.JSON(), nullable=True),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "shown_since",
            db.columns.UtcDateTime(timezone=True),
            sa.Computed("coalesce(published_at, created_at)", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(licensing_model = 'STANDARD') = (exclusive_availability IS NULL)", name="exclusive_when_offered"
        ),
        sa.CheckConstraint(
            "exclusive_availability IN ('AVAILABLE', 'PRIVATE', 'SOLD')", name="exclusive_availability_known"
        ),
        sa.CheckConstraint(
            "exclusive_currency IN ('USD', 'EUR', 'GBP', 'CAD')", name="exclusive_currency_known"
        ),
        sa.CheckConstraint(
            "licensing_model IN ('STANDARD', 'STANDARD_AND_EXCLUSIVE', 'EXCLUSIVE_ONLY')",
            name="licensing_model_known",
        ),
        sa.CheckConstraint("scale IN ('MAJOR', 'MINOR')", name="scale_known"),
        sa.CheckConstraint(
            "status IN ('PROCESSING', 'PUBLISHED', 'DUPLICATE', 'CHECK_FAILED', 'HIDDEN', 'SOLD', 'REMOVED')",
            name="status_known",
        ),
        sa.CheckConstraint("(cover_picture_id IS NULL) <> (cover_preset_id IS NULL)", name="one_cover"),
        sa.CheckConstraint("bpm BETWEEN 60 AND 200", name="bpm_as_felt"),
        sa.CheckConstraint("exclusive_price_minor > 0", name="price_positive"),
        sa.CheckConstraint("pitch_class BETWEEN 0 AND 11", name="pitch_class_known"),
        sa.ForeignKeyConstraint(
            ["cover_picture_id"],
            ["picture.id"],
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"],
            ["producer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["upload.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("upload_id"),
    )
    op.create_index("track_by_bpm", "track", ["status", "bpm", "id"], unique=False)
    op.create_index("track_by_creation", "track", ["status", "created_at", "id"], unique=False)
    op.create_index("track_by_publication", "track", ["status", "shown_since", "id"], unique=False)
    op.create_index("track_by_title", "track", ["status", "title_key", "id"], unique=False)
    op.create_index("track_of_producer", "track", ["producer_id", "created_at", "id"], unique=False)
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.String(length=40), nullable=False),
        sa.Column("first_byte", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["upload.id"],
        ),
        sa.PrimaryKeyConstraint("upload_id", "first_byte"),
    )
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("track_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("model", sa.String(40), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("fingerprinted_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("checked_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('PENDING', 'CHECKING', 'ANALYZING', 'VERIFIED_UNIQUE', 'DUPLICATE', 'FAILED')",
            name="status_known",
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("sequence"),
        sa.UniqueConstraint("track_id"),
    )
    op.create_index(op.f("ix_fingerprint_sha256"), "fingerprint", ["sha256"], unique=False)
    op.create_table(
        "similarity",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("track_id", sa.String(length=40), nullable=False),
        sa.Column("reference_track_id", sa.String(length=40), nullable=False),
        sa.Column("reference_title", sa.String(100), nullable=False),
        sa.Column("reference_artists", sa.JSON(), nullable=False),
        sa.Column("reference_producer_name", sa.String(60), nullable=False),
        sa.Column("reference_fingerprinted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("match_class", sa.String(40), nullable=False),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("query_coverage", sa.Float(), nullable=False),
        sa.Column("reference_coverage", sa.Float(), nullable=False),
        sa.Column("speed_ratio", sa.Float(), nullable=False),
        sa.Column("pitch_shift_semitones", sa.Float(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("first_seen_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "match_class IN ('EXACT', 'FULL', 'PARTIAL', 'SNIPPET')", name="match_class_known"
        ),
        sa.CheckConstraint("relation IN ('SAME_RECORDING', 'SHARED_MATERIAL')", name="relation_known"),
        sa.CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity_share"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("similarity_pair", "similarity", ["track_id", "reference_track_id"], unique=True)
    op.create_index("similarity_reference", "similarity", ["reference_track_id"], unique=False)
    op.create_table(
        "track_credit",
        sa.Column("track_id", sa.String(length=40), nullable=False),
        sa.Column("producer_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"],
            ["producer.id"],
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("track_id", "producer_id"),
    )
    op.create_index("track_credit_of", "track_credit", ["producer_id", "track_id"], unique=False)
    op.create_table(
        "track_label",
        sa.Column("track_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("folded", sa.String(100), nullable=False),
        sa.CheckConstraint("kind IN ('GENRE', 'TAG', 'MOOD')", name="kind_known"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("track_id", "kind", "folded"),
    )
    op.create_index("track_label_word", "track_label", ["kind", "folded", "track_id"], unique=False)
    op.execute("INSERT INTO fingerprint_index (id, numbered, sequence) VALUES (1, 0, 0)")
