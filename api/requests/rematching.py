"""Has matched again whatever depends on how a file sounds, once that is measured (D-62)."""

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.clock import now
from db.ids import UploadId
from db.queries import requests, tracks
from db.vocabulary import JobKind


async def after_analysis(session: AsyncSession, upload: UploadId, *, model: str) -> None:
    """Add jobs for the track made of a file, and for open requests that the file or the track is the reference of.

    A track gets its job before it is live, too: were it published at this very moment, neither side would see the other.
    A job that comes too early finds nothing to do, and the publication adds its own.

    Args:
        session: The transaction in which the analysis is kept.
        upload: What was measured.
        model: What measured it; once for each.
    """
    made = [track.id for track in await tracks.tracks_of_uploads(session, [upload])]
    asking = await requests.open_requests_like(session, upload, made, moment=now())
    cause = f"{upload}:{model}"
    await jobs.add_all(session, JobKind.MATCH_TRACK, {f"{one}:{cause}": {"track": one} for one in made})
    await jobs.add_all(session, JobKind.MATCH_REQUEST, {f"{one}:{cause}": {"request": one} for one in asking})
