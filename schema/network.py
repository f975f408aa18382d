"""The producer network: a directory, and ties between producers."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import ProducerId
from db.queries.network import ContactRow
from db.vocabulary import ContactResponse, ContactStatus
from schema.context import Info
from schema.errors import UserError
from schema.filters import StringFilter
from schema.ground import Node, absent, given
from schema.paging import Connection, PageRequest
from schema.producers import Producer


@strawberry.type
class ProducerConnection(Connection[Producer]):
    """A page."""


@strawberry.type
class Contact(Node):
    """A tie between two producers; there is one, whoever asked."""

    other_id: strawberry.Private[ProducerId]
    status: ContactStatus
    """State; of a block the other is not told."""
    asked_by_viewer: bool
    """False: they asked."""
    message: str | None
    """What was written with the request."""
    created_at: datetime
    """When it was last asked for."""

    @classmethod
    def of(cls, row: ContactRow, viewer: ProducerId) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            other_id=row.other(viewer),
            status=row.status,
            asked_by_viewer=row.asked_by == viewer,
            message=row.message,
            created_at=row.asked_at,
        )

    @strawberry.field
    async def other(self, info: Info) -> Producer:
        """The other producer."""
        producer = await info.context.loaders.producers.load(self.other_id)
        assert producer  # a foreign key
        return producer


@strawberry.type
class ContactConnection(Connection[Contact]):
    """A page."""


@strawberry.input
class DirectoryWhere:
    search: str | None = absent()
    """Words of name or handle."""
    genre: StringFilter | None = absent()
    """Of a published track of theirs; case and accents do not matter."""
    city: StringFilter | None = absent()
    """Of the profile; case and accents do not matter."""
    role: StringFilter | None = absent()
    """One of the profile's; case and accents do not matter."""


@strawberry.input
class ContactStatusFilter:
    eq: ContactStatus | None = absent()
    any_of: list[ContactStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class ContactWhere:
    status: ContactStatusFilter | None = absent()
    """By state."""


@strawberry.type
class Network:
    """For verified producers. Whoever loses the badge is not in it; their ties come back with it."""

    viewer_id: strawberry.Private[ProducerId]

    @strawberry.field
    async def directory(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: DirectoryWhere | None = strawberry.UNSET,
    ) -> ProducerConnection:
        """Other verified producers by name, without those whom a block keeps apart from the viewer."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.directory(self.viewer_id, given(where), page)

    @strawberry.field
    async def contacts(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: ContactWhere | None = strawberry.UNSET,
    ) -> ContactConnection:
        """The viewer's ties, in every state, those asked for last at first."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.contacts(self.viewer_id, given(where), page)


@strawberry.input
class RequestContactInput:
    producer_id: strawberry.ID
    """A verified producer."""
    message: str | None = absent()
    """At most 500 characters."""


@strawberry.type
class RequestContactPayload:
    contact: Contact | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RespondToContactInput:
    response: ContactResponse
    """What to say."""


@strawberry.type
class RespondToContactPayload:
    contact: Contact | None = None
    """As it is afterwards; null where errors are, and where the other is not in the network any more."""
    errors: list[UserError] = strawberry.field(default_factory=list)
