"""What a resolver may ask of a request about the network and events: part of `schema.context`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from strawberry.dataloader import DataLoader

from db.ids import ContactId, EventId, ProducerId

if TYPE_CHECKING:
    from schema.context import PageSource
    from schema.events import Event, EventConnection, Rsvp
    from schema.network import (
        Contact,
        ContactConnection,
        ContactWhere,
        DirectoryWhere,
        ProducerConnection,
    )


@dataclass(frozen=True)
class LoadersOfCommunity:
    """Ties between producers, events, and who comes."""

    contacts: "DataLoader[ContactId, Contact | None]"
    events: "DataLoader[EventId, Event | None]"
    viewer_rsvps: "DataLoader[EventId, Rsvp | None]"


class ListsOfCommunity(Protocol):
    """The directory, ties and events."""

    async def directory(
        self, of: ProducerId, where: "DirectoryWhere | None", page: "PageSource"
    ) -> "ProducerConnection": ...

    async def contacts(
        self, of: ProducerId, where: "ContactWhere | None", page: "PageSource"
    ) -> "ContactConnection": ...

    async def events(self, page: "PageSource") -> "EventConnection | None": ...
