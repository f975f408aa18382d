"""What listeners hear of whole tracks (D-51): an MP3 of 160 kbit/s, made when a track is published.

Until it is there the WAV is heard, so nobody waits. A stream belongs to an audio, not to a track: who hears the old one
while a track gets new audio hears it to its end.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.uploads.rules import stored_key, stream_key
from db import jobs
from db.clock import now
from db.ids import UploadId
from db.queries import streams as queries
from db.queries import tracks, uploads
from db.session import Sessions
from db.vocabulary import JobKind, TrackStatus, UploadPurpose

_MISSING_AT_ONCE: Final = 100
"""Each turn of the sweep, a quarter of an hour."""


async def have_stream_made(session: AsyncSession, upload: UploadId) -> None:
    """Have the stream of an audio made that a track plays from now on; once for each."""
    await jobs.add(session, JobKind.MAKE_STREAM, key=upload, upload=upload)


async def wav_to_stream(session: AsyncSession, upload: UploadId) -> str | None:
    """Where the WAV stands; null where no track plays it any more."""
    return stored_key(UploadPurpose.TRACK_AUDIO, upload) if await _is_played(session, upload) else None


async def record_stream(session: AsyncSession, upload: UploadId, *, byte_size: int) -> None:
    """The stream stands in storage; where no track plays the audio any more, it goes again."""
    await uploads.hold(session, upload)
    if await _is_played(session, upload):
        await queries.add_stream(session, upload, byte_size=byte_size)
    else:
        keys = [stream_key(upload)]
        await jobs.add(session, JobKind.DELETE_FILES, key=f"stream:{upload}", keys=keys, folders=[])


async def forgotten_stream(session: AsyncSession, upload: UploadId) -> list[str]:
    """Forget the stream of an audio that no track plays any more; where it stands, for who deletes it."""
    await uploads.hold(session, upload)  # one that was just made is recorded by now, or never
    return [stream_key(upload)] if await queries.forget_stream(session, upload) else []


async def have_missing_streams_made(sessions: Sessions) -> None:
    """Have streams made of tracks that were published before there were any, some at a time."""
    async with sessions.reading() as session:
        missing = await queries.without_stream(session, limit=_MISSING_AT_ONCE)
    async with sessions.writing() as session:
        payloads = {f"{upload}:{now():%Y-%m-%d}": {"upload": upload} for upload in missing}
        await jobs.add_all(session, JobKind.MAKE_STREAM, payloads)


async def _is_played(session: AsyncSession, upload: UploadId) -> bool:
    track = await tracks.track_of_upload(session, upload)
    return track is not None and track.status is not TrackStatus.REMOVED
