"""Loaders of ties between producers."""

from collections.abc import Sequence

from api.loaders.reading import Reader, aligned
from api.network.rules import network_of
from db.ids import ContactId
from db.queries import network as queries
from schema.network import Contact


class NetworkLoaders(Reader):
    """Ties of the viewer, as long as they are in the network; another is like none."""

    async def contacts(self, ids: list[ContactId]) -> Sequence[Contact | None]:
        if (own := network_of(self._viewer)) is None:
            return [None for _ in ids]
        async with self._sessions.reading() as session:
            rows = await queries.contacts(session, own, ids)
        return aligned(ids, {row.id: Contact.of(row, own) for row in rows})
