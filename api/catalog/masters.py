"""The WAVs behind tracks: kept as long as a track plays them, or somebody holds a licence to them (D-41, D-84)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.streams import forgotten_stream
from api.uploads.dock import give_up
from api.uploads.rules import mp3_key, stored_key
from db import jobs
from db.ids import UploadId
from db.queries import licences, uploads
from db.vocabulary import JobKind, UploadPurpose


async def audio_to_delete(session: AsyncSession, upload: UploadId) -> list[str]:
    """Where the audio, its stream and its copies stand that no track plays any more; what a licensee needs stays.

    Stream and copies are forgotten with it. Needs the track's lock.
    """
    stream = await forgotten_stream(session, upload)
    if await licences.is_kept_for_licensees(session, upload):
        return stream
    return [*stream, stored_key(UploadPurpose.TRACK_AUDIO, upload), *await _forgotten_copies(session, upload)]


async def release_audio(session: AsyncSession, upload: UploadId, *, cause: str) -> None:
    """Have the audio deleted that no track plays any more, unless a licensee needs it. Needs the track's lock.

    Args:
        cause: Why, once per upload.
    """
    if stream := await forgotten_stream(session, upload):
        await jobs.add(session, JobKind.DELETE_FILES, key=f"stream:{upload}", keys=stream, folders=[])
    if await licences.is_kept_for_licensees(session, upload):
        return
    if copies := await _forgotten_copies(session, upload):
        await jobs.add(session, JobKind.DELETE_FILES, key=f"copies:{upload}", keys=copies, folders=[])
    await give_up(session, upload, cause=cause)


async def _forgotten_copies(session: AsyncSession, upload: UploadId) -> list[str]:
    await uploads.hold(session, upload)  # a copy that was just made is recorded by now, or never
    return [mp3_key(upload)] if await licences.forget_copies(session, upload) else []
