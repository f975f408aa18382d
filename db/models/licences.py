"""Licences that were granted, and the copies of their audio that are delivered beside it (D-41, D-46)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, LicenceId, ProducerId, TrackId, UploadId
from db.table import Table
from db.vocabulary import AudioFormat, LicenceKind

STANDARD_HELD = text("kind = 'STANDARD' AND revoked_at IS NULL")
EXCLUSIVE_HELD = text("kind = 'EXCLUSIVE' AND revoked_at IS NULL")
"""Written out, for a planner takes a partial index only where it can prove that the rows are in it."""


class Licence(Table, table=True):
    """A right that was granted. What it says is kept as it was then: it outlives track, plan and names.

    It holds until it is revoked, once; nothing else of it ever changes but the count of verifications, and whether its files
    were fetched, or are held back.
    """

    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revocation_has_a_reason"),
        CheckConstraint("verification_count >= 0", name="verifications_counted"),
        Index(
            "licence_standard_once",
            "account_id",
            "track_id",
            unique=True,
            sqlite_where=STANDARD_HELD,
            postgresql_where=STANDARD_HELD,
        ),
        Index(
            "licence_exclusive_once",
            "track_id",
            unique=True,
            sqlite_where=EXCLUSIVE_HELD,
            postgresql_where=EXCLUSIVE_HELD,
        ),
        Index("licence_of", "account_id", "granted_at", "id"),
        Index("licence_to", "track_id", "kind"),
        Index("licence_with", "upload_id"),
        one_of("kind", LicenceKind),
    )

    id: LicenceId = own_id("lic")
    number: str = Field(max_length=36, unique=True)
    """UUID: what its certificate is verified by."""
    kind: LicenceKind = word(LicenceKind)
    account_id: AccountId = id_of(foreign_key="account.id")
    """Who has the right."""
    producer_id: ProducerId = id_of(foreign_key="producer.id")
    """Who gave it."""
    track_id: TrackId = id_of(foreign_key="track.id")
    upload_id: UploadId = id_of(foreign_key="upload.id")
    """The audio that is licensed: kept for it, also when the track gets another or is deleted."""
    audio_sha256: str = Field(max_length=64)
    work: dict[str, Any] = Field(sa_type=JSON)
    """The track as it was."""
    licensor: dict[str, Any] = Field(sa_type=JSON)
    licensee: dict[str, Any] = Field(sa_type=JSON)
    """Both parties as they called themselves."""
    terms: dict[str, Any] = Field(sa_type=JSON)
    """All of them, in the words that were granted."""
    signature: str = Field(max_length=64)
    """Ours, over what was granted; `api/licensing/certificate.py` says what that is."""
    granted_at: datetime = instant(default_factory=now)
    downloaded_at: datetime | None = instant(default=None)
    """When a file of an exclusive licence was first fetched: it is not refunded from then on (D-47)."""
    files_held_at: datetime | None = instant(default=None)
    """Since then no file is delivered, for the money is being given back, or is disputed."""
    revoked_at: datetime | None = instant(default=None)
    revoked_by: AccountId | None = id_of(default=None, foreign_key="account.id")
    """Who of staff; null where a refund did it."""
    revocation_reason: str | None = None
    verification_count: int = Field(default=0, sa_type=BigInteger)


class AudioCopy(Table, table=True):
    """The audio of an upload in another format, made when it is first licensed."""

    __table_args__ = (one_of("format", AudioFormat),)

    upload_id: UploadId = id_of(foreign_key="upload.id", primary_key=True)
    format: AudioFormat = word(AudioFormat, primary_key=True)
    byte_size: int = Field(sa_type=BigInteger)
    made_at: datetime = instant(default_factory=now)
