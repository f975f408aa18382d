"""What the catalogue sounds like: fingerprints, their inverted index, and what was found alike."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, LargeBinary
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import FingerprintId, TrackId
from db.table import Table
from db.vocabulary import FingerprintStatus, MatchClass, MatchRelation


class Fingerprint(Table, table=True):
    """The duplicate check of one audio (D-30).

    `number` names it in the inverted index; `sequence` says when it was found unique. Postings of a recording without
    a sequence are not there yet for anybody: they are written in batches, before the verdict.
    """

    __table_args__ = (one_of("status", FingerprintStatus),)

    id: FingerprintId = own_id("fpr")
    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE", unique=True)
    status: FingerprintStatus = word(FingerprintStatus, default=FingerprintStatus.PENDING)
    sha256: str = Field(max_length=64, index=True)
    model: str | None = Field(default=None, max_length=40)
    """Which engine took it; another model's words are never compared with these."""
    words: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Raw Chromaprint, little-endian uint32."""
    duration_ms: int | None = Field(default=None, sa_type=BigInteger)
    number: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    sequence: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    fingerprinted_at: datetime | None = instant(default=None)
    checked_at: datetime | None = instant(default=None)


class FingerprintIndex(Table, table=True):
    """One row: how many recordings were numbered, and taken in. Who records a verdict locks it (D-31)."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    numbered: int = Field(default=0, sa_type=BigInteger)
    sequence: int = Field(default=0, sa_type=BigInteger)


class Posting(Table, table=True):
    """One term of the inverted index: recording `number` has term `key` at word `position`."""

    __table_args__: ClassVar[Any] = (
        Index("posting_of", "number"),
        {"sqlite_with_rowid": False},
    )

    key: int = Field(primary_key=True, sa_type=BigInteger)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    position: int = Field(primary_key=True, sa_type=Integer)


class Similarity(Table, table=True):
    """Two recordings found alike: the newcomer (query) and the earlier one (reference), once per pair (D-33).

    The facts of the earlier work are copied: they outlive its track (D-31).
    """

    __table_args__ = (
        Index("similarity_pair", "track_id", "reference_track_id", unique=True),
        Index("similarity_reference", "reference_track_id"),
        CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity_share"),
        one_of("match_class", MatchClass),
        one_of("relation", MatchRelation),
    )

    id: str = own_id("sim")
    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE")
    reference_track_id: TrackId = id_of()
    """No foreign key: it may be gone."""
    reference_title: str = Field(max_length=100)
    reference_artists: list[str] = Field(sa_type=JSON)
    reference_producer_name: str = Field(max_length=60)
    reference_fingerprinted_at: datetime = instant()
    blocks: bool
    """True: this is why the newcomer is a duplicate (D-31)."""
    match_class: MatchClass = word(MatchClass)
    relation: MatchRelation = word(MatchRelation)
    similarity: float
    query_coverage: float
    reference_coverage: float
    speed_ratio: float
    pitch_shift_semitones: float
    segments: list[dict[str, float]] = Field(sa_type=JSON)
    model: str = Field(max_length=40)
    first_seen_at: datetime = instant(default_factory=now)
