"""Reports and moderation over GraphQL."""

from typing import Final

import strawberry

from api.asking import Info, id_given, mutation, signed_in
from api.auth.limiting import count
from api.moderation.moderating import dismiss_reports, moderate_content
from api.moderation.reporting import report_content
from api.moderation.suspending import reinstate_account, suspend_account
from db.ids import AccountId
from schema.moderation import (
    DismissReportsInput,
    DismissReportsPayload,
    ModerateContentInput,
    ModerateContentPayload,
    ReinstateAccountInput,
    ReinstateAccountPayload,
    ReportContentInput,
    ReportContentPayload,
    SuspendAccountInput,
    SuspendAccountPayload,
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
        """Hide, restore or remove it (staff); its owner is told why. HIDE is not to judge: reports stay open until RESTORE or REMOVE.

        Who reported it is told that it is not shown for now, and what came of it then.

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
        """Close the open reports about an object, which stays as it is: shown, hidden or gone since (staff). Who reported it is told.

        Codes: STAFF_REQUIRED, NOT_FOUND, ALREADY_REVIEWED, REQUIRED, TOO_LONG.

        Args:
            id: Of a Track, Collection, Producer or BeatRequest.
        """
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            entry = await dismiss_reports(session, viewer, id, reason=input.reason)
        return DismissReportsPayload(entry=await info.context.loaders.audit_entries.load(entry))

    @mutation
    async def suspend_account(
        self, info: Info, id: strawberry.ID, input: SuspendAccountInput
    ) -> SuspendAccountPayload:
        """Suspend an account (staff): its profile, tracks and requests are hidden, payouts held, seats given back.

        It can still sign in, read, take back what is its own, and write to support: everything else answers
        ACCOUNT_SUSPENDED. Purchases of its tracks that are under way are not completed, and nothing is charged.

        Codes: STAFF_REQUIRED, NOT_FOUND, OWN_ACCOUNT, ACCOUNT_SUSPENDED, REQUIRED, TOO_LONG.

        Args:
            id: Of an Account.
        """
        viewer, account = signed_in(info), _account(id)
        async with info.context.sessions.writing() as session:
            await suspend_account(session, viewer, account, reason=input.reason)
        return SuspendAccountPayload(account=await info.context.loaders.accounts.load(account))

    @mutation
    async def reinstate_account(
        self, info: Info, id: strawberry.ID, input: ReinstateAccountInput
    ) -> ReinstateAccountPayload:
        """End a suspension (staff): everything is what it was before, but for what is hidden for another reason.

        Codes: STAFF_REQUIRED, NOT_FOUND, NOT_SUSPENDED, REQUIRED, TOO_LONG.

        Args:
            id: Of an Account.
        """
        viewer, account = signed_in(info), _account(id)
        async with info.context.sessions.writing() as session:
            await reinstate_account(session, viewer, account, reason=input.reason)
        return ReinstateAccountPayload(account=await info.context.loaders.accounts.load(account))


def _account(value: str) -> AccountId:
    return AccountId(id_given("id", value, "acc", "account"))


_LONGEST_ID: Final = 40
"""Of what a limit is counted by."""
