"""What a resolver may ask of a request about the network, events and support: part of `schema.context`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from strawberry.dataloader import DataLoader

from db.ids import AccountId, ContactId, EventId, ProducerId, SupportTicketId

if TYPE_CHECKING:
    from schema.context import PageSource
    from schema.events import Event, EventConnection, Rsvp
    from schema.ground import Ability
    from schema.network import (
        Contact,
        ContactConnection,
        ContactWhere,
        DirectoryWhere,
        ProducerConnection,
    )
    from schema.support import SupportTicket, SupportTicketConnection, TicketMessage, TicketWhere


@dataclass(frozen=True)
class LoadersOfCommunity:
    """Ties between producers, events and who comes, and tickets."""

    contacts: "DataLoader[ContactId, Contact | None]"
    events: "DataLoader[EventId, Event | None]"
    viewer_rsvps: "DataLoader[EventId, Rsvp | None]"
    support_tickets: "DataLoader[SupportTicketId, SupportTicket | None]"
    ticket_messages: "DataLoader[SupportTicketId, list[TicketMessage]]"
    ticket_replies: "DataLoader[SupportTicketId, Ability]"


class ListsOfCommunity(Protocol):
    """The directory, ties, events and tickets."""

    async def directory(
        self, of: ProducerId, where: "DirectoryWhere | None", page: "PageSource"
    ) -> "ProducerConnection": ...

    async def contacts(
        self, of: ProducerId, where: "ContactWhere | None", page: "PageSource"
    ) -> "ContactConnection": ...

    async def events(self, page: "PageSource") -> "EventConnection | None": ...

    async def support_tickets(
        self, of: AccountId, where: "TicketWhere | None", page: "PageSource"
    ) -> "SupportTicketConnection": ...

    async def tickets(self, where: "TicketWhere | None", page: "PageSource") -> "SupportTicketConnection": ...
