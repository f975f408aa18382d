"""Checks new tracks, and new audio of one, against the catalogue."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.duplicates import check_failed, check_track
from api.recon.duplicates import post_recording as write_recording
from api.recon.replacing import NewAudio, replacement_failed
from api.recon.replacing import check_replacement as check_new_audio
from db.ids import TrackId, UploadId
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


def _new_audio(job: Job) -> NewAudio:
    return NewAudio(TrackId(job["track"]), UploadId(job["upload"]))


async def _replacement_failed(session: AsyncSession, job: Job) -> None:
    await replacement_failed(session, _new_audio(job))


@does(JobKind.CHECK_REPLACEMENT, on_failure=_replacement_failed)
async def check_replacement(tools: Tools, job: Job) -> None:
    """Running twice is safe, as with a new track: what was swapped in or refused is not there to be checked again."""
    await check_new_audio(tools.sessions, tools.storage, tools.engine, _new_audio(job), settle=job.settle)


@does(JobKind.POST_RECORDING)
async def post_recording(tools: Tools, job: Job) -> None:
    """Running twice is safe: terms that are there already stay."""
    await write_recording(tools.sessions, tools.engine, TrackId(job["track"]), settle=job.settle)
