"""What a licensee downloads: the WAV that was licensed, and an MP3 of it that a worker makes meanwhile (D-41).

The WAV is there at once. The MP3 is made when an audio is first licensed, once for all licensees, and listed as soon
as it is there. An exclusive is refunded only where nothing was downloaded (D-47): its files are handed out one by one,
each time by a transaction that a refund cannot overlook.
"""

from enum import Enum, auto
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.licensing.links import ENDINGS
from api.uploads.rules import WAV, mp3_key, stored_key
from db import jobs
from db.clock import now
from db.ids import LicenceId, UploadId
from db.queries import licences, uploads
from db.queries.licences import LicenceRow
from db.vocabulary import AudioFormat, JobKind, LicenceKind, UploadPurpose

MEDIA_TYPES: Final = {AudioFormat.WAV: WAV, AudioFormat.MP3_320: "audio/mpeg"}


class File(NamedTuple):
    """One file to download.

    Attributes:
        number: Of the licence that delivers it.
        is_noted: It is handed out by `hand_out` alone, for its licence is exclusive.
    """

    number: str
    is_noted: bool
    format: AudioFormat
    key: str
    filename: str
    byte_size: int


class Withheld(Enum):
    """Why a licence delivers no file."""

    REVOKED = auto()
    HELD = auto()


async def files_of(session: AsyncSession, rows: list[LicenceRow]) -> dict[str, list[File]]:
    """By licence, the files that are there, of those that it delivers; none while these are withheld."""
    held = [row for row in rows if _why_none(row) is None]
    wanted = {row.upload_id for row in held}
    sizes = {(row.id, AudioFormat.WAV): row.byte_size for row in await uploads.uploads(session, wanted)}
    sizes |= {(one.upload_id, one.format): one.byte_size for one in await licences.copies_of(session, wanted)}
    return {row.id: [_file(row, form, sizes) for form in _there(row, sizes)] for row in held}


async def hand_out(session: AsyncSession, number: str, form: AudioFormat) -> File | Withheld:
    """Note that a file of a licence is downloaded; where it then stands may be told once that is committed.

    Args:
        number: Of a licence that listed this file.
    """
    noted = await licences.note_download(session, number)
    file = await file_of(session, number, form)
    if noted or isinstance(file, Withheld):
        return file
    return Withheld.HELD  # it was a moment ago, so nothing is noted


async def file_of(session: AsyncSession, number: str, form: AudioFormat) -> File | Withheld:
    """A file that the licence listed: it stays as long as the licence holds."""
    row = await licences.licence_numbered(session, number)
    assert row  # licences are never deleted
    files = {file.format: file for file in (await files_of(session, [row])).get(row.id, [])}
    return _why_none(row) or files[form]


def _why_none(row: LicenceRow) -> Withheld | None:
    if row.revoked_at is not None:
        return Withheld.REVOKED
    return None if row.files_held_at is None else Withheld.HELD


def _there(row: LicenceRow, sizes: dict[tuple[UploadId, AudioFormat], int]) -> list[AudioFormat]:
    delivered = [AudioFormat(form) for form in row.terms["delivered_files"]]
    return [form for form in delivered if (row.upload_id, form) in sizes]


def _file(row: LicenceRow, form: AudioFormat, sizes: dict[tuple[UploadId, AudioFormat], int]) -> File:
    return File(
        number=row.number,
        is_noted=row.kind is LicenceKind.EXCLUSIVE,
        format=form,
        key=_key(row.upload_id, form),
        filename=filename(row.work, form),
        byte_size=sizes[row.upload_id, form],
    )


def _key(upload: UploadId, form: AudioFormat) -> str:
    return stored_key(UploadPurpose.TRACK_AUDIO, upload) if form is AudioFormat.WAV else mp3_key(upload)


def filename(work: dict[str, Any], form: AudioFormat) -> str:
    """What a file is saved as: `Nova Keys - Night Drive.wav`."""
    name = f"{work['producer_name']} - {work['title']}"
    return f"{name.replace('/', '-').replace(chr(92), '-')}.{ENDINGS[form]}"


# ---- the MP3 -------------------------------------------------------------------------------------


async def have_mp3_made(session: AsyncSession, upload: UploadId, *, licence: LicenceId) -> None:
    """Have the MP3 of a licensed WAV made where it is not there: for this licence, for those before may be revoked since."""
    if not await licences.copies_of(session, [upload]):
        await jobs.add(session, JobKind.MAKE_MP3, key=licence, upload=upload)


async def wav_to_copy(session: AsyncSession, upload: UploadId) -> str | None:
    """Where the WAV stands; null where nobody has a licence to it any more."""
    kept = await licences.is_kept_for_licensees(session, upload)
    return stored_key(UploadPurpose.TRACK_AUDIO, upload) if kept else None


async def record_mp3(session: AsyncSession, upload: UploadId, *, byte_size: int) -> None:
    """The MP3 stands in storage; where nobody has a licence any more, it goes again."""
    await uploads.hold(session, upload)
    if await licences.is_kept_for_licensees(session, upload):
        await licences.add_copy(session, upload, AudioFormat.MP3_320, byte_size=byte_size)
    else:
        keys = [mp3_key(upload)]
        await jobs.add(
            session, JobKind.DELETE_FILES, key=f"mp3:{upload}:{now().isoformat()}", keys=keys, folders=[]
        )
