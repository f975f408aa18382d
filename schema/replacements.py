"""New audio for a track that is live."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.queries.replacements import ReplacementRow
from schema.context import Info
from schema.errors import UserError
from schema.recon import Fingerprint
from schema.uploads import Upload

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class AudioReplacement:
    """New audio for a published track."""

    row: strawberry.Private[ReplacementRow]
    fingerprint: Fingerprint
    """Its check; PENDING, CHECKING and ANALYZING go on, FAILED is tried again, DUPLICATE left the old audio in place."""
    submitted_at: datetime
    """Asked for."""

    @strawberry.field
    async def upload(self, info: Info) -> Upload:
        """The file."""
        upload = await info.context.loaders.uploads.load(self.row.upload_id)
        assert upload  # a foreign key
        return upload


@strawberry.input
class ReplaceTrackAudioInput:
    audio_upload_id: strawberry.ID
    """Completed upload for TRACK_AUDIO; the one that plays already takes a replacement away."""


@strawberry.type
class ReplaceTrackAudioPayload:
    track: Annotated["Track", strawberry.lazy("schema.tracks")] | None = None
    """Still with its old audio; see `replacement`."""
    errors: list[UserError] = strawberry.field(default_factory=list)
