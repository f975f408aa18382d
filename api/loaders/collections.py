"""Loaders of collections."""

from collections.abc import Sequence

from api.collections.rules import sees_all_of
from api.loaders.reading import Reader, aligned
from db.ids import CollectionId
from db.queries import collections
from schema.collections import Collection


class CollectionLoaders(Reader):
    """Collections as the viewer may see them."""

    async def collections(self, ids: list[CollectionId]) -> Sequence[Collection | None]:
        """The owner and staff see each; others those with a published track, and another is like none."""
        rows = await self._read(collections.collections, ids)
        seen = [row for row in rows if row.shown or sees_all_of(self._viewer, row.producer_id)]
        return aligned(ids, {row.id: Collection.of(row) for row in seen})
