"""What a collection gives to a track that is uploaded into it (D-15): its words, copied once, and a place at the end.

Adding and moving tracks that are there already is the business of `api.collections`, which stands above this.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.refusals import InvalidValue, NotAllowed, NotFound, Problems, check_id
from api.viewer import Viewer
from db.ids import CollectionId
from db.queries import collections as queries
from db.queries.collections import CollectionRow
from db.vocabulary import ErrorCode

LENT: Final = ("artists", "genres", "tags")
MOST_TRACKS: Final = 500
"""A move may rewrite the places of all of them under one lock; packs that people sell have some tens."""


@dataclass(eq=False)
class CollectionNotFound(NotFound):
    message: str = "There is no such collection."


@dataclass(eq=False)
class CollectionIsAnothers(NotAllowed):
    message: str = "This collection belongs to another producer."


@dataclass(eq=False)
class CollectionIsFull(InvalidValue):
    message: str = f"A collection has at most {MOST_TRACKS} tracks."
    code: ErrorCode = ErrorCode.TOO_LONG
    maximum: Decimal | None = Decimal(MOST_TRACKS)


async def own_collection(
    session: AsyncSession, viewer: Viewer, collection: CollectionId, *, path: tuple[str, ...] = ("id",)
) -> CollectionRow:
    """The viewer's own collection, locked until the transaction ends.

    Args:
        path: Where in the request the collection is named.

    Raises:
        CollectionNotFound: There is none, or it is not for the viewer.
        CollectionIsAnothers: The viewer may see it and nothing more.
    """
    row = await queries.collection_for_change(session, collection)
    own = row is not None and row.producer_id == viewer.producer_id
    if row is None or not (own or row.shown):
        raise CollectionNotFound(path=path)
    if not own:
        raise CollectionIsAnothers(path=path)
    return row


async def lent_by(
    session: AsyncSession, viewer: Viewer, problems: Problems, collection: CollectionId | None
) -> dict[str, Any] | None:
    """Columns of a new track that its collection gives; nothing where there is none.

    The collection is locked before anything else of the track is, so that everybody takes these locks in one order.

    Returns:
        Null: it is not to be had, which is noted.
    """
    if collection is None:
        return {}
    with problems.under("collection_id"):
        check_id(collection, "col", "collection")
        return await _lent(session, viewer, collection)
    return None


async def _lent(session: AsyncSession, viewer: Viewer, collection: CollectionId) -> dict[str, Any]:
    row = await own_collection(session, viewer, collection, path=())
    many, end = await queries.place_at_end(session, collection)
    if many >= MOST_TRACKS:
        raise CollectionIsFull
    words = {name: getattr(row, name) for name in LENT}
    return {**words, "collection_id": collection, "collection_position": end}
