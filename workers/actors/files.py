"""Removes files and whatever time has ended, and looks after what was left undone."""

from datetime import timedelta

from api.catalog.analyses import have_missing_analysed
from api.catalog.streams import have_missing_streams_made
from api.producers.experience import reward_missed
from api.purchases.receipts import seller_of, write_missing_receipts
from api.requests.matching import have_missing_matched
from api.sweep import forget_the_ended
from api.uploads.sweep import delete_files as delete_stored_files
from api.uploads.sweep import sweep_uploads
from db.vocabulary import JobKind
from workers.audio.measured import MODEL
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.DELETE_FILES)
async def delete_files(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is gone stays gone."""
    await delete_stored_files(tools.storage, keys=job["keys"], folders=job["folders"])
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.SWEEP)
async def sweep(tools: Tools, job: Job) -> None:
    """Running twice is safe: each step looks for what has ended, and finds less the second time."""
    await sweep_uploads(tools.sessions, tools.storage, keep_for=timedelta(hours=tools.settings.upload_hours))
    await have_missing_analysed(tools.sessions, model=MODEL)
    await have_missing_streams_made(tools.sessions)
    await reward_missed(tools.sessions)
    await have_missing_matched(tools.sessions)
    await write_missing_receipts(tools.sessions, seller_of(tools.settings))
    async with tools.sessions.writing() as session:
        await forget_the_ended(session, session_days=tools.settings.session_days)
        await job.settle(session)
