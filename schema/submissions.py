"""Tracks offered to beat requests."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import BeatRequestId, TrackId
from db.queries.submissions import SubmissionRow
from db.vocabulary import SubmissionStatus
from schema.context import Info
from schema.errors import UserError
from schema.ground import Node, absent
from schema.paging import Connection

if TYPE_CHECKING:
    from schema.requests import BeatRequest
    from schema.tracks import Track


@strawberry.type
class Submission(Node):
    """A track offered; seen by its producer and the requester. It gives no rights to the track."""

    request_id: strawberry.Private[BeatRequestId]
    track_id: strawberry.Private[TrackId]
    note: str | None
    """What the producer wrote with it."""
    status: SubmissionStatus
    """What the requester says."""
    submitted_at: datetime
    """Offered."""

    @classmethod
    def of(cls, row: SubmissionRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            request_id=row.request_id,
            track_id=row.track_id,
            note=row.note,
            status=row.status,
            submitted_at=row.submitted_at,
        )

    @strawberry.field
    async def request(self, info: Info) -> Annotated["BeatRequest", strawberry.lazy("schema.requests")]:
        """What it is offered to."""
        request = await info.context.loaders.beat_requests.load(self.request_id)
        assert request  # who sees the offer sees it
        return request

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")]:
        """What is offered; where it is hidden or deleted, the offer is not there either."""
        track = await info.context.loaders.tracks.load(self.track_id)
        assert track  # who sees the offer sees it
        return track


@strawberry.type
class SubmissionConnection(Connection[Submission]):
    """A page."""


@strawberry.input
class SubmissionStatusFilter:
    eq: SubmissionStatus | None = absent()
    any_of: list[SubmissionStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class SubmissionWhere:
    status: SubmissionStatusFilter | None = absent()
    """By what the requester says."""


@strawberry.input
class SubmitToBeatRequestInput:
    request_id: strawberry.ID
    """An open request of another."""
    track_id: strawberry.ID
    """An own, published track."""
    note: str | None = absent()
    """A word to the requester, at most 500 characters; it cannot be changed."""


@strawberry.type
class SubmitToBeatRequestPayload:
    submission: Submission | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class RespondToSubmissionInput:
    status: SubmissionStatus
    """What to say; NEW takes an answer back."""


@strawberry.type
class RespondToSubmissionPayload:
    submission: Submission | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
