"""The producer network over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.auth.limiting import count
from api.network.answering import respond_to_contact
from api.network.asking import AskingLimits, request_contact
from api.network.rules import network_of
from api.refusals import check_id
from db.ids import ContactId, ProducerId
from schema.ground import given
from schema.network import (
    Network,
    RequestContactInput,
    RequestContactPayload,
    RespondToContactInput,
    RespondToContactPayload,
)


@strawberry.type
class NetworkQuery:
    @strawberry.field
    async def network(self, info: Info) -> Network | None:
        """The network of verified producers; null for everybody else."""
        own = network_of(info.context.viewer)
        return Network(viewer_id=own) if own else None


@strawberry.type
class NetworkMutation:
    @mutation
    async def request_contact(self, info: Info, input: RequestContactInput) -> RequestContactPayload:
        """Ask to connect; who was asked by them accepts, and again changes nothing.

        Codes: VERIFIED_PRODUCER_REQUIRED, NOT_FOUND, OWN_PROFILE, WITHHELD, CONTACT_DECLINED, CONTACT_BLOCKED, TOO_MANY_ATTEMPTS.
        """
        viewer, producer = signed_in(info), input.producer_id
        check_id(producer, "pro", "producer", ("producer_id",))
        await count(info.context.attempts, f"ask:{viewer.account_id}:{producer}", f"ask:{viewer.account_id}")
        limits = AskingLimits.of(info.context.settings)
        async with info.context.sessions.writing() as session:
            contact = await request_contact(
                session, viewer, producer=ProducerId(producer), message=given(input.message), limits=limits
            )
        return RequestContactPayload(contact=await info.context.loaders.contacts.load(contact))

    @mutation
    async def respond_to_contact(
        self, info: Info, id: strawberry.ID, input: RespondToContactInput
    ) -> RespondToContactPayload:
        """Accept, decline or block; blocking works at any time, and declining ends a contact or a block of one's own.

        Both also work where the other is not in the network any more; accepting does not.

        Codes: VERIFIED_PRODUCER_REQUIRED, NOT_FOUND, NOT_ASKED, WITHHELD, TOO_MANY_ATTEMPTS.

        Args:
            id: An own contact.
        """
        viewer, contact = signed_in(info), ContactId(id_given("id", id, "con", "contact"))
        name = f"answer:{viewer.account_id}"
        await count(info.context.attempts, f"{name}:{contact}", name)
        async with info.context.sessions.writing() as session:
            await respond_to_contact(session, viewer, contact=contact, response=input.response)
        return RespondToContactPayload(contact=await info.context.loaders.contacts.load(contact))
