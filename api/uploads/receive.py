"""Receives announced files: the process behind the tus address.

Bytes are counted once they are stored, so what a client is told survives a kill of this process, and a cut connection
loses nothing that had come.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

from api.uploads.claims import Claims, Hold
from api.uploads.dock import Dock, UploadStorage, is_whole
from api.uploads.errors import (
    AnotherFileIsHere,
    FileRefused,
    SizeDiffers,
    TooManyBytes,
    UploadIsGone,
    UploadServesAnObject,
    WrongOffset,
)
from api.uploads.finish import finish
from api.uploads.inspection import Inspections
from api.uploads.intake import Intake
from db.ids import UploadId
from db.queries import uploads
from db.queries.uploads import UploadRow
from db.session import Sessions
from db.vocabulary import UploadStatus


class Reception:
    """Receives uploads in one process; make one per process.

    Args:
        sessions: Where uploads are recorded.
        storage: Where their bytes go.
        keep_for: How long one may be neither finished nor used.
    """

    def __init__(self, sessions: Sessions, storage: UploadStorage, *, keep_for: timedelta) -> None:
        self._dock = Dock(sessions, storage, keep_for)
        self._claims = Claims()
        self._inspections = Inspections()

    async def look(self, upload_id: UploadId) -> UploadRow:
        """How far an upload is; completes it where a killed process could not.

        Raises:
            BytesRefused: It is gone or refused.
        """
        row = await self._dock.row(upload_id)
        if row.status is UploadStatus.COMPLETED or not is_whole(row) or self._claims.is_held(upload_id):
            return row
        async with self._claims.hold(upload_id):
            return await self._finish_if_whole(upload_id)

    async def receive(
        self, upload_id: UploadId, *, offset: int, length: int | None, body: AsyncIterator[bytes]
    ) -> UploadRow:
        """Take bytes that start at `offset`, and complete the upload with the last one.

        Args:
            upload_id: Which.
            offset: Where the first byte of the body belongs.
            length: Bytes of the body, where the client says so.
            body: Pieces as they come; an empty one says that nothing came for a while.

        Returns:
            The upload as it is then; short of its size where the body ended early.

        Raises:
            BytesRefused: Some or all bytes are not taken.
            StorageFull: There is no room.
        """
        async with self._claims.hold(upload_id) as hold:
            row = await self._dock.row(upload_id)
            if offset != row.received_bytes:
                raise WrongOffset(upload_id, received=row.received_bytes)
            if length is not None and offset + length > row.byte_size:
                raise TooManyBytes
            if not is_whole(row):
                await self._take_in(row, body, hold)
            return await self._finish_if_whole(upload_id)

    async def replace(self, upload_id: UploadId, *, length: int, body: AsyncIterator[bytes]) -> UploadRow:
        """Take the whole file from its first byte; what was here of it is forgotten, unless all of it was.

        Raises:
            BytesRefused: Some or all bytes are not taken.
            StorageFull: There is no room.
        """
        async with self._claims.hold(upload_id) as hold:
            row = await self._dock.row(upload_id)
            if length != row.byte_size:
                raise SizeDiffers(f"{row.byte_size} bytes were announced for this file, {length} are sent.")
            if row.sha256 is not None:
                await _refuse_another(row, body)
            elif not is_whole(row):
                await self._take_in(await self._restarted(row), body, hold)
            return await self._finish_if_whole(upload_id)

    async def end(self, upload_id: UploadId) -> None:
        """Terminate an upload and delete its bytes.

        Raises:
            UploadServesAnObject: Something was made of it.
            BytesRefused: It is gone or refused already.
        """
        await self._dock.row(upload_id)
        self._inspections.forget(upload_id)
        if not await self._dock.end(upload_id):
            raise UploadServesAnObject

    async def _take_in(self, row: UploadRow, body: AsyncIterator[bytes], hold: Hold) -> None:
        parts = await self._dock.parts(row)
        stored = parts[-1].end if parts else 0
        if stored != row.received_bytes:
            raise WrongOffset(row.id, received=stored)  # another process has gone on since
        try:
            inspection = await self._inspections.of(row, parts, self._dock.storage)
            await Intake(self._dock, row, inspection, hold=hold).run(body)
        except FileRefused as refusal:
            self._inspections.forget(row.id)
            await self._dock.reject(row, refusal)
            raise
        except BaseException:  # what was looked at may be ahead of what is stored
            self._inspections.forget(row.id)
            raise

    async def _finish_if_whole(self, upload_id: UploadId) -> UploadRow:
        row = await self._dock.row(upload_id)
        if row.status is UploadStatus.COMPLETED or not is_whole(row):
            return row
        parts = await self._dock.parts(row)
        inspection = await self._inspections.of(row, parts, self._dock.storage)
        self._inspections.forget(upload_id)
        return await finish(self._dock, row, parts, inspection)

    async def _restarted(self, row: UploadRow) -> UploadRow:
        self._inspections.forget(row.id)
        async with self._dock.sessions.writing() as session:
            if not await uploads.restart(session, row.id):
                raise UploadIsGone
        return await self._dock.row(row.id)


async def _refuse_another(row: UploadRow, body: AsyncIterator[bytes]) -> None:
    """The same file again is welcome; another one is not silently dropped."""
    digest = hashlib.sha256()
    async for piece in body:
        digest.update(piece)
    if digest.hexdigest() != row.sha256:
        raise AnotherFileIsHere
