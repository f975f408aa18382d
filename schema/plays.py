"""Listening: plays of whole tracks (D-51)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.queries.plays import PlayRow
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node, SignedUrl
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class Play(Node):
    """One listening; for its listener alone. What was opened last is what they hear: it ends the one before."""

    row: strawberry.Private[PlayRow]
    stream_url: URL
    """The whole track, to play; takes Range requests. Ask for the play again where it has expired."""
    stream_url_expires_at: datetime
    """Until when the address works: longer than the track."""
    listened_ms: int
    """Heard so far, as far as it is believed: never more than the time since it was opened."""
    counted: bool
    """Enough was heard, by somebody who is not credited on the track, and not more than 20 times that day (UTC)."""

    @classmethod
    def of(cls, row: PlayRow, stream: SignedUrl) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            stream_url=stream.url,
            stream_url_expires_at=stream.expires_at,
            listened_ms=row.listened_ms,
            counted=row.counted_at is not None,
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")]:
        """What is heard."""
        track = await info.context.loaders.tracks.load(self.row.track_id)
        assert track  # a play is only there where its track is
        return track


@strawberry.type
class StartPlayPayload:
    play: Play | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class ReportPlayPayload:
    play: Play | None = None
    """As it is afterwards; null where errors are, or where the track has gone since."""
    errors: list[UserError] = strawberry.field(default_factory=list)
