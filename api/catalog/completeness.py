"""A track becomes metadata-complete once (D-17)."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.completeness import metadata_complete
from db.ids import TrackId
from db.queries import tracks


async def note_completeness(session: AsyncSession, track: TrackId) -> bool:
    """Keep when a track was complete for the first time; call it whenever its facts were written.

    Returns:
        It is complete now, and never was before: true once per track, whatever becomes of its facts afterwards.
    """
    row = await tracks.track_for_change(session, track)
    if row is None or not metadata_complete(row):
        return False
    return await tracks.complete_for_the_first_time(session, track)
