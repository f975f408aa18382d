"""Appeals against a block."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import TrackId
from db.queries.appeals import AppealRow
from db.vocabulary import ReviewDecision
from schema.cases import Attachment, Reviewable
from schema.context import Info
from schema.errors import UserError
from schema.ground import absent

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class DuplicateAppeal(Reviewable):
    """A producer's objection to a block."""

    track_id: strawberry.Private[TrackId]
    statement: str
    """In the producer's words."""

    @classmethod
    def of(cls, row: AppealRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            status=row.status,
            submitted_at=row.submitted_at,
            reviewed_at=row.reviewed_at,
            review_reason=row.review_reason,
            track_id=row.track_id,
            statement=row.statement,
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")]:
        """The blocked track."""
        track = await info.context.loaders.tracks.load(self.track_id)
        assert track  # an appeal goes with its track, and who sees the one sees the other
        return track

    @strawberry.field
    async def attachments(self, info: Info) -> list[Attachment]:
        """Proofs."""
        return await info.context.loaders.attachments.load(self.id)


@strawberry.input
class AppealDuplicateInput:
    statement: str
    """20 to 5,000 characters."""
    attachment_upload_ids: list[strawberry.ID] | None = absent()
    """Uploads for ATTACHMENT; at most 5."""


@strawberry.type
class AppealDuplicatePayload:
    appeal: DuplicateAppeal | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ReviewDuplicateAppealInput:
    decision: ReviewDecision
    """For or against."""
    reason: str
    """The producer reads it."""


@strawberry.type
class ReviewDuplicateAppealPayload:
    appeal: DuplicateAppeal | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
