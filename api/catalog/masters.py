"""The WAVs behind tracks: kept as long as a track plays them, or somebody holds a licence to them (D-37, D-84)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.uploads.dock import give_up
from api.uploads.rules import mp3_key
from db import jobs
from db.ids import UploadId
from db.queries import licences
from db.vocabulary import JobKind


async def release_audio(session: AsyncSession, upload: UploadId, *, cause: str) -> bool:
    """Let the audio go that no track plays any more, with its copies. Needs the track's lock.

    Args:
        cause: Why, once per upload.

    Returns:
        False where a licensee needs it, so that it stays.
    """
    if await licences.is_kept_for_licensees(session, upload):
        return False
    if await licences.forget_copies(session, upload):
        keys = [mp3_key(upload)]
        await jobs.add(session, JobKind.DELETE_FILES, key=f"mp3:{upload}", keys=keys, folders=[])
    await give_up(session, upload, cause=cause)
    return True
