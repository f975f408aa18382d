"""What a resolver may ask of a request about the network, events and support: part of `schema.context`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from strawberry.dataloader import DataLoader

from db.ids import (
    AccountId,
    AuditEntryId,
    ContactId,
    EventId,
    ProducerId,
    SupportTicketId,
    TakedownId,
    TrackId,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from db.vocabulary import TakedownStatus
    from schema.context import PageSource
    from schema.events import Event, EventConnection, Rsvp
    from schema.ground import Ability
    from schema.moderation import (
        AuditEntry,
        AuditEntryConnection,
        AuditWhere,
        ContentReportConnection,
        Suspension,
        Withholding,
    )
    from schema.network import (
        Contact,
        ContactConnection,
        ContactWhere,
        DirectoryWhere,
        ProducerConnection,
    )
    from schema.support import SupportTicket, SupportTicketConnection, TicketMessage, TicketWhere
    from schema.takedowns import Takedown, TakedownConnection, TakedownStep


@dataclass(frozen=True)
class LoadersOfCommunity:
    """Ties between producers, events and who comes, tickets, and what staff do."""

    contacts: "DataLoader[ContactId, Contact | None]"
    events: "DataLoader[EventId, Event | None]"
    viewer_rsvps: "DataLoader[EventId, Rsvp | None]"
    support_tickets: "DataLoader[SupportTicketId, SupportTicket | None]"
    ticket_messages: "DataLoader[SupportTicketId, list[TicketMessage]]"
    ticket_replies: "DataLoader[SupportTicketId, Ability]"
    audit_entries: "DataLoader[AuditEntryId, AuditEntry | None]"
    withholdings: "DataLoader[str, Withholding | None]"
    suspensions: "DataLoader[AccountId, list[Suspension]]"
    takedowns: "DataLoader[TakedownId, Takedown | None]"
    takedowns_of_tracks: "DataLoader[TrackId, list[Takedown]]"
    takedown_steps: "DataLoader[TakedownId, list[TakedownStep]]"


class ListsOfCommunity(Protocol):
    """The directory, ties, events and tickets, and what staff do."""

    async def directory(
        self, of: ProducerId, where: "DirectoryWhere | None", page: "PageSource"
    ) -> "ProducerConnection": ...

    async def contacts(
        self, of: ProducerId, where: "ContactWhere | None", page: "PageSource"
    ) -> "ContactConnection": ...

    async def audit_log(self, where: "AuditWhere | None", page: "PageSource") -> "AuditEntryConnection": ...

    async def reports(self, page: "PageSource", *, settled: bool) -> "ContentReportConnection": ...

    async def takedowns(
        self, statuses: "Collection[TakedownStatus] | None", page: "PageSource"
    ) -> "TakedownConnection": ...

    async def events(self, page: "PageSource") -> "EventConnection | None": ...

    async def support_tickets(
        self, of: AccountId, where: "TicketWhere | None", page: "PageSource"
    ) -> "SupportTicketConnection": ...

    async def tickets(self, where: "TicketWhere | None", page: "PageSource") -> "SupportTicketConnection": ...
