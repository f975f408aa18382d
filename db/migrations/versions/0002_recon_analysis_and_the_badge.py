"""Audio Recon, analysis, notifications, the badge: their tables; what was found alike becomes a match of each side."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

import db.columns
from db.ids import new_id
from db.migrations.constraints import allow_null, set_words

revision = "0002"
down_revision = "0001"

_JOBS = [
    "CHECK_DUPLICATE",
    "MAKE_PREVIEW",
    "ANALYSE",
    "SCAN",
    "RESCAN",
    "START_RESCANS",
    "POST_RECORDING",
    "DELETE_FILES",
    "SWEEP",
]
_UNPOSTED = sa.text("posted IS FALSE AND sequence IS NOT NULL")


def upgrade() -> None:
    _create_tables()
    _widen_fingerprints()
    _make_room_for_the_badge()
    set_words("job", "kind", _JOBS)
    set_words("upload", "purpose", ["TRACK_AUDIO", "RECON_SAMPLE", "COVER_ART", "ATTACHMENT"])
    _turn_similarities_into_matches()
    op.drop_table("similarity")


def _create_tables() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('SIMILARITY_MATCH')", name="kind_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notification_of", "notification", ["account_id", "created_at", "id"], unique=False)
    op.create_index("notification_once", "notification", ["account_id", "kind", "subject_id"], unique=True)
    op.create_table(
        "audio_analysis",
        sa.Column("upload_id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("bpm", sa.Float(), nullable=False),
        sa.Column("bpm_confidence", sa.Float(), nullable=False),
        sa.Column("pitch_class", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(40), nullable=False),
        sa.Column("key_confidence", sa.Float(), nullable=False),
        sa.Column("loudness_lufs", sa.Float(), nullable=False),
        sa.Column("true_peak_db", sa.Float(), nullable=False),
        sa.Column("waveform", sa.LargeBinary(), nullable=False),
        sa.Column("measured_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scale IN ('MAJOR', 'MINOR')", name="scale_known"),
        sa.CheckConstraint("bpm_confidence BETWEEN 0 AND 1", name="bpm_confidence_share"),
        sa.CheckConstraint("key_confidence BETWEEN 0 AND 1", name="key_confidence_share"),
        sa.CheckConstraint("pitch_class BETWEEN 0 AND 11", name="measured_pitch_class_known"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("upload_id"),
    )
    op.create_table(
        "duplicate_appeal",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("track_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("submitted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("review_reason", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('PENDING', 'APPROVED', 'DENIED')", name="status_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duplicate_appeal_of", "duplicate_appeal", ["track_id", "submitted_at"], unique=False)
    op.create_index(
        "duplicate_appeal_one_pending",
        "duplicate_appeal",
        ["track_id"],
        unique=True,
        sqlite_where=sa.text("status = 'PENDING'"),
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "duplicate_appeal_queue", "duplicate_appeal", ["status", "submitted_at", "id"], unique=False
    )
    op.create_table(
        "recon_match",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("track_id", sa.String(length=40), nullable=True),
        sa.Column("upload_id", sa.String(length=40), nullable=True),
        sa.Column("other_track_id", sa.String(length=40), nullable=False),
        sa.Column("other_title", sa.String(100), nullable=False),
        sa.Column("other_artists", sa.JSON(), nullable=False),
        sa.Column("other_producer_name", sa.String(60), nullable=False),
        sa.Column("other_fingerprinted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("match_class", sa.String(40), nullable=False),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("query_coverage", sa.Float(), nullable=False),
        sa.Column("reference_coverage", sa.Float(), nullable=False),
        sa.Column("speed_ratio", sa.Float(), nullable=False),
        sa.Column("pitch_shift_semitones", sa.Float(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("triage", sa.String(40), nullable=False),
        sa.Column("first_seen_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "match_class IN ('EXACT', 'FULL', 'PARTIAL', 'SNIPPET')", name="match_class_known"
        ),
        sa.CheckConstraint("relation IN ('SAME_RECORDING', 'SHARED_MATERIAL')", name="relation_known"),
        sa.CheckConstraint("triage IN ('NEW', 'SEEN', 'DISMISSED')", name="triage_known"),
        sa.CheckConstraint("(track_id IS NULL) <> (upload_id IS NULL)", name="match_has_one_subject"),
        sa.CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity_share"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("recon_match_of_sample", "recon_match", ["upload_id", "other_track_id"], unique=True)
    op.create_index("recon_match_of_track", "recon_match", ["track_id", "other_track_id"], unique=True)
    op.create_index("recon_match_with", "recon_match", ["other_track_id"], unique=False)
    op.create_table(
        "recon_scan",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("track_id", sa.String(length=40), nullable=True),
        sa.Column("upload_id", sa.String(length=40), nullable=True),
        sa.Column("trigger", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("compared_count", sa.BigInteger(), nullable=False),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("error_retryable", sa.Boolean(), nullable=True),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stage IN ('WAITING', 'DECODING', 'FINGERPRINTING', 'SEARCHING', 'COMPARING', 'FINISHED')",
            name="stage_known",
        ),
        sa.CheckConstraint(
            "status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')", name="status_known"
        ),
        sa.CheckConstraint("trigger IN ('MANUAL', 'SCHEDULED', 'NEW_UPLOAD')", name="trigger_known"),
        sa.CheckConstraint("(track_id IS NULL) <> (upload_id IS NULL)", name="scan_has_one_subject"),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="progress_share"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("recon_scan_by", "recon_scan", ["account_id", "created_at", "id"], unique=False)
    op.create_index("recon_scan_of_track", "recon_scan", ["track_id", "created_at", "id"], unique=False)
    op.create_index(
        "recon_scan_one_of_sample",
        "recon_scan",
        ["upload_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
        postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
    )
    op.create_index(
        "recon_scan_one_of_track",
        "recon_scan",
        ["track_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
        postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
    )
    op.create_table(
        "recon_scan_match",
        sa.Column("scan_id", sa.String(length=40), nullable=False),
        sa.Column("match_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["recon_match.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["scan_id"], ["recon_scan.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scan_id", "match_id"),
    )
    op.create_index("recon_scan_match_in", "recon_scan_match", ["match_id"], unique=False)


def _widen_fingerprints() -> None:
    op.add_column("fingerprint", sa.Column("posted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "fingerprint", sa.Column("scanned_at", db.columns.UtcDateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE fingerprint SET posted = TRUE, scanned_at = checked_at WHERE sequence IS NOT NULL")
    op.create_index("fingerprint_scanned", "fingerprint", ["scanned_at", "sequence"], unique=False)
    op.create_index("fingerprint_indexed", "fingerprint", ["model", "sequence"], unique=False)
    op.create_index(
        "fingerprint_unposted",
        "fingerprint",
        ["sequence"],
        unique=False,
        sqlite_where=_UNPOSTED,
        postgresql_where=_UNPOSTED,
    )


def _make_room_for_the_badge() -> None:
    set_words("producer_request", "kind", ["BECOME_PRODUCER", "GET_VERIFIED"])
    for column in ("producer_name", "beats_url", "first_name", "last_name"):
        allow_null("producer_request", column)
    op.add_column("producer_request", sa.Column("code", sa.String(20), nullable=True))
    for column in ("code_expires_at", "code_typed_at"):
        op.add_column(
            "producer_request", sa.Column(column, db.columns.UtcDateTime(timezone=True), nullable=True)
        )
    op.create_index("producer_request_code", "producer_request", ["code"], unique=True)


def _turn_similarities_into_matches() -> None:
    """The newcomer's side as it stood, and the earlier side as its mirror, where its track is still there."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT s.*, t.title, t.artists, p.name AS producer_name, f.fingerprinted_at,"
            " (SELECT count(*) FROM track r WHERE r.id = s.reference_track_id) AS here"
            " FROM similarity s JOIN track t ON t.id = s.track_id JOIN producer p ON p.id = t.producer_id"
            " JOIN fingerprint f ON f.track_id = t.id WHERE f.fingerprinted_at IS NOT NULL"
        )
    )
    for row in [dict(one) for one in found.mappings()]:
        bind.execute(_MATCH, _own_side(row))
        if row["here"]:
            bind.execute(_MATCH, _mirrored(row))


_SHARED = ("match_class", "relation", "similarity", "model", "first_seen_at")
_COLUMNS = (
    "id",
    "track_id",
    "other_track_id",
    "other_title",
    "other_artists",
    "other_producer_name",
    "other_fingerprinted_at",
    "blocks",
    "query_coverage",
    "reference_coverage",
    "speed_ratio",
    "pitch_shift_semitones",
    "segments",
    *_SHARED,
)
_MATCH = sa.text(
    f"INSERT INTO recon_match (cleared, triage, {', '.join(_COLUMNS)})"  # noqa: S608 -- names of our own
    f" VALUES (FALSE, 'NEW', {', '.join(':' + column for column in _COLUMNS)})"
)


def _own_side(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = (
        "track_id",
        "blocks",
        "query_coverage",
        "reference_coverage",
        "speed_ratio",
        "pitch_shift_semitones",
    )
    return {column: row[column] for column in (*_SHARED, *kept)} | {
        "id": row["id"].replace("sim_", "mat_"),
        "other_track_id": row["reference_track_id"],
        "other_title": row["reference_title"],
        "other_artists": _json(row["reference_artists"]),
        "other_producer_name": row["reference_producer_name"],
        "other_fingerprinted_at": row["reference_fingerprinted_at"],
        "segments": _json(row["segments"]),
    }


def _mirrored(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: row[column] for column in _SHARED} | {
        "id": new_id("mat"),
        "track_id": row["reference_track_id"],
        "other_track_id": row["track_id"],
        "other_title": row["title"],
        "other_artists": _json(row["artists"]),
        "other_producer_name": row["producer_name"],
        "other_fingerprinted_at": row["fingerprinted_at"],
        "blocks": False,
        "query_coverage": row["reference_coverage"],
        "reference_coverage": row["query_coverage"],
        "speed_ratio": 1 / row["speed_ratio"],
        "pitch_shift_semitones": 0.0 - row["pitch_shift_semitones"],  # never -0.0
        "segments": json.dumps([_turned(one) for one in _parsed(row["segments"])]),
    }


def _turned(segment: dict[str, float]) -> dict[str, float]:
    return {
        "query_start_ms": segment["reference_start_ms"],
        "query_end_ms": segment["reference_end_ms"],
        "reference_start_ms": segment["query_start_ms"],
        "reference_end_ms": segment["query_end_ms"],
        "similarity": segment["similarity"],
    }


def _parsed(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored


def _json(stored: Any) -> str:
    return json.dumps(_parsed(stored))
