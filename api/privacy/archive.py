"""Writing the archive of somebody's data: JSON by the list of `db.personal`, their files, their certificates (D-81).

It is sent to storage while it is packed: tables are read some rows at a time, files in pieces. A worker that is killed
leaves nothing behind, for storage shows whole objects only, and the next one begins anew.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from api.documents.parts import Document
from api.gateways.storage import ObjectMissing
from api.licensing.document import certificate_of
from api.notices import Notice, notify
from api.privacy.exporting import EXPORT_TOPIC, drop_archive
from api.privacy.packing import Member, packed
from api.privacy.readme import README
from api.privacy.rules import KEPT_FOR, archive_key, file_in_archive
from api.uploads.rules import picture_key, stored_key
from db.clock import now
from db.ids import DataExportId, PictureId
from db.personal.all import AREAS
from db.queries import exports as queries
from db.queries import licences, personal, producers
from db.queries.exports import DataExportRow
from db.queries.paging import Slice
from db.queries.personal import FileRow, Person
from db.session import Sessions, announce
from db.vocabulary import DataExportStatus, ImageSize, NotificationKind, UploadPurpose

_ROWS_AT_ONCE: Final = 500
_CERTIFICATES_AT_ONCE: Final = 50
_TOLD_EVERY: Final = 0.05
"""Of the way: a bar that moves, and few transactions."""
_TABLES_WEIGH: Final = 5_000_000
"""As many bytes as a file of that size: what tables take of the bar."""

InTransaction = Callable[[AsyncSession], Awaitable[None]]


class ExportIsOver(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Somebody else has ended it, or its account is gone."""


class ArchiveStorage(Protocol):
    """What is asked of `api.gateways.storage.Storage`, which documents it."""

    async def put(self, key: str, data: bytes | AsyncIterator[bytes], *, content_type: str = ...) -> None: ...
    async def size(self, key: str) -> int | None: ...
    def stream(self, key: str, *, start: int = ..., end: int | None = ...) -> AsyncIterator[bytes]: ...


class Printer(Protocol):
    """What is asked of `api.documents.press.Press`."""

    async def printed(self, document: Document) -> bytes: ...


@dataclass(frozen=True)
class Workshop:
    """What an archive is written with.

    Attributes:
        site: Start of the site's addresses, which certificates are verified at.
        keep: Makes sure that the job is still this worker's, in the transaction that holds a step.
        settle: Ends the job.
    """

    sessions: Sessions
    storage: ArchiveStorage
    press: Printer
    site: str
    keep: InTransaction
    settle: InTransaction


async def write_archive(shop: Workshop, export: DataExportId) -> None:
    """Write the archive of an export, and tell whose it is; one that is over is left as it is."""
    async with shop.sessions.writing() as session:
        row = await queries.begin(session, export)
        if row is None:
            await shop.settle(session)
            return
        await _tell(session, shop, export)
        owned = await producers.producers_of(session, [row.account_id])
    person = Person(row.account_id, owned[0].id if owned else None)
    try:
        await _write(shop, row, person)
    except ExportIsOver:
        async with shop.sessions.writing() as session:
            await shop.settle(session)
        return
    await _finish(shop, row)


async def export_failed(session: AsyncSession, export: DataExportId) -> None:
    """Say that an export broke off for good: its last attempt did."""
    if await queries.end(session, export, DataExportStatus.FAILED):
        announce(session, EXPORT_TOPIC.format(export))


async def _write(shop: Workshop, row: DataExportRow, person: Person) -> None:
    async with shop.sessions.reading() as session:
        files = await personal.files_of(session, person)
        pictures = await personal.pictures_of(session, person)
    bar = _Bar(shop, row.id, sum(file.byte_size for file in files) + _TABLES_WEIGH)
    members = _members(shop, person, files, pictures, bar)
    data = packed(members, made_at=row.requested_at)
    await shop.storage.put(archive_key(row.id), data, content_type="application/zip")


async def _finish(shop: Workshop, row: DataExportRow) -> None:
    size = await shop.storage.size(archive_key(row.id))
    moment = now()
    async with shop.sessions.writing() as session:
        facts = queries.ready(moment, moment + KEPT_FOR, size or 0)
        if await queries.end(session, row.id, DataExportStatus.READY, **facts):
            await _tell_owner(session, row)
            announce(session, EXPORT_TOPIC.format(row.id))
        else:  # the account was deleted meanwhile
            await drop_archive(session, row.id, cause="late")
        await shop.settle(session)


async def _tell_owner(session: AsyncSession, row: DataExportRow) -> None:
    sentence = f"The archive of your data can be downloaded for {KEPT_FOR.days} days. Then it is deleted."
    advice = "If you did not ask for it, change your password at once: that signs out everybody else."
    notice = Notice(
        NotificationKind.SECURITY, row.id, "Your data is ready", f"{sentence} {advice}", "/settings/privacy"
    )
    await notify(session, [row.account_id], notice)


async def _tell(session: AsyncSession, shop: Workshop, export: DataExportId) -> None:
    """The step is made by a worker that still has the job."""
    announce(session, EXPORT_TOPIC.format(export))
    await shop.keep(session)


@dataclass
class _Bar:
    """How far an archive is, said now and then."""

    shop: Workshop
    export: DataExportId
    whole: int
    done: int = 0
    told: float = field(default=0.0)

    async def add(self, byte_size: int) -> None:
        """So much more was written.

        Raises:
            ExportIsOver: There is nothing left to do for it.
        """
        self.done += byte_size
        progress = min(self.done / self.whole, 0.99)
        if progress - self.told < _TOLD_EVERY:
            return
        self.told = progress
        async with self.shop.sessions.writing() as session:
            if not await queries.advance(session, self.export, progress):
                raise ExportIsOver(self.export)
            await _tell(session, self.shop, self.export)


async def _members(
    shop: Workshop, person: Person, files: Sequence[FileRow], pictures: Sequence[PictureId], bar: _Bar
) -> AsyncIterator[Member]:
    yield Member("README.txt", _whole(README.encode()))
    tables = [(area, table) for area, holdings in AREAS.items() for table in holdings]
    for area, table in tables:
        if section := AREAS[area][table].section:
            yield Member(f"{area}/{section}.json", _rows(shop, table, person))
        await bar.add(_TABLES_WEIGH // len(tables))
    async for member in _certificates(shop, person):
        yield member
    for picture in pictures:
        key = picture_key(picture, ImageSize.LARGE)
        if await shop.storage.size(key) is not None:
            yield Member(f"pictures/{picture}.jpg", shop.storage.stream(key), packs=False)
    for file in files:
        key = stored_key(file.purpose, file.id)
        if await shop.storage.size(key) is not None:
            folder = "attachments" if file.purpose is UploadPurpose.ATTACHMENT else "audio"
            name = file_in_archive(folder, file.id, file.filename)
            yield Member(name, _measured(shop, key, bar), packs=False)


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _measured(shop: Workshop, key: str, bar: _Bar) -> AsyncIterator[bytes]:
    """A file in pieces; one that is deleted meanwhile ends where it ends."""
    try:
        async for piece in shop.storage.stream(key):
            yield piece
            await bar.add(len(piece))
    except ObjectMissing:
        return


async def _rows(shop: Workshop, table: str, person: Person) -> AsyncIterator[bytes]:
    """A JSON array, an object for each row."""
    after: tuple[Any, ...] | None = None
    first = True
    yield b"["
    while True:
        async with shop.sessions.reading() as session:
            page = await personal.page_of_shown(session, table, person, after=after, limit=_ROWS_AT_ONCE)
        for row in page.rows:
            yield (b"\n" if first else b",\n") + orjson.dumps(row, option=orjson.OPT_UTC_Z)
            first = False
        if page.next is None:
            yield b"\n]\n"
            return
        after = page.next


async def _certificates(shop: Workshop, person: Person) -> AsyncIterator[Member]:
    """Of every licence that was granted to them, as they are now."""
    after: tuple[object, ...] | None = None
    while True:
        part = Slice(_CERTIFICATES_AT_ONCE, after=after)
        async with shop.sessions.reading() as session:
            page = await licences.page_of_licences(session, person.account, part, kinds=None)
        for row in page.rows:
            document = certificate_of(row, verify_url=f"{shop.site}/licences/{row.number}")
            paper = await shop.press.printed(document)
            yield Member(f"certificates/{row.number}.pdf", _whole(paper), packs=False)
        if not page.has_next:
            return
        after = licences.anchor_of(page.rows[-1])
