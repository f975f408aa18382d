"""Audio Recon over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_given, id_of_type, mutation, signed_in
from api.recon.appeals import appeal_duplicate, review_appeal
from api.recon.rules import next_day
from api.recon.scans import SCAN_TOPIC, cancel_scan, limits_of, scans_left, start_scan, triage_match
from db.clock import now
from db.ids import DuplicateAppealId, ReconMatchId, ReconScanId, TrackId, UploadId
from db.vocabulary import Role
from schema.appeals import (
    AppealDuplicateInput,
    AppealDuplicatePayload,
    DuplicateAppeal,
    ReviewDuplicateAppealInput,
    ReviewDuplicateAppealPayload,
)
from schema.faults import not_there
from schema.ground import given
from schema.paging import PageRequest
from schema.scans import (
    CancelReconScanPayload,
    ReconAllowance,
    ReconMatchConnection,
    ReconMatchOrder,
    ReconMatchWhere,
    ReconScan,
    ReconScanConnection,
    ReconScanWhere,
    StartReconScanInput,
    StartReconScanPayload,
    TriageReconMatchInput,
    TriageReconMatchPayload,
)


@strawberry.type
class ReconQuery:
    @strawberry.field
    async def recon_scan(self, info: Info, id: strawberry.ID) -> ReconScan | None:
        """A scan by id.

        Args:
            id: Of a ReconScan.
        """
        scan = ReconScanId(id_of_type("id", id, "scn", "scan"))
        return await info.context.loaders.recon_scans.load(scan)

    @strawberry.field
    async def recon_scans(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: ReconScanWhere | None = strawberry.UNSET,
    ) -> ReconScanConnection | None:
        """Own scans, newest first; null unless verified."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.recon_scans(given(where), page)

    @strawberry.field
    async def recon_matches(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: ReconMatchWhere | None = strawberry.UNSET,
        order_by: ReconMatchOrder | None = strawberry.UNSET,
    ) -> ReconMatchConnection | None:
        """Own matches over all tracks; null unless verified."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.recon_matches(given(where), given(order_by), page)

    @strawberry.field
    async def recon_allowance(self, info: Info) -> ReconAllowance | None:
        """Manual scans left; null unless verified."""
        viewer = info.context.viewer
        if viewer is None or not viewer.has(Role.VERIFIED_PRODUCER):
            return None
        moment, limits = now(), limits_of(info.context.settings)
        async with info.context.sessions.reading() as session:
            left = await scans_left(session, viewer, limits, moment)
        return ReconAllowance(limit=limits.a_day, remaining=left, reset_at=next_day(moment))


@strawberry.type
class ReconMutation:
    @mutation
    async def start_recon_scan(self, info: Info, input: StartReconScanInput) -> StartReconScanPayload:
        """Search for copies; one already on its way is returned. Codes: VERIFIED_PRODUCER_REQUIRED, RECON_COOL_DOWN, RECON_DAILY_LIMIT, UPLOAD_…."""
        viewer, limits = signed_in(info), limits_of(info.context.settings)
        track, upload = given(input.track_id), given(input.upload_id)
        async with info.context.sessions.writing() as session:
            scan = await start_scan(
                session,
                viewer,
                limits=limits,
                track=None if track is None else TrackId(id_given("track_id", track, "trk", "track")),
                upload=None if upload is None else UploadId(upload),
            )
        return StartReconScanPayload(scan=await info.context.loaders.recon_scans.load(scan))

    @mutation
    async def cancel_recon_scan(self, info: Info, id: strawberry.ID) -> CancelReconScanPayload:
        """Stop a scan; its matches stay. Codes: SCAN_OVER.

        Args:
            id: Own scan.
        """
        viewer, scan = signed_in(info), ReconScanId(id_given("id", id, "scn", "scan"))
        async with info.context.sessions.writing() as session:
            await cancel_scan(session, viewer, scan=scan)
        return CancelReconScanPayload(scan=await info.context.loaders.recon_scans.load(scan))

    @mutation
    async def triage_recon_match(
        self, info: Info, id: strawberry.ID, input: TriageReconMatchInput
    ) -> TriageReconMatchPayload:
        """Mark a match as seen or dismissed.

        Args:
            id: Own match.
        """
        viewer, match = signed_in(info), ReconMatchId(id_given("id", id, "mat", "match"))
        async with info.context.sessions.writing() as session:
            await triage_match(session, viewer, match=match, triage=input.triage)
        return TriageReconMatchPayload(match=await info.context.loaders.recon_matches.load(match))

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


@strawberry.type
class ReconSubscription:
    @strawberry.subscription
    async def recon_scan_changed(self, info: Info, id: strawberry.ID) -> AsyncGenerator[ReconScan]:
        """One scan: stage, progress, end.

        Args:
            id: Own scan.
        """
        signed_in(info)
        scan = ReconScanId(id_of_type("id", id, "scn", "scan"))
        async for _ in info.context.watch(SCAN_TOPIC.format(scan)):
            yield await info.context.loaders.recon_scans.load(scan) or not_there()


async def _appeal(info: Info, appeal: DuplicateAppealId) -> DuplicateAppeal | None:
    node = await info.context.node(appeal)
    return node if isinstance(node, DuplicateAppeal) else None
