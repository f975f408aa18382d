"""Reports and moderation over GraphQL."""

from typing import Final

import strawberry

from api.asking import Info, mutation, signed_in
from api.auth.limiting import count
from api.moderation.moderating import dismiss_reports, moderate_content
from api.moderation.reporting import report_content
from schema.moderation import (
    DismissReportsInput,
    DismissReportsPayload,
    ModerateContentInput,
    ModerateContentPayload,
    ReportContentInput,
    ReportContentPayload,
)


@strawberry.type
class ModerationMutation:
    @mutation
    async def report_content(
        self, info: Info, id: strawberry.ID, input: ReportContentInput
    ) -> ReportContentPayload:
        """Tell staff about a track, collection, profile or request. While your own report is open, another changes nothing.

        Codes: NOT_FOUND, OWN_CONTENT, REQUIRED, TOO_LONG, TOO_MANY_ATTEMPTS.

        Args:
            id: Of a Track, Collection, Producer or BeatRequest.
        """
        viewer = signed_in(info)
        name = f"report:{viewer.account_id}"
        await count(info.context.attempts, f"{name}:{id[:_LONGEST_ID]}", name)
        async with info.context.sessions.writing() as session:
            await report_content(session, viewer, id, reason=input.reason)
        return ReportContentPayload(reported_id=id)

    @mutation
    async def moderate_content(
        self, info: Info, id: strawberry.ID, input: ModerateContentInput
    ) -> ModerateContentPayload:
        """Hide, restore or remove it (staff); its owner is told why. Open reports about it are settled by HIDE and REMOVE.

        Hidden, it is for its owner and staff alone, and its owner cannot put it back; what the owner had hidden stays
        so when it is restored. Removed, it is deleted for good, and licences stay valid; a sold track is hidden instead.

        Codes: STAFF_REQUIRED, NOT_FOUND, WITHHELD, NOT_WITHHELD, TRACK_LOCKED, RESERVED_BY_OTHER, REQUIRED, TOO_LONG.

        Args:
            id: Of a Track, Collection, Producer or BeatRequest.
        """
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            entry = await moderate_content(session, viewer, id, action=input.action, reason=input.reason)
        return ModerateContentPayload(
            object=await info.context.node(id), entry=await info.context.loaders.audit_entries.load(entry)
        )

    @mutation
    async def dismiss_reports(
        self, info: Info, id: strawberry.ID, input: DismissReportsInput
    ) -> DismissReportsPayload:
        """Close the open reports about an object, which stays as it is (staff).

        Codes: STAFF_REQUIRED, NOT_FOUND, ALREADY_REVIEWED, REQUIRED, TOO_LONG.

        Args:
            id: Of a Track, Collection, Producer or BeatRequest.
        """
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            entry = await dismiss_reports(session, viewer, id, reason=input.reason)
        return DismissReportsPayload(entry=await info.context.loaders.audit_entries.load(entry))


_LONGEST_ID: Final = 40
"""Of what a limit is counted by."""
