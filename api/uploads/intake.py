"""Takes the bytes of one connection to storage, a few at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from api.uploads.claims import Hold
from api.uploads.dock import Dock, tell_of
from api.uploads.errors import TooManyBytes, WrongOffset
from api.uploads.inspection import Inspection
from api.uploads.rules import parts_folder
from db.queries import uploads
from db.queries.uploads import UploadRow

PART_BYTES: Final = 4 << 20
"""Twice this is held in memory per connection at most; 8 MiB were no faster."""
_SLOW_PART_BYTES: Final = 1 << 20
"""A slow sender's bytes are stored each second once there are so many: enough to see progress, few parts."""
_FLUSH_S: Final = 1.0
_TELL_S: Final = 0.5
"""Progress is published at most twice a second (contract, `uploadChanged`)."""


class Intake:
    """One connection's bytes for one upload.

    Args:
        dock: Where they go.
        row: The upload as the connection found it.
        inspection: Of the bytes before.
        hold: The right to receive it.
    """

    def __init__(self, dock: Dock, row: UploadRow, inspection: Inspection, *, hold: Hold) -> None:
        self._dock = dock
        self._row = row
        self._inspection = inspection
        self._hold = hold
        self._stored = row.received_bytes
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._storing: asyncio.Task[None] | None = None
        self._clock = asyncio.get_running_loop().time
        self._flushed_at = self._clock()
        self._facts_known = inspection.audio is not None

    async def run(self, body: AsyncIterator[bytes]) -> None:
        """Store the body until it ends, breaks off, or another connection takes over.

        Args:
            body: Pieces as they come; an empty one says that nothing came for a while.

        Raises:
            FileRefused: The bytes rule the file out.
            TooManyBytes: More came than were announced.
            WrongOffset: Another process received the same bytes.
            StorageFull: There is no room.
        """
        try:
            async for piece in body:
                if piece:
                    await self._take(piece)
                if not piece or self._is_due():
                    await self._flush()
                if self._hold.revoked:
                    break
            await self._flush()
            await self._settled()
        finally:
            if self._storing is not None:  # a write that nobody waits for could meet the next connection's
                await asyncio.gather(self._storing, return_exceptions=True)

    async def _take(self, piece: bytes) -> None:
        self._hold.touch()
        if self._inspection.position + len(piece) > self._row.byte_size:
            raise TooManyBytes
        self._inspection.feed(piece)
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if not self._facts_known and self._inspection.audio is not None:
            await self._note_facts()

    def _is_due(self) -> bool:
        slow = self._waiting_bytes >= _SLOW_PART_BYTES and self._clock() - self._flushed_at >= _FLUSH_S
        return slow or self._waiting_bytes >= PART_BYTES

    async def _flush(self) -> None:
        """Have what came stored while more comes."""
        self._flushed_at = self._clock()
        if self._waiting_bytes:
            await self._settled()
            pieces, self._waiting, self._waiting_bytes = self._waiting, [], 0
            self._storing = asyncio.create_task(self._store(pieces))

    async def _settled(self) -> None:
        """Wait for the part on its way, and hear of its failure."""
        if self._storing is not None:
            await asyncio.shield(self._storing)
            self._storing = None

    async def _store(self, pieces: list[bytes]) -> None:
        part = await self._dock.storage.add_part(
            parts_folder(self._row.id), last=self._inspection.own_part, first_byte=self._stored, pieces=pieces
        )
        if not await self._dock.record(self._row, part, received=self._stored, tell=self._may_tell()):
            raise WrongOffset(self._row.id, received=(await self._dock.row(self._row.id)).received_bytes)
        self._inspection.last_part = self._inspection.own_part = part
        self._stored = part.end

    def _may_tell(self) -> bool:
        """The first bytes are a change of state and are always told."""
        due = not self._stored or self._clock() - self._inspection.told_at >= _TELL_S
        if due:
            self._inspection.told_at = self._clock()
        return due

    async def _note_facts(self) -> None:
        self._facts_known = True
        audio = self._inspection.audio
        assert audio is not None
        async with self._dock.sessions.writing() as session:
            if await uploads.note_audio(session, self._row.id, audio):
                tell_of(session, self._row.id)
