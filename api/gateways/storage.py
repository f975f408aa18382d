"""Stored files: a folder on this machine or an S3 bucket. The one door to obstore.

Every write is atomic: a reader sees the whole object or none. Keys are made by us, lower case, `folder/name.ending`.
"""

import asyncio
import errno
import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from api.settings import Settings
from api.signatures import Signer, as_word
from db.clock import now
from db.ids import new_id

PIECE_BYTES: Final = 1 << 20
"""Read in one go: local reads of 1 MiB ran at 1.3 GB/s, the store's own stream of 8 KiB reads at 90 MB/s."""
_PIECES_AT_ONCE: Final = 512
"""The system takes 1,024."""
_COPIED_AT_ONCE: Final = 64 << 20
_KEY: Final = re.compile(r"[a-z]+(?:/[a-z0-9_][a-z0-9_.-]*)+")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_TEXT: Final = re.compile(rf"os error (?:{'|'.join(map(str, sorted(_FULL)))})\b")


class ObjectMissing(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Nothing is stored under this key."""


class StorageFull(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """There is no room for more bytes; what was stored before is untouched."""


@dataclass(frozen=True)
class StoredObject:
    """What is known of an object without reading it.

    Attributes:
        etag: Strong, with its quotation marks, as HTTP wants it.
    """

    byte_size: int
    etag: str
    modified_at: datetime


@dataclass(frozen=True)
class Part:
    """Some bytes of a file on its way: the first `byte_size` of what stands under `key`.

    Attributes:
        first_byte: Where in the file they belong.
    """

    first_byte: int
    byte_size: int
    key: str

    @property
    def end(self) -> int:
        return self.first_byte + self.byte_size


class Storage(ABC):
    """What both kinds can do; `open_storage` picks one.

    Args:
        store: Where the objects are.
        public_url: Start of the addresses that this API serves itself.
    """

    def __init__(self, store: ObjectStore, *, public_url: str) -> None:
        self._store = store
        self._public_url = public_url.rstrip("/")

    async def put(
        self, key: str, data: bytes | AsyncIterator[bytes], *, content_type: str = "application/octet-stream"
    ) -> None:
        """Store an object, in place of an earlier one.

        Raises:
            StorageFull: There is no room.
        """
        with _translated(key):
            await self._put(key, data, content_type)

    async def get(self, key: str) -> bytes:
        """A whole object; for small ones.

        Raises:
            ObjectMissing: There is none.
        """
        with _translated(key):
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())

    async def look(self, key: str) -> StoredObject:
        """Size, version and age of an object.

        Raises:
            ObjectMissing: There is none.
        """
        with _translated(key):
            meta = await obstore.head_async(self._store, key)
        return StoredObject(meta["size"], meta["e_tag"] or f'"{meta["size"]:x}"', meta["last_modified"])

    async def size(self, key: str) -> int | None:
        """Bytes of an object; null if there is none."""
        try:
            return (await self.look(key)).byte_size
        except ObjectMissing:
            return None

    async def stream(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """An object from byte `start` up to and without byte `end`, in pieces.

        Raises:
            ObjectMissing: There is none.
        """
        end = (await self.look(key)).byte_size if end is None else end
        for at in range(start, end, PIECE_BYTES):
            with _translated(key):
                piece = await obstore.get_range_async(
                    self._store, key, start=at, end=min(at + PIECE_BYTES, end)
                )
            yield bytes(piece)

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are gone already are no fault."""
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue

    async def delete_under(self, folder: str) -> None:
        """Remove every object whose key starts with `folder` and a slash."""
        async for listed in obstore.list(self._store, f"{folder}/"):  # pyright: ignore[reportUnknownMemberType] -- one overload names an optional package
            await self.delete([entry["path"] for entry in listed])

    async def folders_in(self, folder: str) -> list[str]:
        """Keys of the folders right under `folder`."""
        found = await obstore.list_with_delimiter_async(self._store, f"{folder}/")  # pyright: ignore[reportUnknownMemberType] -- one overload names an optional package
        return [str(prefix).rstrip("/") for prefix in found["common_prefixes"]]

    def public_address(self, key: str) -> str:
        """A lasting address that anyone may open and keep in a cache: for pictures and previews only."""
        return f"{self._public_url}/media/{quote(key)}"

    @abstractmethod
    async def add_part(
        self, folder: str, *, last: Part | None, first_byte: int, pieces: Sequence[bytes]
    ) -> Part:
        """Store more bytes of a file on its way, durably against the end of this process.

        Args:
            folder: Where its parts stand.
            last: The part before it, if this process made it and nobody has added to the file since.
            first_byte: Where the bytes belong.
            pieces: The bytes, in the pieces they came in.

        Returns:
            The part that holds them: `last`, grown, or a new one under a key never used before, so that two
            processes which receive the same file cannot overwrite each other.

        Raises:
            StorageFull: There is no room.
        """

    @abstractmethod
    async def join(self, parts: Sequence[Part], *, into: str, content_type: str) -> None:
        """Make one object of all parts of a file.

        Raises:
            ObjectMissing: A part is gone.
            StorageFull: There is no room.
        """

    @abstractmethod
    def local_copy(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The object as a file to read, for as long as the block runs."""

    @abstractmethod
    async def address(self, key: str, *, expires_at: datetime, filename: str, content_type: str) -> str:
        """An address that works without a header until `expires_at` and saves under `filename`."""

    @abstractmethod
    async def _put(self, key: str, data: bytes | AsyncIterator[bytes], content_type: str) -> None: ...


class LocalStorage(Storage):
    """Objects as files in a folder of this machine."""

    def __init__(self, root: Path, *, public_url: str, signer: Signer) -> None:
        super().__init__(LocalStore(root, mkdir=True), public_url=public_url)
        self._root = root
        self._signer = signer

    async def add_part(
        self, folder: str, *, last: Part | None, first_byte: int, pieces: Sequence[bytes]
    ) -> Part:
        """Appends to the file of `last`: the whole then needs a new name and no copy."""
        part = last or Part(first_byte, 0, _part_key(folder, first_byte))
        with _translated(part.key):
            await asyncio.to_thread(_write_at, self.path(part.key), part.byte_size, pieces)
        return replace(part, byte_size=part.byte_size + sum(map(len, pieces)))

    async def join(self, parts: Sequence[Part], *, into: str, content_type: str) -> None:
        sources = [(self.path(part.key), part.byte_size) for part in parts]
        with _translated(into):
            await asyncio.to_thread(_join_files, sources, self.path(into))

    async def delete_under(self, folder: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self.path(folder), ignore_errors=True)

    @asynccontextmanager
    async def local_copy(self, key: str) -> AsyncGenerator[Path]:
        await self.look(key)
        yield self.path(key)

    async def address(self, key: str, *, expires_at: datetime, filename: str, content_type: str) -> str:
        name = filename.replace("\n", " ")
        expires = as_word(expires_at)
        signature = self._signer.sign(key, expires, name, content_type)
        query = {"expires": expires, "name": name, "type": content_type, "signature": signature}
        return f"{self._public_url}/files/{quote(key)}?{urlencode(query)}"

    def path(self, key: str) -> Path:
        """Where an object stands; never outside the folder.

        Raises:
            ValueError: No key of ours.
        """
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key: {key!r}")
        return self._root / key

    async def _put(self, key: str, data: bytes | AsyncIterator[bytes], content_type: str) -> None:
        await obstore.put_async(self._store, key, data)


class BucketStorage(Storage):
    """Objects in an S3 bucket; addresses are presigned by it."""

    async def add_part(
        self, folder: str, *, last: Part | None, first_byte: int, pieces: Sequence[bytes]
    ) -> Part:
        data = b"".join(pieces)
        part = Part(first_byte, len(data), _part_key(folder, first_byte))
        await self.put(part.key, data)
        return part

    async def join(self, parts: Sequence[Part], *, into: str, content_type: str) -> None:
        if [part.key for part in parts] != [into]:
            await self.put(into, self._bytes_of(parts), content_type=content_type)

    @asynccontextmanager
    async def local_copy(self, key: str) -> AsyncGenerator[Path]:
        with tempfile.TemporaryDirectory(prefix="beatpass-") as folder:
            path = Path(folder) / Path(key).name
            with path.open("wb") as file, _translated(key):
                async for piece in self.stream(key):
                    await asyncio.to_thread(file.write, piece)
            yield path

    async def address(self, key: str, *, expires_at: datetime, filename: str, content_type: str) -> str:
        """The name is the one given at `put`: presigned addresses of the store carry none."""
        assert isinstance(self._store, S3Store)
        left = max(expires_at - now(), timedelta(seconds=1))
        return await obstore.sign_async(self._store, "GET", key, left)

    async def _bytes_of(self, parts: Sequence[Part]) -> AsyncIterator[bytes]:
        for part in parts:
            async for piece in self.stream(part.key, end=part.byte_size):
                yield piece

    async def _put(self, key: str, data: bytes | AsyncIterator[bytes], content_type: str) -> None:
        await obstore.put_async(
            self._store, key, data, attributes={"Content-Type": content_type}, max_concurrency=2
        )


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name."""
    if settings.storage_url:
        return BucketStorage(S3Store.from_url(settings.storage_url), public_url=settings.public_url)
    return LocalStorage(
        settings.data_dir / "objects", public_url=settings.public_url, signer=files_signer(settings)
    )


def files_signer(settings: Settings) -> Signer:
    """What signs and checks the addresses of local files."""
    return Signer(settings.secret_key, use="files")


def _part_key(folder: str, first_byte: int) -> str:
    return f"{folder}/{first_byte:012d}-{new_id('prt')}"


@contextmanager
def _translated(key: str) -> Generator[None]:
    """Names the two faults that callers can do something about."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(key) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StorageFull(key) from error
    except BaseError as error:
        if not _FULL_TEXT.search(str(error)):
            raise
        raise StorageFull(key) from error


def _write_at(path: Path, position: int, pieces: Sequence[bytes]) -> None:
    """Written as they came: to join them first would touch fresh memory for every part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        for first in range(0, len(pieces), _PIECES_AT_ONCE):
            position = _write_all(file, position, pieces[first : first + _PIECES_AT_ONCE])
    finally:
        os.close(file)


def _write_all(file: int, position: int, pieces: Sequence[bytes]) -> int:
    """The position after the last byte; a nearly full disk takes only a part at a time."""
    written = os.pwritev(file, pieces, position)
    rest = memoryview(b"".join(pieces))[written:] if written < sum(map(len, pieces)) else memoryview(b"")
    position += written
    while rest:
        written = os.pwrite(file, rest, position)
        rest, position = rest[written:], position + written
    return position


def _join_files(sources: Sequence[tuple[Path, int]], target: Path) -> None:
    """A single whole file only gets its new name; done twice, the second time finds it done."""
    target.parent.mkdir(parents=True, exist_ok=True)
    first, size = sources[0]
    if len(sources) > 1 or first.stat().st_size != size:
        first = _copied(sources, first.with_name(new_id("tmp")))  # among the parts, and removed with them
    first.replace(target)


def _copied(sources: Sequence[tuple[Path, int]], target: Path) -> Path:
    try:
        with target.open("xb") as joined:
            for source, size in sources:
                _copy(source, size, joined.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def _copy(source: Path, size: int, target: int) -> None:
    with source.open("rb") as file:
        while size:
            copied = os.copy_file_range(file.fileno(), target, min(size, _COPIED_AT_ONCE))
            if not copied:
                raise FileNotFoundError(errno.ENOENT, "the part is shorter than recorded", str(source))
            size -= copied
