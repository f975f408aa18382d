"""Offers to beat requests over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.requests.answering import answer_offer
from api.requests.offering import offer_track
from db.ids import BeatRequestId, SubmissionId, TrackId
from schema.ground import given
from schema.submissions import (
    RespondToSubmissionInput,
    RespondToSubmissionPayload,
    SubmitToBeatRequestInput,
    SubmitToBeatRequestPayload,
)


@strawberry.type
class SubmissionsMutation:
    @mutation
    async def submit_to_beat_request(
        self, info: Info, input: SubmitToBeatRequestInput
    ) -> SubmitToBeatRequestPayload:
        """Offer an own track; the same input again answers the same submission.

        Codes: REQUEST_CLOSED, OWN_REQUEST, SUBMISSION_LIMIT, REPEATED, NOT_PUBLISHED, DUPLICATE_AUDIO.
        """
        viewer, note = signed_in(info), given(input.note)
        request, track = BeatRequestId(input.request_id), TrackId(input.track_id)
        async with info.context.sessions.writing() as session:
            submission = await offer_track(session, viewer, request=request, track=track, note=note)
        loaded = await info.context.loaders.submissions.load(submission)
        return SubmitToBeatRequestPayload(submission=loaded)

    @mutation
    async def respond_to_submission(
        self, info: Info, id: strawberry.ID, input: RespondToSubmissionInput
    ) -> RespondToSubmissionPayload:
        """Shortlist, thank or decline. Codes: NOT_YOURS, REQUEST_CLOSED.

        Args:
            id: Of a submission to an own request.
        """
        viewer, submission = signed_in(info), SubmissionId(id_given("id", id, "sbm", "submission"))
        async with info.context.sessions.writing() as session:
            await answer_offer(session, viewer, submission=submission, status=input.status)
        loaded = await info.context.loaders.submissions.load(submission)
        return RespondToSubmissionPayload(submission=loaded)
