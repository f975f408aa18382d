"""Producers and their applications over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.cases import case_topic
from api.producers.applications import review_application, submit_application
from api.producers.badge import ask_for_badge
from api.producers.rules import checked_application
from db.folding import folded
from db.ids import ProducerId, ProducerRequestId, UploadId
from db.queries import producers as queries
from db.vocabulary import ProducerRequestKind, Role
from schema.cases import (
    ProducerRequest,
    ReviewProducerRequestInput,
    ReviewProducerRequestPayload,
    SubmitProducerRequestInput,
    SubmitProducerRequestPayload,
)
from schema.faults import not_there
from schema.ground import given
from schema.producers import Producer, ProducerBy
from schema.staff import StaffDesk


@strawberry.type
class ProducersQuery:
    @strawberry.field
    async def producer(self, info: Info, by: ProducerBy) -> Producer | None:
        """A profile by id or handle; compare `handle` with what you asked for and redirect.

        Args:
            by: One of them.
        """
        if (handle := given(by.handle)) is not None:
            async with info.context.sessions.reading() as session:
                row = await queries.producer_by_handle(session, folded(handle))
            return Producer.of(row) if row else None
        producer = id_of_type("by", given(by.id) or "", "pro", "producer")
        return await info.context.loaders.producers.load(ProducerId(producer))

    @strawberry.field
    async def staff(self, info: Info) -> StaffDesk | None:
        """Null unless staff."""
        viewer = info.context.viewer
        return StaffDesk() if viewer and viewer.has(Role.STAFF) else None


@strawberry.type
class ProducersMutation:
    @mutation
    async def submit_producer_request(
        self, info: Info, input: SubmitProducerRequestInput
    ) -> SubmitProducerRequestPayload:
        """Apply; one pending per kind. Codes: REQUIRED, MALFORMED, REQUEST_PENDING, PRODUCER_REQUIRED, UPLOAD_…."""
        viewer = signed_in(info)
        names = ("producer_name", "beats_url", "first_name", "last_name", "instagram", "label")
        facts = {name: given(getattr(input, name)) for name in names}
        uploads = [UploadId(upload) for upload in given(input.attachment_upload_ids) or ()]
        for_badge = input.kind is ProducerRequestKind.GET_VERIFIED
        application = None if for_badge else checked_application(**facts)
        async with info.context.sessions.writing() as session:
            if application is None:
                request = await ask_for_badge(session, viewer, attachments=uploads)
            else:
                request = await submit_application(session, viewer, application, attachments=uploads)
        return SubmitProducerRequestPayload(request=await _request(info, request))

    @mutation
    async def review_producer_request(
        self, info: Info, id: strawberry.ID, input: ReviewProducerRequestInput
    ) -> ReviewProducerRequestPayload:
        """Decide (staff). Codes: STAFF_REQUIRED, ALREADY_REVIEWED.

        Args:
            id: The application.
        """
        viewer = signed_in(info)
        request = ProducerRequestId(id_given("id", id, "req", "producer request"))
        async with info.context.sessions.writing() as session:
            await review_application(
                session, viewer, request=request, decision=input.decision, reason=given(input.reason)
            )
        return ReviewProducerRequestPayload(request=await _request(info, request))


@strawberry.type
class ProducersSubscription:
    @strawberry.subscription
    async def producer_request_changed(
        self, info: Info, id: strawberry.ID
    ) -> AsyncGenerator[ProducerRequest]:
        """An application while staff or Discord act on it.

        Args:
            id: Own application.
        """
        signed_in(info)
        request = ProducerRequestId(id_of_type("id", id, "req", "producer request"))
        async for _ in info.context.watch(case_topic(request)):
            yield await _request(info, request) or not_there()


async def _request(info: Info, request: ProducerRequestId) -> ProducerRequest | None:
    node = await info.context.node(request)
    return node if isinstance(node, ProducerRequest) else None
