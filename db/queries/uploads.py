"""Uploads, their parts and their pictures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import CursorResult, Select, Update, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, PictureId, UploadId, new_id
from db.models.uploads import Picture, Upload, UploadPart
from db.vocabulary import ErrorCode, UploadPurpose, UploadStatus

OPEN: Final = (UploadStatus.WAITING, UploadStatus.RECEIVING)
"""Bytes are taken."""


class UploadRow(NamedTuple):
    id: UploadId
    account_id: AccountId
    purpose: UploadPurpose
    filename: str
    byte_size: int
    received_bytes: int
    status: UploadStatus
    rejection_code: ErrorCode | None
    rejection_message: str | None
    sha256: str | None
    media_type: str | None
    sample_rate_hz: int | None
    bit_depth: int | None
    channels: int | None
    duration_ms: int | None
    picture_id: PictureId | None
    used_by: str | None
    created_at: datetime
    expires_at: datetime


class PartRow(NamedTuple):
    first_byte: int
    byte_size: int
    key: str


class PictureRow(NamedTuple):
    id: PictureId
    width: int
    height: int
    dominant_color: str
    blurhash: str


class AudioFacts(NamedTuple):
    """What a WAV says about itself."""

    sample_rate_hz: int
    bit_depth: int
    channels: int
    duration_ms: int


_UPLOAD: Final = tuple(getattr(Upload, name) for name in UploadRow._fields)
_PICTURE: Final = tuple(getattr(Picture, name) for name in PictureRow._fields)


async def upload(session: AsyncSession, upload_id: UploadId) -> UploadRow | None:
    """One upload, whoever's."""
    rows = await uploads(session, [upload_id])
    return rows[0] if rows else None


async def hold(session: AsyncSession, upload_id: UploadId) -> None:
    """Nothing is made of it, and it does not end, until this transaction does."""
    await session.execute(select(col(Upload.id)).where(col(Upload.id) == upload_id).with_for_update())


async def uploads(session: AsyncSession, upload_ids: Iterable[UploadId]) -> list[UploadRow]:
    """Those of the uploads that exist, in no order."""
    return await _rows(session, _select_uploads().where(col(Upload.id).in_(list(upload_ids))))


async def pictures(session: AsyncSession, picture_ids: Iterable[PictureId]) -> list[PictureRow]:
    """Those of the pictures that exist, in no order."""
    chosen: Select[*tuple[Any, ...]] = select(*_PICTURE).where(col(Picture.id).in_(list(picture_ids)))
    return [PictureRow(*row) for row in await session.execute(chosen)]


async def parts(session: AsyncSession, upload_id: UploadId) -> list[PartRow]:
    """What is here of an unfinished upload, from its first byte on."""
    chosen = (
        select(col(UploadPart.first_byte), col(UploadPart.byte_size), col(UploadPart.key))
        .where(col(UploadPart.upload_id) == upload_id)
        .order_by(col(UploadPart.first_byte))
    )
    return [PartRow(*row) for row in await session.execute(chosen)]


async def add(
    session: AsyncSession,
    *,
    account_id: AccountId,
    purpose: UploadPurpose,
    filename: str,
    byte_size: int,
    expires_at: datetime,
) -> UploadRow:
    """A file that is announced."""
    row = UploadRow(
        id=UploadId(new_id("upl")),
        account_id=account_id,
        purpose=purpose,
        filename=filename,
        byte_size=byte_size,
        received_bytes=0,
        status=UploadStatus.WAITING,
        created_at=now(),
        expires_at=expires_at,
        **dict.fromkeys(_EMPTY_AT_FIRST),
    )
    await session.execute(insert(Upload).values(row._asdict()))
    return row


async def record_part(
    session: AsyncSession, upload_id: UploadId, *, received: int, part: PartRow, expires_at: datetime
) -> bool:
    """Count bytes that are stored, if the upload still stood at `received`; false: nothing was changed."""
    moved = await _change(
        session,
        update(Upload)
        .where(_open(upload_id), col(Upload.received_bytes) == received)
        .values(
            received_bytes=part.first_byte + part.byte_size,
            status=UploadStatus.RECEIVING,
            expires_at=expires_at,
        ),
    )
    if moved:
        await _upsert_part(session, upload_id, part)
    return moved


async def restart(session: AsyncSession, upload_id: UploadId) -> bool:
    """Forget what is here of an unfinished upload; false: it is not open any more."""
    reset = update(Upload).where(_open(upload_id)).values(received_bytes=0, status=UploadStatus.WAITING)
    moved = await _change(session, reset)
    if moved:
        await forget_parts(session, upload_id)
    return moved


async def note_audio(session: AsyncSession, upload_id: UploadId, audio: AudioFacts) -> bool:
    """Keep what the header says, as soon as it is read."""
    return await _change(session, update(Upload).where(_open(upload_id)).values(**audio._asdict()))


async def complete(
    session: AsyncSession,
    upload_id: UploadId,
    *,
    sha256: str,
    media_type: str,
    audio: AudioFacts | None,
    picture_id: PictureId | None,
) -> bool:
    """All bytes are here and valid; false: it was settled before."""
    facts = audio._asdict() if audio else {}
    return await _change(
        session,
        update(Upload)
        .where(_open(upload_id), col(Upload.received_bytes) == col(Upload.byte_size))
        .values(
            status=UploadStatus.COMPLETED,
            sha256=sha256,
            media_type=media_type,
            picture_id=picture_id,
            **facts,
        ),
    )


async def reject(session: AsyncSession, upload_id: UploadId, *, code: ErrorCode, message: str) -> bool:
    """Keep why the file is refused; false: it was settled before."""
    return await _change(
        session,
        update(Upload)
        .where(_open(upload_id))
        .values(status=UploadStatus.REJECTED, rejection_code=code, rejection_message=message),
    )


async def expire(session: AsyncSession, upload_id: UploadId, *, before: datetime | None = None) -> bool:
    """End an upload of which nothing was made; false: it was settled before, or its time is not over.

    Args:
        session: A writing transaction.
        upload_id: Which.
        before: Only if it was to end before then; null: in any case.
    """
    due = and_(_passing(), col(Upload.expires_at) < before) if before else _free()
    change = (
        update(Upload)
        .where(col(Upload.id) == upload_id, due)
        .values(status=UploadStatus.EXPIRED, picture_id=None, media_type=None)
    )
    return await _change(session, change)


async def use(
    session: AsyncSession,
    upload_id: UploadId,
    *,
    account_id: AccountId,
    purpose: UploadPurpose,
    object_id: str,
) -> UploadRow | None:
    """Claim a completed upload for an object, the only one ever; null: it is not to be had."""
    fresh = and_(col(Upload.used_by).is_(None), col(Upload.expires_at) > now())
    claim = (
        update(Upload)
        .where(
            col(Upload.id) == upload_id,
            col(Upload.account_id) == account_id,
            col(Upload.purpose) == purpose,
            col(Upload.status) == UploadStatus.COMPLETED,
            or_(fresh, col(Upload.used_by) == object_id),
        )
        .values(used_by=object_id)
    )
    return await upload(session, upload_id) if await _change(session, claim) else None


async def retire_file(session: AsyncSession, upload_id: UploadId) -> bool:
    """End a file that something was made of and that is needed no more; false: it had ended before."""
    complete = col(Upload.id) == upload_id, col(Upload.status) == UploadStatus.COMPLETED
    return await _change(session, update(Upload).where(*complete).values(status=UploadStatus.EXPIRED))


async def keep_until(session: AsyncSession, upload_id: UploadId, moment: datetime) -> None:
    """Move an upload's end on."""
    await session.execute(update(Upload).where(col(Upload.id) == upload_id).values(expires_at=moment))


async def add_picture(session: AsyncSession, picture: PictureRow) -> None:
    """A picture that was made; made again, nothing changes."""
    values = {**picture._asdict(), "created_at": now()}
    await session.execute(inserting(session, Picture).values(values).on_conflict_do_nothing())


async def retire_picture_upload(session: AsyncSession, picture_id: PictureId) -> None:
    """End the upload that a picture was made of: what was made of it is gone."""
    change = update(Upload).where(col(Upload.picture_id) == picture_id)
    await session.execute(change.values(status=UploadStatus.EXPIRED, picture_id=None))


async def forget_picture(session: AsyncSession, picture_id: PictureId) -> None:
    """Remove a picture that nothing names any more."""
    await session.execute(delete(Picture).where(col(Picture.id) == picture_id))


async def forget_parts(session: AsyncSession, upload_id: UploadId) -> None:
    """Remove the record of parts; their bytes are another matter."""
    await session.execute(delete(UploadPart).where(col(UploadPart.upload_id) == upload_id))


async def overdue(session: AsyncSession, *, before: datetime, limit: int) -> list[UploadRow]:
    """Uploads that nobody finished or used in time, and samples whose use is over."""
    chosen = _select_uploads().where(_passing(), col(Upload.expires_at) < before).limit(limit)
    return await _rows(session, chosen)


async def whole_but_open(session: AsyncSession, *, moved_before: datetime, limit: int) -> list[UploadId]:
    """Uploads whose last byte came, and whose process died before it said so.

    Args:
        session: Any transaction.
        moved_before: `expires_at` of an upload that has been quiet long enough.
        limit: At most so many.
    """
    whole = and_(
        col(Upload.status) == UploadStatus.RECEIVING,
        col(Upload.received_bytes) == col(Upload.byte_size),
        col(Upload.expires_at) < moved_before,
    )
    return list(await session.scalars(select(col(Upload.id)).where(whole).limit(limit)))


async def still_open(session: AsyncSession, upload_ids: Iterable[UploadId]) -> set[UploadId]:
    """Those of the uploads that may still receive bytes."""
    chosen = col(Upload.id).in_(list(upload_ids)), col(Upload.status).in_(OPEN)
    return set(await session.scalars(select(col(Upload.id)).where(*chosen)))


_EMPTY_AT_FIRST: Final = (
    "rejection_code",
    "rejection_message",
    "sha256",
    "media_type",
    *AudioFacts._fields,
    "picture_id",
    "used_by",
)


def _select_uploads() -> Select[*tuple[Any, ...]]:
    return select(*_UPLOAD)


async def _rows(session: AsyncSession, chosen: Select[*tuple[Any, ...]]) -> list[UploadRow]:
    return [UploadRow(*row) for row in await session.execute(chosen)]


def _open(upload_id: UploadId) -> ColumnElement[bool]:
    return and_(col(Upload.id) == upload_id, col(Upload.status).in_(OPEN))


def _free() -> ColumnElement[bool]:
    """Nothing was made of it, or nothing that needs its bytes: a scan that is over has what it found."""
    return and_(_alive(), or_(col(Upload.used_by).is_(None), _is_for(UploadPurpose.RECON_SAMPLE)))


def _passing() -> ColumnElement[bool]:
    """Nothing was made of it that needs its bytes for ever: samples are kept for a time, which whoever uses one sets."""
    samples = _is_for(UploadPurpose.RECON_SAMPLE, UploadPurpose.REQUEST_SAMPLE)
    return and_(_alive(), or_(col(Upload.used_by).is_(None), samples))


def _alive() -> ColumnElement[bool]:
    return col(Upload.status).in_((*OPEN, UploadStatus.COMPLETED))


def _is_for(*purposes: UploadPurpose) -> ColumnElement[bool]:
    return col(Upload.purpose).in_(purposes)


async def _upsert_part(session: AsyncSession, upload_id: UploadId, part: PartRow) -> None:
    """A part grows while one process adds to it."""
    new = inserting(session, UploadPart).values(upload_id=upload_id, **part._asdict())
    grown = {"byte_size": new.excluded.byte_size, "key": new.excluded.key}
    await session.execute(new.on_conflict_do_update(index_elements=["upload_id", "first_byte"], set_=grown))


async def _change(session: AsyncSession, change: Update) -> bool:
    result = await session.execute(change)
    return isinstance(result, CursorResult) and result.rowcount == 1
