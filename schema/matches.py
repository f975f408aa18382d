"""Matches: tracks that answer beat requests, and why."""

from datetime import datetime
from typing import Self

import strawberry

from db.ids import BeatRequestId, TrackId
from db.queries.beat_matches import BeatMatchRow
from db.vocabulary import MatchPart
from schema.context import Info
from schema.filters import IdFilter
from schema.ground import Node, absent
from schema.paging import Connection
from schema.requests import BeatRequest
from schema.tracks import Track


@strawberry.type
class MatchReason:
    """One part of a score; there is one for each part that the request asked for."""

    part: MatchPart
    """What was compared."""
    score: float
    """0 to 1."""
    weight: float
    """Its share of the whole score, 0 to 1; those of a match add up to 1."""
    text: str
    """Such as: BPM 70 is half of 140."""


@strawberry.type
class BeatMatch(Node):
    """A track that answers a request."""

    request_id: strawberry.Private[BeatRequestId]
    track_id: strawberry.Private[TrackId]
    score: float
    """0 to 1, in four digits: the reasons' scores, each by its weight, when it was last looked at."""
    submitted: bool
    """Whether the track has been offered to the request."""
    matched_at: datetime
    """When it was first found to fit."""

    @classmethod
    def of(cls, row: BeatMatchRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            request_id=row.request_id,
            track_id=row.track_id,
            score=share(row.score),
            submitted=row.submitted,
            matched_at=row.matched_at,
        )

    @strawberry.field
    async def reasons(self, info: Info) -> list[MatchReason]:
        """Why it fits, as both are now: one for each part that the request asked for."""
        return await info.context.loaders.match_reasons.load((self.request_id, self.track_id))

    @strawberry.field
    async def request(self, info: Info) -> BeatRequest:
        """What is asked for."""
        request = await info.context.loaders.beat_requests.load(self.request_id)
        assert request  # who does not see it does not see the match
        return request

    @strawberry.field
    async def track(self, info: Info) -> Track:
        """What answers it; published."""
        track = await info.context.loaders.tracks.load(self.track_id)
        assert track  # a match is there while its track is
        return track


@strawberry.type
class BeatMatchConnection(Connection[BeatMatch]):
    """A page."""


@strawberry.input
class BeatMatchWhere:
    request_id: IdFilter | None = absent()
    """With which requests."""


def share(value: float) -> float:
    """Four digits tell any two matches apart that a person could."""
    return round(value, 4)
