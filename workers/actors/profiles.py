"""What follows from a change of a profile."""

from db.ids import ProducerId, TrackId
from db.queries.indexing import index_tracks_of
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.INDEX_TRACKS)
async def index_tracks(tools: Tools, job: Job) -> None:
    """Running twice is safe: each batch is written as a whole, from the rows as they are then."""
    producer, last = ProducerId(job["producer"]), TrackId("")
    while True:
        async with tools.sessions.writing() as session:
            written = await index_tracks_of(session, producer, after=last)
            if written is None:
                await job.settle(session)
                return
            await job.keep(session)
        last = written
