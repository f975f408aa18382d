"""Files on their way, and the pictures made of some of them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from db.clock import now
from db.columns import id_of, instant, one_of, own_id, word
from db.ids import AccountId, PictureId, UploadId
from db.table import Table
from db.vocabulary import ErrorCode, UploadPurpose, UploadStatus


class Upload(Table, table=True):
    """A file on its way. `received_bytes` counts what is durably stored, never what is merely in memory."""

    __table_args__ = (
        CheckConstraint("received_bytes >= 0 AND received_bytes <= byte_size", name="received_within_size"),
        Index("upload_expiry", "status", "expires_at"),
        one_of("purpose", UploadPurpose),
        one_of("status", UploadStatus),
    )

    id: UploadId = own_id("upl")
    account_id: AccountId = id_of(foreign_key="account.id", index=True)
    purpose: UploadPurpose = word(UploadPurpose)
    filename: str = Field(max_length=255)
    byte_size: int = Field(sa_type=BigInteger)
    received_bytes: int = Field(default=0, sa_type=BigInteger)
    status: UploadStatus = word(UploadStatus, default=UploadStatus.WAITING)
    rejection_code: ErrorCode | None = word(ErrorCode, default=None)
    rejection_message: str | None = None
    sha256: str | None = Field(default=None, max_length=64)
    media_type: str | None = Field(default=None, max_length=40)
    """Found in the bytes, once all are here."""
    sample_rate_hz: int | None = None
    bit_depth: int | None = None
    channels: int | None = None
    duration_ms: int | None = None
    picture_id: PictureId | None = id_of(default=None, foreign_key="picture.id", index=True)
    """What was made of a picture."""
    used_by: str | None = Field(default=None, max_length=40)
    """Id of the object that was made of it; null while it waits."""
    created_at: datetime = instant(default_factory=now)
    expires_at: datetime = instant()


class UploadPart(Table, table=True):
    """Bytes of an unfinished upload: the first `byte_size` of a stored object; the rows of an upload join up.

    Only what a row names belongs to the upload: a process killed between storing and recording leaves more.
    """

    upload_id: UploadId = id_of(foreign_key="upload.id", primary_key=True)
    first_byte: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    byte_size: int = Field(sa_type=BigInteger)
    key: str = Field(max_length=120)


class Picture(Table, table=True):
    """A re-encoded picture; its three files stand in storage under `pictures/{id}/`."""

    id: PictureId = own_id("pic")
    width: int
    height: int
    dominant_color: str = Field(max_length=7)
    blurhash: str = Field(max_length=120)
    created_at: datetime = instant(default_factory=now)
