"""Ends uploads that nobody finished or used, and removes bytes that no row names. Run it as often as you like."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from api.uploads.dock import Dock, UploadStorage, forget_files
from api.uploads.errors import BytesRefused
from api.uploads.receive import Reception
from db.clock import now
from db.ids import UploadId
from db.queries import uploads
from db.queries.uploads import UploadRow
from db.session import Sessions

_AT_ONCE: Final = 100
_QUIET: Final = timedelta(minutes=2)
"""After the last byte a living process has long said what became of the file."""


async def sweep_uploads(sessions: Sessions, storage: UploadStorage, *, keep_for: timedelta) -> None:
    """Complete what a killed process left whole, expire what is overdue, delete parts without an open upload."""
    dock = Dock(sessions, storage, keep_for)
    await _complete_left_over(Reception(sessions, storage, keep_for=keep_for), dock)
    while overdue := await _overdue(dock):
        for row in overdue:
            await _expire(dock, row, before=now())
    await _delete_strays(dock)


async def delete_files(storage: UploadStorage, *, keys: Sequence[str], folders: Sequence[str]) -> None:
    """Remove stored files that nothing names any more: what a DELETE_FILES job does. Twice is safe."""
    await storage.delete(keys)
    for folder in folders:
        await storage.delete_under(folder)


async def _complete_left_over(reception: Reception, dock: Dock) -> None:
    async with dock.sessions.reading() as session:
        left = await uploads.whole_but_open(
            session, moved_before=now() + dock.keep_for - _QUIET, limit=_AT_ONCE
        )
    for upload_id in left:
        with suppress(BytesRefused):  # the row says why
            await reception.look(upload_id)


async def _overdue(dock: Dock) -> list[UploadRow]:
    async with dock.sessions.reading() as session:
        return await uploads.overdue(session, before=now(), limit=_AT_ONCE)


async def _expire(dock: Dock, row: UploadRow, *, before: datetime) -> None:
    async with dock.sessions.writing() as session:
        if await uploads.expire(session, row.id, before=before):
            await forget_files(session, row, cause="expired")


async def _delete_strays(dock: Dock) -> None:
    """Parts that came while their upload was being settled."""
    folders = await dock.storage.folders_in("uploads")
    upload_ids = [UploadId(folder.rpartition("/")[2]) for folder in folders]
    async with dock.sessions.reading() as session:
        still_open = await uploads.still_open(session, upload_ids)
    for folder, upload_id in zip(folders, upload_ids, strict=True):
        if upload_id not in still_open:
            await dock.storage.delete_under(folder)
