"""Uploads over GraphQL; their bytes travel over tus."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import strawberry

from api.asking import Info, id_of_type, mutation, signed_in
from api.uploads.announce import create_upload
from api.uploads.dock import UPLOAD_TOPIC
from api.uploads.rules import RULES
from schema.faults import not_there
from schema.uploads import CreateUploadInput, CreateUploadPayload, Upload, UploadRule


@strawberry.type
class UploadsQuery:
    @strawberry.field
    def upload_rules(self) -> list[UploadRule]:
        """Rules for files of every purpose."""
        return [
            UploadRule(
                purpose=rule.purpose,
                max_byte_size=rule.max_byte_size,
                media_types=list(rule.media_types),
                min_edge_px=rule.min_edge_px,
                min_duration_ms=rule.min_duration_ms,
                max_duration_ms=rule.max_duration_ms,
            )
            for rule in RULES.values()
        ]


@strawberry.type
class UploadsMutation:
    @mutation
    async def create_upload(self, info: Info, input: CreateUploadInput) -> CreateUploadPayload:
        """Announce a file. Codes: PRODUCER_REQUIRED, VERIFIED_PRODUCER_REQUIRED, FILE_TOO_LARGE."""
        viewer = signed_in(info)
        async with info.context.sessions.writing() as session:
            row = await create_upload(
                session,
                viewer,
                purpose=input.purpose,
                filename=input.filename,
                byte_size=input.byte_size,
                keep_for=timedelta(hours=info.context.settings.upload_hours),
            )
        return CreateUploadPayload(upload=Upload.of(row))


@strawberry.type
class UploadsSubscription:
    @strawberry.subscription
    async def upload_changed(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Upload]:
        """An upload's bytes (at most twice a second), state and analysis.

        Args:
            id: Own upload.
        """
        signed_in(info)
        upload = id_of_type("id", id, "upl", "upload")
        async for _ in info.context.watch(UPLOAD_TOPIC.format(upload)):
            node = await info.context.node(upload)
            yield node if isinstance(node, Upload) else not_there()
