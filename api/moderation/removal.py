"""Removing what breaks the rules, as its owner would delete it; licences that others hold stay valid (D-84)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.edit import delete_row
from api.collections.edit import delete_row as delete_collection_row
from api.moderation.subjects import Row
from api.producers.profiles import empty_profile
from api.requests.deletion import delete_row as delete_request_row
from api.viewer import Viewer
from db.queries.collections import CollectionRow
from db.queries.producers import ProducerRow
from db.queries.tracks import TrackRow


async def remove(session: AsyncSession, viewer: Viewer, row: Row) -> None:
    """Delete it; of a profile, take what stands on it. Tokens that a request has cost do not come back.

    Raises:
        TrackIsLocked: The track is sold.
        TrackIsBeingBought: It is kept for a buyer.
    """
    match row:
        case TrackRow():
            await delete_row(session, row, own=True, by_staff=True)
        case CollectionRow():
            await delete_collection_row(session, viewer, row)
        case ProducerRow():
            await empty_profile(session, row)
        case _:
            await delete_request_row(session, row)
