"""Which tracks get a preview, and that they have one."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.upload import tell_of_track
from api.uploads.rules import stored_key
from db.ids import TrackId
from db.queries import tracks as queries
from db.vocabulary import TrackStatus, UploadPurpose


async def master_of(session: AsyncSession, track: TrackId) -> str | None:
    """Where the track's WAV is stored; null once the track is removed."""
    rows = await queries.tracks(session, [track])
    return stored_key(UploadPurpose.TRACK_AUDIO, rows[0].upload_id) if rows else None


async def record_preview(session: AsyncSession, track: TrackId) -> None:
    """The preview stands in storage; a track that was removed meanwhile stays as it is."""
    row = await queries.track_for_change(session, track)
    if row is None or row.status is TrackStatus.REMOVED or row.preview_ready:
        return
    await queries.change_track(session, track, {"preview_ready": True})
    tell_of_track(session, track, row.producer_id)
