"""Which tracks get a preview, and that they have one."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.edit import preview_key
from api.catalog.upload import tell_of_track
from api.uploads.rules import stored_key
from db import jobs
from db.ids import TrackId
from db.queries import tracks as queries
from db.vocabulary import JobKind, TrackStatus, UploadPurpose


async def master_of(session: AsyncSession, track: TrackId) -> str | None:
    """Where the track's WAV is stored; null once the track is removed."""
    rows = await queries.tracks(session, [track])
    return stored_key(UploadPurpose.TRACK_AUDIO, rows[0].upload_id) if rows else None


async def record_preview(session: AsyncSession, track: TrackId) -> None:
    """The preview stands in storage; if the track was removed meanwhile, it goes again."""
    row = await queries.track_for_change(session, track)
    if row is None or row.preview_ready:
        return
    if row.status is TrackStatus.REMOVED:
        keys = [preview_key(track)]
        await jobs.add(session, JobKind.DELETE_FILES, key=f"preview:{track}", keys=keys, folders=[])
        return
    await queries.change_track(session, track, {"preview_ready": True})
    tell_of_track(session, track, row.producer_id)
