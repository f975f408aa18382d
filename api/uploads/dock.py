"""Where bytes come in: what receiving them needs of the outside."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.storage import Part
from api.uploads.errors import FileRefused, NoSuchUpload, UploadIsGone
from api.uploads.rules import PICTURE_PURPOSES, parts_folder, picture_folder, stored_key
from db import jobs
from db.clock import now
from db.ids import PictureId, UploadId
from db.queries import analyses, uploads
from db.queries.uploads import PartRow, UploadRow
from db.session import Sessions, announce
from db.vocabulary import JobKind, UploadStatus

UPLOAD_TOPIC: Final = "upload:{}"


class UploadStorage(Protocol):
    """What uploads ask of `api.gateways.storage.Storage`, which documents it."""

    async def put(self, key: str, data: bytes | AsyncIterator[bytes], *, content_type: str = ...) -> None: ...
    async def size(self, key: str) -> int | None: ...
    def stream(self, key: str, *, start: int = ..., end: int | None = ...) -> AsyncIterator[bytes]: ...
    async def delete(self, keys: Iterable[str]) -> None: ...
    async def delete_under(self, folder: str) -> None: ...
    async def folders_in(self, folder: str) -> list[str]: ...
    async def add_part(
        self, folder: str, *, last: Part | None, first_byte: int, pieces: Sequence[bytes]
    ) -> Part: ...
    async def join(self, parts: Sequence[Part], *, into: str, content_type: str) -> None: ...


@dataclass(frozen=True)
class Dock:
    """Database and storage that uploads arrive in.

    Attributes:
        keep_for: How long an upload may be neither finished nor used.
    """

    sessions: Sessions
    storage: UploadStorage
    keep_for: timedelta

    async def row(self, upload_id: UploadId) -> UploadRow:
        """An upload that is open or complete.

        Raises:
            NoSuchUpload: It was never announced.
            UploadIsGone: It has ended.
            FileRefused: It was refused earlier.
        """
        async with self.sessions.reading() as session:
            row = await uploads.upload(session, upload_id)
        if row is None:
            raise NoSuchUpload
        _require_alive(row)
        return row

    async def parts(self, row: UploadRow) -> list[Part]:
        """What is here of an upload; one part where a killed process had joined them already."""
        key = stored_key(row.purpose, row.id)
        if is_whole(row) and await self.storage.size(key) == row.byte_size:
            return [Part(0, row.byte_size, key)]
        async with self.sessions.reading() as session:
            return [Part(*part) for part in await uploads.parts(session, row.id)]

    async def record(self, row: UploadRow, part: Part, *, received: int, tell: bool) -> bool:
        """Count the bytes of `part`, if the upload still stands at `received`."""
        async with self.sessions.writing() as session:
            moved = await uploads.record_part(
                session,
                row.id,
                received=received,
                part=PartRow(part.first_byte, part.byte_size, part.key),
                expires_at=now() + self.keep_for,
            )
            if moved and tell:
                tell_of(session, row.id)
        return moved

    async def reject(self, row: UploadRow, refusal: FileRefused) -> None:
        """Keep the refusal in the row and have the bytes deleted."""
        async with self.sessions.writing() as session:
            if await uploads.reject(session, row.id, code=refusal.code, message=refusal.message):
                await drop_files(session, row.id, cause="rejected")

    async def end(self, upload_id: UploadId) -> bool:
        """Terminate an upload of which nothing was made that needs it; a sample may go when its owner likes."""
        async with self.sessions.writing() as session:
            row = await uploads.upload(session, upload_id)
            ended = await uploads.expire(session, upload_id)
            if row is not None and ended:
                await forget_files(session, row, cause="ended")
        return ended


def is_whole(row: UploadRow) -> bool:
    """All bytes are stored; whether they are valid is another matter."""
    return row.received_bytes == row.byte_size


def tell_of(session: AsyncSession, upload_id: UploadId) -> None:
    """Publish that the upload changed."""
    announce(session, UPLOAD_TOPIC.format(upload_id))


async def have_analysed(
    session: AsyncSession, upload_id: UploadId, *, run_at: datetime | None = None
) -> None:
    """Have a beat measured, once: when it is complete, so that the form of its track can be filled in (D-19)."""
    await jobs.add(session, JobKind.ANALYSE, key=upload_id, run_at=run_at, upload=upload_id)


async def drop_files(
    session: AsyncSession, upload_id: UploadId, *folders: str, cause: str, keys: Sequence[str] = ()
) -> None:
    """A settled upload's parts, and whatever else is given, go once the transaction is durable.

    Args:
        session: A writing transaction.
        upload_id: Whose.
        folders: Everything in these goes too.
        cause: Why, once per upload.
        keys: These go too.
    """
    await uploads.forget_parts(session, upload_id)
    await jobs.add(
        session,
        JobKind.DELETE_FILES,
        key=f"{upload_id}:{cause}",
        folders=[parts_folder(upload_id), *folders],
        keys=list(keys),
    )
    tell_of(session, upload_id)


async def give_up(session: AsyncSession, upload_id: UploadId, *, cause: str) -> None:
    """A file that something was made of is needed no more: its bytes go, and nothing is made of it again."""
    row = await uploads.upload(session, upload_id)
    if row is not None and await uploads.retire_file(session, upload_id):
        await forget_files(session, row, cause=cause)


async def forget_files(session: AsyncSession, row: UploadRow, *, cause: str) -> None:
    """Everything of an upload that has just been ended goes: parts, whole file, picture."""
    keys = [] if row.purpose in PICTURE_PURPOSES else [stored_key(row.purpose, row.id)]
    folders = [picture_folder(row.picture_id)] if row.picture_id else []
    if row.picture_id:
        await uploads.forget_picture(session, row.picture_id)
    await analyses.forget(session, row.id)
    await drop_files(session, row.id, *folders, cause=cause, keys=keys)


async def drop_picture(session: AsyncSession, picture: PictureId) -> None:
    """A picture that nothing shows any more goes with its files; its upload has ended, and is of no further use."""
    await uploads.retire_picture_upload(session, picture)
    await uploads.forget_picture(session, picture)
    folders = [picture_folder(picture)]
    await jobs.add(session, JobKind.DELETE_FILES, key=f"picture:{picture}", keys=[], folders=folders)


def _require_alive(row: UploadRow) -> None:
    if row.status is UploadStatus.REJECTED:
        assert row.rejection_code is not None
        raise FileRefused(row.rejection_code, row.rejection_message or "")
    overdue = row.used_by is None and row.expires_at <= now()
    if row.status is UploadStatus.EXPIRED or overdue:
        raise UploadIsGone
