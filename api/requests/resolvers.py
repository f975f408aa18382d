"""Posting and looking for beat requests over GraphQL."""

from collections.abc import Sequence
from typing import Any

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.requests.deletion import delete_request
from api.requests.opening import NewRequest, open_request
from api.requests.references import Reference
from api.requests.renewal import renew_request
from api.requests.wishes import Wishes
from db.ids import BeatRequestId, TrackId, UploadId
from schema.ground import given
from schema.paging import PageRequest
from schema.request_changes import (
    BeatReferenceInput,
    DeleteBeatRequestPayload,
    OpenBeatRequestInput,
    OpenBeatRequestPayload,
    RenewBeatRequestInput,
    RenewBeatRequestPayload,
)
from schema.request_feed import BeatRequestConnection, BeatRequestOrder, BeatRequestWhere
from schema.requests import BeatRequest


@strawberry.type
class RequestsQuery:
    @strawberry.field
    async def beat_request(self, info: Info, id: strawberry.ID) -> BeatRequest | None:
        """A request by id; null unless signed in.

        Args:
            id: Of a BeatRequest.
        """
        request = BeatRequestId(id_of_type("id", id, "brq", "beat request"))
        return await info.context.loaders.beat_requests.load(request)

    @strawberry.field
    async def beat_requests(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: BeatRequestWhere | None = strawberry.UNSET,
        order_by: BeatRequestOrder | None = strawberry.UNSET,
    ) -> BeatRequestConnection:
        """The feed: open requests, newest first, unless asked otherwise. For who is signed in."""
        signed_in(info)
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.beat_requests(given(where), given(order_by), page)


@strawberry.type
class RequestsMutation:
    @mutation
    async def open_beat_request(self, info: Info, input: OpenBeatRequestInput) -> OpenBeatRequestPayload:
        """Post a request. Codes: NOT_ENOUGH_TOKENS, IDEMPOTENCY_KEY_REUSED, UPLOAD_…."""
        viewer = signed_in(info)
        new = NewRequest(_wishes(input), _reference(input.reference), input.duration)
        async with info.context.sessions.writing() as session:
            request = await open_request(
                session,
                viewer,
                new,
                idempotency_key=input.idempotency_key,
                explorer=info.context.settings.request_tokens_a_month,
            )
        return OpenBeatRequestPayload(**await _afterwards(info, request))

    @mutation
    async def renew_beat_request(
        self, info: Info, id: strawberry.ID, input: RenewBeatRequestInput
    ) -> RenewBeatRequestPayload:
        """Open it again, for as long and at the same cost. Codes: NOT_RENEWABLE, NOT_ENOUGH_TOKENS, IDEMPOTENCY_KEY_REUSED.

        Args:
            id: Own request that expired within 30 days.
        """
        viewer, request = signed_in(info), _request(id)
        key, explorer = input.idempotency_key, info.context.settings.request_tokens_a_month
        async with info.context.sessions.writing() as session:
            await renew_request(session, viewer, request=request, idempotency_key=key, explorer=explorer)
        return RenewBeatRequestPayload(**await _afterwards(info, request))

    @mutation
    async def delete_beat_request(self, info: Info, id: strawberry.ID) -> DeleteBeatRequestPayload:
        """Delete it; tokens of an active one come back, as many as the month's allowance has room for.

        Args:
            id: Own request.
        """
        viewer, request = signed_in(info), _request(id)
        explorer = info.context.settings.request_tokens_a_month
        async with info.context.sessions.writing() as session:
            await delete_request(session, viewer, request=request, explorer=explorer)
        return DeleteBeatRequestPayload(**await _afterwards(info, request))


async def _afterwards(info: Info, request: BeatRequestId) -> dict[str, Any]:
    """What is answered where nothing was refused."""
    loaders, account = info.context.loaders, signed_in(info).account_id
    return {
        "request": await loaders.beat_requests.load(request),
        "tokens": await loaders.request_tokens.load(account),
    }


def _request(value: str) -> BeatRequestId:
    return BeatRequestId(id_given("id", value, "brq", "beat request"))


def _wishes(asked: OpenBeatRequestInput) -> Wishes:
    budget = given(asked.budget)
    return Wishes(
        text=asked.text,
        genre=given(asked.genre),
        bpm_min=given(asked.bpm_min),
        bpm_max=given(asked.bpm_max),
        key=given(asked.key),
        scale=given(asked.scale),
        moods=_texts(asked.moods),
        tags=_texts(asked.tags),
        budget_amount=budget.amount if budget else None,
        budget_currency=budget.currency if budget else None,
        wanted_licence=asked.wanted_licence,
    )


def _texts(asked: list[str] | None) -> Sequence[str]:
    return given(asked) or ()


def _reference(asked: BeatReferenceInput) -> Reference:
    track, upload = given(asked.track_id), given(asked.upload_id)
    return Reference(
        url=given(asked.url),
        track=None if track is None else TrackId(track),
        upload=None if upload is None else UploadId(upload),
    )
