"""Packing a ZIP while it is sent on: never more of it in memory than one piece. Pure."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


@dataclass(frozen=True)
class Member:
    """A file of an archive.

    Attributes:
        name: With its folders.
        pieces: Its bytes.
        packs: Whether packing makes it smaller: sound and pictures do not become so.
    """

    name: str
    pieces: AsyncIterator[bytes]
    packs: bool = True


class _Outlet:
    """What a ZIP is written to that nobody can go back in."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is out already."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._written)
        self._written.clear()
        return data


async def packed(members: AsyncIterator[Member], *, made_at: datetime) -> AsyncIterator[bytes]:
    """The bytes of an archive: the same ones for the same members and moment."""
    outlet = _Outlet()
    with ZipFile(outlet, "w") as archive:  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue] -- it needs no more of a file
        async for member in members:
            entry = ZipInfo(member.name, date_time=made_at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED if member.packs else ZIP_STORED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as file:
                async for piece in member.pieces:
                    file.write(piece)
                    if data := outlet.taken():
                        yield data
    yield outlet.taken()
