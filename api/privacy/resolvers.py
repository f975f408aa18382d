"""One's own data over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_of_type, in_person, mutation, signed_in
from api.payouts.till import payout_terms
from api.privacy.deletion import Asked, cancel_deletion, deletion_terms, request_deletion
from api.privacy.exporting import EXPORT_TOPIC, request_export
from api.privacy.preview import Preview, person_of, previewed
from db.ids import DataExportId
from db.money import Amount
from schema.faults import not_there
from schema.ground import Money
from schema.privacy import (
    AccountDeletionPreview,
    CancelAccountDeletionPayload,
    DataExport,
    DeletionBalance,
    DeletionObstacle,
    DeletionPart,
    RequestAccountDeletionInput,
    RequestAccountDeletionPayload,
    RequestDataExportPayload,
)


@strawberry.type
class PrivacyQuery:
    @strawberry.field
    async def account_deletion_preview(self, info: Info) -> AccountDeletionPreview | None:
        """What the deletion of own account would mean; null unless signed in."""
        viewer = info.context.viewer
        if viewer is None:
            return None
        async with info.context.sessions.reading() as session:
            person = await person_of(session, viewer.account_id)
            found = await previewed(session, person, payout_terms(info.context.settings))
        return _shown(found)


@strawberry.type
class PrivacyMutation:
    @mutation
    async def request_account_deletion(
        self, info: Info, input: RequestAccountDeletionInput
    ) -> RequestAccountDeletionPayload:
        """Have own account deleted in some days; until then it can be called off. No API token may ask.

        Codes: WRONG_CREDENTIALS, DELETION_BLOCKED, BALANCE_NOT_ACKNOWLEDGED, TOO_MANY_ATTEMPTS.
        """
        viewer, context = in_person(info), info.context
        asked = Asked(input.password, balance_acknowledged=input.balance_acknowledged)
        terms = deletion_terms(context.settings)
        deletion = await request_deletion(context.sessions, context.attempts, viewer, asked, terms)
        return RequestAccountDeletionPayload(deletion=await context.loaders.deletions.load(deletion))

    @mutation
    async def cancel_account_deletion(self, info: Info) -> CancelAccountDeletionPayload:
        """Keep own account after all. Codes: NO_DELETION_WAITS."""
        viewer = in_person(info)
        async with info.context.sessions.writing() as session:
            await cancel_deletion(session, viewer)
        return CancelAccountDeletionPayload(
            account=await info.context.loaders.accounts.load(viewer.account_id)
        )

    @mutation
    async def request_data_export(self, info: Info) -> RequestDataExportPayload:
        """Have an archive of all own data written; own account is told when it is ready, and no API token may ask.

        Codes: TOO_MANY_ATTEMPTS.
        """
        viewer = in_person(info)
        async with info.context.sessions.writing() as session:
            export = await request_export(session, viewer, a_day=info.context.settings.exports_a_day)
        return RequestDataExportPayload(export=await info.context.loaders.data_exports.load(export))


@strawberry.type
class PrivacySubscription:
    @strawberry.subscription
    async def data_export_changed(self, info: Info, id: strawberry.ID) -> AsyncGenerator[DataExport]:
        """One export: its progress and end.

        Args:
            id: Own export.
        """
        signed_in(info)
        export = DataExportId(id_of_type("id", id, "dex", "data export"))
        async for _ in info.context.watch(EXPORT_TOPIC.format(export)):
            yield await info.context.loaders.data_exports.load(export) or not_there()


def _shown(found: Preview) -> AccountDeletionPreview:
    obstacles = [
        DeletionObstacle(kind=one.kind, message=one.message, refuses=one.refuses) for one in found.obstacles
    ]
    balances = [
        DeletionBalance(amount=Money.showing(Amount(one.minor, one.currency)), fate=one.fate)
        for one in found.balances
    ]
    return AccountDeletionPreview(
        obstacles=obstacles,
        balances=balances,
        needs_acknowledgement=found.needs_acknowledgement,
        goes=[DeletionPart(what=one.what, count=one.count) for one in found.goes],
        stays=[DeletionPart(what=one.what, count=one.count) for one in found.stays],
    )
