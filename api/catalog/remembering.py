"""What stays known by its sound when its track is deleted, so that nobody uploads it again (D-37, D-83)."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import TrackId
from db.queries import fingerprints, licences, moderation, producers, takedowns
from db.queries.tracks import TrackRow
from db.vocabulary import StaffAction, TrackStatus


async def forget_sound(session: AsyncSession, row: TrackRow, *, by_staff: bool = False) -> None:
    """Forget how a track sounds that is being deleted, unless it is sold or licensed, or staff have something to do with it.

    Whoever is complained about is not to have it back by deleting it and uploading it anew.

    Args:
        by_staff: They delete it.
    """
    stays_known = by_staff or row.status is TrackStatus.SOLD or row.withheld_as is not None
    if not stays_known and not await _is_held(session, row.id):
        await fingerprints.forget(session, row.id)


async def forget_sound_of_deleted(session: AsyncSession, row: TrackRow) -> None:
    """Once a complaint about a deleted track is over: forget how it sounds, if it stayed known for that alone. Needs its lock."""
    stays_known = (
        row.status is not TrackStatus.REMOVED
        or await moderation.is_done(session, StaffAction.REMOVE, row.id)
        or await moderation.withholdings(session, [row.id])
        or await producers.owner_is_suspended(session, row.producer_id)
    )
    if not stays_known and not await _is_held(session, row.id):
        await fingerprints.forget(session, row.id)


async def _is_held(session: AsyncSession, track: TrackId) -> bool:
    """By a licence, or by a notice that is open or upheld."""
    return await licences.is_licensed(session, track) or await takedowns.is_noticed(session, track)
