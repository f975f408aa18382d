"""One connection at a time receives an upload; a dead one gives way.

Within this process. Between processes the row decides: bytes are counted only from where it stands.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from api.uploads.errors import UploadIsBusy
from db.ids import UploadId

SILENT_S: Final = 2.0
"""A connection that sent nothing for so long is taken for dead; a living one at 1 kB/s sends every second."""
PATIENCE_S: Final = 5.0
"""To see whether the other connection is dead, have it store what it holds, and let go."""


class Hold:
    """The right to receive one upload.

    Attributes:
        revoked: Somebody else waits: store what is here and let go.
    """

    def __init__(self) -> None:
        self.revoked = False
        self.freed = asyncio.Event()
        self.touch()

    def touch(self) -> None:
        """A byte came."""
        self._alive_at = asyncio.get_running_loop().time()

    def silent_s(self) -> float:
        """Since the last byte."""
        return asyncio.get_running_loop().time() - self._alive_at


class Claims:
    """Who receives what in this process."""

    def __init__(self) -> None:
        self._holds: dict[UploadId, Hold] = {}

    @asynccontextmanager
    async def hold(self, upload_id: UploadId) -> AsyncGenerator[Hold]:
        """Receive an upload for as long as the block runs.

        Raises:
            UploadIsBusy: Another connection is alive and does.
        """
        await self._wait_for_turn(upload_id)
        hold = self._holds[upload_id] = Hold()
        try:
            yield hold
        finally:
            del self._holds[upload_id]
            hold.freed.set()

    def is_held(self, upload_id: UploadId) -> bool:
        return upload_id in self._holds

    async def _wait_for_turn(self, upload_id: UploadId) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while (other := self._holds.get(upload_id)) is not None:
                    other.revoked = other.silent_s() >= SILENT_S
                    await _freed_soon(other)
        if upload_id in self._holds:
            raise UploadIsBusy


async def _freed_soon(hold: Hold) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await hold.freed.wait()
