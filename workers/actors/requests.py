"""Closes beat requests whose time is over."""

from api.requests.expiry import expire_requests as close_and_warn
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.EXPIRE_REQUESTS)
async def expire_requests(tools: Tools, job: Job) -> None:
    """Running twice is safe: what is closed is not open any more, and who was warned of an opening is not again."""
    await close_and_warn(tools.sessions)
    async with tools.sessions.writing() as session:
        await job.settle(session)
