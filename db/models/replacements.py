"""New audio of a published track, under check while the old one plays (D-18)."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, word
from db.ids import TrackId, UploadId
from db.table import Table
from db.vocabulary import FingerprintStatus


class AudioReplacement(Table, table=True):
    """The one replacement of a track: under check, or refused until another is tried; gone once it is swapped in.

    Its columns are those of `Fingerprint`, which it becomes. What it is like stands in `ReconMatch`, with the upload
    as the own side.
    """

    __table_args__ = (one_of("status", FingerprintStatus),)

    track_id: TrackId = id_of(foreign_key="track.id", ondelete="CASCADE", primary_key=True)
    upload_id: UploadId = id_of(foreign_key="upload.id", unique=True)
    status: FingerprintStatus = word(FingerprintStatus, default=FingerprintStatus.PENDING)
    model: str | None = Field(default=None, max_length=40)
    words: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Raw Chromaprint, little-endian uint32."""
    duration_ms: int | None = Field(default=None, sa_type=BigInteger)
    number: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    """Names it in the inverted index, where nobody sees it before it is swapped in."""
    submitted_at: datetime = instant(default_factory=now)
    checked_at: datetime | None = instant(default=None)
