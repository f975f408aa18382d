"""The directory, and a producer's ties."""

from dataclasses import replace
from typing import Final

from api.lists.reading import Lister, chosen, page_info, text_choice
from db.ids import ProducerId
from db.queries import network as queries
from db.queries.network import DirectoryFilter
from db.queries.tracks import TextChoice
from db.searching import LONGEST_LABEL, query_of
from schema.context import PageSource
from schema.filters import StringFilter
from schema.ground import given
from schema.network import Contact, ContactConnection, ContactWhere, DirectoryWhere, ProducerConnection
from schema.paging import write_cursor
from schema.producers import Producer

_DIRECTORY: Final = "directory"
_CONTACTS: Final = "contacts"


class NetworkLists(Lister):
    """Lists of the producer network, of who is in it."""

    async def directory(
        self, of: ProducerId, where: DirectoryWhere | None, page: PageSource
    ) -> ProducerConnection:
        part, asked = page.slice(_DIRECTORY), _filter(of, where)
        async with self._sessions.reading() as session:
            found = await queries.page_of_directory(session, asked, part)
        cursors = [write_cursor(_DIRECTORY, (row.name_key, row.producer.id)) for row in found.rows]
        return ProducerConnection(
            nodes=[Producer.of(row.producer) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_directory(session, asked)),
        )

    async def contacts(
        self, of: ProducerId, where: ContactWhere | None, page: PageSource
    ) -> ContactConnection:
        part, statuses = page.slice(_CONTACTS), chosen(where.status) if where else None
        async with self._sessions.reading() as session:
            found = await queries.page_of_contacts(session, of, statuses, part)
        cursors = [write_cursor(_CONTACTS, (row.asked_at, row.id)) for row in found.rows]
        return ContactConnection(
            nodes=[Contact.of(row, of) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_contacts(session, of, statuses)),
        )


def _filter(viewer: ProducerId, where: DirectoryWhere | None) -> DirectoryFilter:
    if where is None:
        return DirectoryFilter(viewer)
    return DirectoryFilter(
        viewer,
        words=tuple(query_of(given(where.search) or "")),
        genre=_choice(where.genre),
        city=_choice(where.city),
        role=_choice(where.role),
    )


def _choice(asked: StringFilter | None) -> TextChoice | None:
    """What a filter says; no label has a part that is longer than labels are, and SQLite takes no such pattern."""
    choice = text_choice(given(asked))
    if choice is None or choice.containing is None:
        return choice
    return replace(choice, containing=choice.containing[: LONGEST_LABEL + 1])
