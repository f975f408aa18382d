"""Tells guests of events, and frees the seats of those who may not come any more."""

from api.events import releasing, telling
from db.ids import AccountId, EventId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.TELL_GUESTS)
async def tell_guests(tools: Tools, job: Job) -> None:
    """Running twice is safe: who was told of a change is not told again."""
    event, revision = EventId(job["event"]), int(job["revision"])
    await telling.tell_guests(tools.sessions, event, revision, keep=job.keep, settle=job.settle)


@does(JobKind.RELEASE_SEATS)
async def release_seats(tools: Tools, job: Job) -> None:
    """Running twice is safe: a seat that was given back is not there any more."""
    await releasing.release_seats(tools.sessions, AccountId(job["account"]), keep=job.keep, settle=job.settle)
