"""Producers, their profiles and their applications over GraphQL."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.cases import case_topic
from api.producers.applications import Entered, review_application, submit_application
from api.producers.following import follow_producer, unfollow_producer
from api.producers.links import Link
from api.producers.making import create_unowned_profile
from api.producers.pictures import PhotoChoice
from api.producers.profiles import update_profile
from db.folding import folded
from db.ids import ProducerId, ProducerRequestId, UploadId
from db.queries import producers as queries
from db.vocabulary import Role
from schema.backstage import Backstage
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
from schema.profiles import (
    AboutPhotoInput,
    CreateProducerInput,
    CreateProducerPayload,
    FollowProducerPayload,
    UnfollowProducerPayload,
    UpdateProducerInput,
    UpdateProducerPayload,
)
from schema.staff import StaffDesk

_APPLICATION: Final = ("producer_name", "beats_url", "first_name", "last_name", "instagram", "label")


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
            producer = row.id if row else ""
        else:
            producer = id_of_type("by", given(by.id) or "", "pro", "producer")
        found = await info.context.loaders.producers.load(ProducerId(producer))
        return None if found is None or found.bare else found

    @strawberry.field
    async def backstage(self, info: Info) -> Backstage | None:
        """The viewer's dashboard; null unless a producer."""
        viewer = info.context.viewer
        if viewer is None or viewer.producer_id is None or not viewer.has(Role.PRODUCER):
            return None
        producer = await info.context.loaders.producers.load(viewer.producer_id)
        assert producer  # a foreign key
        return Backstage(producer=producer.row)

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
        """Apply; one pending per kind.

        Codes: REQUIRED, MALFORMED, REQUEST_PENDING, NOT_CLAIMABLE, PRODUCER_REQUIRED, UPLOAD_….
        """
        viewer = signed_in(info)
        entered = Entered(
            kind=input.kind,
            facts={name: given(getattr(input, name)) for name in _APPLICATION},
            claimed=given(input.claimed_producer_id),
            attachments=[UploadId(upload) for upload in given(input.attachment_upload_ids) or ()],
        )
        async with info.context.sessions.writing() as session:
            request = await submit_application(session, viewer, entered)
        return SubmitProducerRequestPayload(request=await _request(info, request))

    @mutation
    async def review_producer_request(
        self, info: Info, id: strawberry.ID, input: ReviewProducerRequestInput
    ) -> ReviewProducerRequestPayload:
        """Decide (staff); who is suspended gets nothing, and can be denied.

        Codes: STAFF_REQUIRED, ALREADY_REVIEWED, ACCOUNT_SUSPENDED, ACCOUNT_LEAVING, NOT_CLAIMABLE.

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

    @mutation
    async def update_producer(
        self, info: Info, id: strawberry.ID, input: UpdateProducerInput
    ) -> UpdateProducerPayload:
        """Edit a profile. Codes: HANDLE_TAKEN, TOO_MANY_ATTEMPTS, MALFORMED, UPLOAD_….

        Args:
            id: Own profile; staff edit those that nobody owns.
        """
        viewer, producer = signed_in(info), _producer(id)
        async with info.context.sessions.writing() as session:
            await update_profile(session, viewer, producer=producer, changes=_profile(input))
        return UpdateProducerPayload(producer=await info.context.loaders.producers.load(producer))

    @mutation
    async def create_producer(self, info: Info, input: CreateProducerInput) -> CreateProducerPayload:
        """Make a profile that nobody owns, for known beats (staff). Codes: STAFF_REQUIRED, HANDLE_TAKEN, MALFORMED."""
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            producer = await create_unowned_profile(session, viewer, given=_profile(input))
        return CreateProducerPayload(producer=await info.context.loaders.producers.load(producer))

    @mutation
    async def follow_producer(self, info: Info, id: strawberry.ID) -> FollowProducerPayload:
        """Follow; again changes nothing. Codes: OWN_PROFILE.

        Args:
            id: Another's profile.
        """
        viewer, producer = signed_in(info), _producer(id)
        async with info.context.sessions.writing() as session:
            await follow_producer(session, viewer, producer=producer)
        return FollowProducerPayload(producer=await info.context.loaders.producers.load(producer))

    @mutation
    async def unfollow_producer(self, info: Info, id: strawberry.ID) -> UnfollowProducerPayload:
        """Stop following; again changes nothing.

        Args:
            id: Any profile.
        """
        viewer, producer = signed_in(info), _producer(id)
        async with info.context.sessions.writing() as session:
            await unfollow_producer(session, viewer, producer=producer)
        return UnfollowProducerPayload(producer=await info.context.loaders.producers.load(producer))


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


def _producer(value: str) -> ProducerId:
    return ProducerId(id_given("id", value, "pro", "producer"))


def _profile(entered: UpdateProducerInput | CreateProducerInput) -> dict[str, Any]:
    """What was given of a profile; null is a value, absent is not."""
    values = {name: value for name, value in vars(entered).items() if value is not strawberry.UNSET}
    if values.get("links"):
        values["links"] = [Link(one.network, one.url) for one in values["links"]]
    if values.get("about_photos"):
        values["about_photos"] = [_photo(one) for one in values["about_photos"]]
    return values


def _photo(entered: AboutPhotoInput) -> PhotoChoice:
    upload = given(entered.source.upload_id)
    return PhotoChoice(
        photo_id=given(entered.source.photo_id),
        upload_id=None if upload is None else UploadId(upload),
        caption=given(entered.caption),
    )


async def _request(info: Info, request: ProducerRequestId) -> ProducerRequest | None:
    node = await info.context.node(request)
    return node if isinstance(node, ProducerRequest) else None
