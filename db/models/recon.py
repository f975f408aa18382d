"""Audio Recon: what was found alike, the scans that look for it, and appeals against a block."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, DuplicateAppealId, ReconMatchId, ReconScanId, TrackId, UploadId
from db.table import Table
from db.vocabulary import (
    MatchClass,
    MatchRelation,
    MatchTriage,
    ReconScanStatus,
    ReconStage,
    ReconTrigger,
    ReviewStatus,
)

UNDER_WAY = text("status IN ('QUEUED', 'RUNNING')")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""
PENDING = text("status = 'PENDING'")
_ONE_SUBJECT = "(track_id IS NULL) <> (upload_id IS NULL)"


class ReconMatch(Table, table=True):
    """One side's view of two recordings that are alike: its own side, and the other (D-33).

    The own side is a track or an uploaded sample. Two tracks have two such rows, one for each; a pair is one row
    per side for ever, whatever scan finds it again. The other side's facts are copied as first seen: they outlive it.
    """

    __table_args__ = (
        Index("recon_match_of_track", "track_id", "other_track_id", unique=True),
        Index("recon_match_of_sample", "upload_id", "other_track_id", unique=True),
        Index("recon_match_with", "other_track_id"),
        CheckConstraint(_ONE_SUBJECT, name="match_has_one_subject"),
        CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity_share"),
        one_of("match_class", MatchClass),
        one_of("relation", MatchRelation),
        one_of("triage", MatchTriage),
    )

    id: ReconMatchId = own_id("mat")
    track_id: TrackId | None = id_of(default=None, foreign_key="track.id", ondelete="CASCADE")
    upload_id: UploadId | None = id_of(default=None, foreign_key="upload.id", ondelete="CASCADE")
    other_track_id: TrackId = id_of()
    """No foreign key: it may be gone."""
    other_title: str = Field(max_length=100)
    other_artists: list[str] = Field(sa_type=JSON)
    other_producer_name: str = Field(max_length=60)
    other_fingerprinted_at: datetime = instant()
    blocks: bool = False
    """True: this is why the own side is a duplicate (D-31)."""
    cleared: bool = False
    """True: staff granted an appeal; this pair never blocks again."""
    match_class: MatchClass = word(MatchClass)
    relation: MatchRelation = word(MatchRelation)
    similarity: float
    query_coverage: float
    """Of the own side; `reference_coverage` is the other's."""
    reference_coverage: float
    speed_ratio: float
    """Other ÷ own."""
    pitch_shift_semitones: float
    """Other minus own."""
    segments: list[dict[str, float]] = Field(sa_type=JSON)
    model: str = Field(max_length=40)
    triage: MatchTriage = word(MatchTriage, default=MatchTriage.NEW)
    first_seen_at: datetime = instant(default_factory=now)


class ReconScan(Table, table=True):
    """A search for copies of one track or sample; at most one of a subject is under way."""

    __table_args__ = (
        Index(
            "recon_scan_one_of_track",
            "track_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index(
            "recon_scan_one_of_sample",
            "upload_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index("recon_scan_of_track", "track_id", "created_at", "id"),
        Index("recon_scan_by", "account_id", "created_at", "id"),
        CheckConstraint(_ONE_SUBJECT, name="scan_has_one_subject"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress_share"),
        one_of("status", ReconScanStatus),
        one_of("stage", ReconStage),
        one_of("trigger", ReconTrigger),
    )

    id: ReconScanId = own_id("scn")
    account_id: AccountId | None = id_of(default=None, foreign_key="account.id")
    """Who asked; null where nobody did."""
    track_id: TrackId | None = id_of(default=None, foreign_key="track.id", ondelete="CASCADE")
    upload_id: UploadId | None = id_of(default=None, foreign_key="upload.id", ondelete="CASCADE")
    trigger: ReconTrigger = word(ReconTrigger)
    status: ReconScanStatus = word(ReconScanStatus, default=ReconScanStatus.QUEUED)
    stage: ReconStage = word(ReconStage, default=ReconStage.WAITING)
    progress: float = 0.0
    compared_count: int = Field(default=0, sa_type=BigInteger)
    error_message: str | None = None
    error_retryable: bool | None = None
    created_at: datetime = instant(default_factory=now)
    started_at: datetime | None = instant(default=None)
    finished_at: datetime | None = instant(default=None)


class ReconScanMatch(Table, table=True):
    """A match that a scan reported, new or known."""

    __table_args__ = (Index("recon_scan_match_in", "match_id"),)

    scan_id: ReconScanId = id_of(foreign_key="recon_scan.id", ondelete="CASCADE", primary_key=True)
    match_id: ReconMatchId = id_of(foreign_key="recon_match.id", ondelete="CASCADE", primary_key=True)


class DuplicateAppeal(Table, table=True):
    """A producer's objection to a block (D-31); its states are `CaseStep`s, its proofs `Attachment`s."""

    __table_args__ = (
        Index(
            "duplicate_appeal_one_pending",
            "track_id",
            unique=True,
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        ),
        Index("duplicate_appeal_queue", "status", "submitted_at", "id"),
        Index("duplicate_appeal_of", "track_id", "submitted_at"),
        one_of("status", ReviewStatus),
    )

    id: DuplicateAppealId = own_id("apl")
    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE")
    account_id: AccountId = id_of(foreign_key="account.id")
    statement: str
    status: ReviewStatus = word(ReviewStatus, default=ReviewStatus.PENDING)
    submitted_at: datetime = instant(default_factory=now)
    reviewed_at: datetime | None = instant(default=None)
    review_reason: str | None = None
