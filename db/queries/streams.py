"""Which audios have a stream."""

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import UploadId
from db.models.plays import AudioStream
from db.models.tracks import Track
from db.vocabulary import TrackStatus

_HEARD = (TrackStatus.PUBLISHED, TrackStatus.HIDDEN)


async def add_stream(session: AsyncSession, upload: UploadId, *, byte_size: int) -> None:
    """A stream that was made; made again, its size is the new one."""
    fresh = inserting(session, AudioStream).values(upload_id=upload, byte_size=byte_size, made_at=now())
    again = {name: fresh.excluded[name] for name in ("byte_size", "made_at")}
    await session.execute(fresh.on_conflict_do_update(index_elements=["upload_id"], set_=again))


async def forget_stream(session: AsyncSession, upload: UploadId) -> bool:
    """Remove the record of a stream, if there is one; its bytes are another matter."""
    gone = delete(AudioStream).where(col(AudioStream.upload_id) == upload)
    return await session.scalar(gone.returning(col(AudioStream.upload_id))) is not None


async def without_stream(session: AsyncSession, *, limit: int) -> list[UploadId]:
    """Audios that tracks of the catalogue play and that have no stream; the oldest first."""
    there = exists().where(col(AudioStream.upload_id) == col(Track.upload_id))
    missing = select(col(Track.upload_id)).where(col(Track.status).in_(_HEARD), ~there)
    return list(await session.scalars(missing.order_by(col(Track.id)).limit(limit)))
