"""Which tracks get a preview, and that they have one."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.edit import preview_key
from api.catalog.upload import tell_of_track
from api.uploads.rules import stored_key
from db import jobs
from db.ids import TrackId, UploadId
from db.queries import tracks as queries
from db.vocabulary import JobKind, TrackStatus, UploadPurpose


class Master(NamedTuple):
    """A track's audio.

    Attributes:
        key: Where the WAV is stored.
    """

    upload: UploadId
    key: str


async def master_of(session: AsyncSession, track: TrackId) -> Master | None:
    """What the preview is cut of; null once the track is removed."""
    rows = await queries.tracks(session, [track])
    upload = rows[0].upload_id if rows else None
    return Master(upload, stored_key(UploadPurpose.TRACK_AUDIO, upload)) if upload else None


async def record_preview(session: AsyncSession, track: TrackId, *, cut_of: UploadId | None) -> bool:
    """The preview stands in storage; false: the track has new audio since, and it is to be cut anew.

    If the track was removed meanwhile, it goes again.
    """
    row = await queries.track_for_change(session, track)
    if row is None:
        return True
    if row.status is TrackStatus.REMOVED:
        keys = [preview_key(track)]
        await jobs.add(session, JobKind.DELETE_FILES, key=f"preview:{track}", keys=keys, folders=[])
        return True
    if row.upload_id != cut_of:
        return False
    await queries.change_track(session, track, {"preview_ready": True})
    tell_of_track(session, track, row.producer_id)
    return True
