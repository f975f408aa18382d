"""Audio Recon over GraphQL."""

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.recon.appeals import appeal_duplicate, review_appeal
from db.ids import DuplicateAppealId, TrackId, UploadId
from schema.appeals import (
    AppealDuplicateInput,
    AppealDuplicatePayload,
    DuplicateAppeal,
    ReviewDuplicateAppealInput,
    ReviewDuplicateAppealPayload,
)
from schema.ground import given


@strawberry.type
class ReconMutation:
    @mutation
    async def appeal_duplicate(
        self, info: Info, id: strawberry.ID, input: AppealDuplicateInput
    ) -> AppealDuplicatePayload:
        """Object to the block of an own track; one pending at a time. Codes: NOT_BLOCKED, APPEAL_OPEN, UPLOAD_….

        Args:
            id: Own blocked track.
        """
        viewer = signed_in(info)
        track = TrackId(id_given("id", id, "trk", "track"))
        uploads = [UploadId(upload) for upload in given(input.attachment_upload_ids) or ()]
        async with info.context.sessions.writing() as session:
            appeal = await appeal_duplicate(
                session, viewer, track=track, statement=input.statement, attachments=uploads
            )
        return AppealDuplicatePayload(appeal=await _appeal(info, appeal))

    @mutation
    async def review_duplicate_appeal(
        self, info: Info, id: strawberry.ID, input: ReviewDuplicateAppealInput
    ) -> ReviewDuplicateAppealPayload:
        """Decide an appeal (staff); APPROVE publishes the track. Codes: STAFF_REQUIRED, ALREADY_REVIEWED.

        Args:
            id: The appeal.
        """
        viewer = signed_in(info)
        appeal = DuplicateAppealId(id_given("id", id, "apl", "duplicate appeal"))
        async with info.context.sessions.writing() as session:
            await review_appeal(session, viewer, appeal=appeal, decision=input.decision, reason=input.reason)
        return ReviewDuplicateAppealPayload(appeal=await _appeal(info, appeal))


async def _appeal(info: Info, appeal: DuplicateAppealId) -> DuplicateAppeal | None:
    node = await info.context.node(appeal)
    return node if isinstance(node, DuplicateAppeal) else None
