"""What the catalogue sounds like: fingerprints and their inverted index."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, text
from sqlmodel import Field

from db.columns import id_of, instant, one_of, own_id, word
from db.ids import FingerprintId, TrackId
from db.table import Table
from db.vocabulary import FingerprintStatus

UNPOSTED = text("posted IS FALSE AND sequence IS NOT NULL")


class Fingerprint(Table, table=True):
    """The duplicate check of one audio (D-30).

    `number` names it in the inverted index; `sequence` says when it was found unique. Postings of a recording without
    a sequence are not there yet for anybody: they are written in batches, before the verdict. Only a recording that
    staff took in (a granted appeal) has a sequence before it is `posted`; until then every newcomer is compared with it.
    """

    __table_args__ = (
        one_of("status", FingerprintStatus),
        Index("fingerprint_unposted", "sequence", sqlite_where=UNPOSTED, postgresql_where=UNPOSTED),
        Index("fingerprint_scanned", "scanned_at", "sequence"),
        Index("fingerprint_indexed", "model", "sequence"),
    )

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
    posted: bool = False
    fingerprinted_at: datetime | None = instant(default=None)
    checked_at: datetime | None = instant(default=None)
    scanned_at: datetime | None = instant(default=None)
    """When it was last compared with the whole catalogue: by its check, by a scan, by the regular rescan (D-32)."""


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
