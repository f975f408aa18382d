"""One's own data over GraphQL."""

from collections.abc import AsyncGenerator

import strawberry

from api.asking import Info, id_of_type, in_person, mutation, signed_in
from api.privacy.exporting import EXPORT_TOPIC, request_export
from db.ids import DataExportId
from schema.faults import not_there
from schema.privacy import DataExport, RequestDataExportPayload


@strawberry.type
class PrivacyMutation:
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
