"""Having a track matched with the open beat requests, whenever what it is matched by may have changed (D-62)."""

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.clock import now
from db.ids import TrackId
from db.vocabulary import JobKind


async def have_matched(session: AsyncSession, track: TrackId) -> None:
    """Have a track matched anew, for a change in this transaction: each change is a cause of its own."""
    key = f"{track}:{now().isoformat()}"
    await jobs.add(session, JobKind.MATCH_TRACK, key=key, track=track)
