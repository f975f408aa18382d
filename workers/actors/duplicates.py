"""Checks a new track against the catalogue."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.duplicates import check_failed, check_track
from api.recon.duplicates import post_recording as write_recording
from db.ids import TrackId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


async def _failed(session: AsyncSession, job: Job) -> None:
    await check_failed(session, TrackId(job["track"]))


@does(JobKind.CHECK_DUPLICATE, on_failure=_failed)
async def check_duplicate(tools: Tools, job: Job) -> None:
    """Running twice is safe: the verdict is recorded with the job's end, under the job's fence, once."""
    track = TrackId(job["track"])
    await check_track(tools.sessions, tools.storage, tools.engine, track, settle=job.settle)


@does(JobKind.POST_RECORDING)
async def post_recording(tools: Tools, job: Job) -> None:
    """Running twice is safe: terms that are there already stay."""
    await write_recording(tools.sessions, tools.engine, TrackId(job["track"]), settle=job.settle)
