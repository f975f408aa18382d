"""Beat requests: what an artist asks for."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.clock import now
from db.ids import AccountId
from db.keys import key_of
from db.queries.requests import BeatRequestRow
from db.vocabulary import BeatRequestStatus, MusicalKey, Scale, WantedLicence
from schema.accounts import Member
from schema.context import Info
from schema.ground import Ability, Money, Node, SignedUrl, given
from schema.moderation import Withholding
from schema.paging import PageRequest
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.submissions import Submission, SubmissionConnection, SubmissionWhere
    from schema.tracks import Track


@strawberry.type
class BeatReference:
    """What it should sound like; one of the three."""

    row: strawberry.Private[BeatRequestRow]
    url: URL | None
    """As given; never fetched by us."""

    @classmethod
    def of(cls, row: BeatRequestRow) -> Self:
        return cls(row=row, url=URL(row.reference_url) if row.reference_url else None)

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """One of our tracks; null where it is gone, or not for you any more."""
        named = self.row.reference_track_id
        return await info.context.loaders.tracks.load(named) if named else None

    @strawberry.field
    async def sample(self, info: Info) -> SignedUrl | None:
        """An uploaded WAV, to listen to; null once the request is deleted, or can be renewed no more."""
        named = self.row.reference_upload_id
        return await info.context.loaders.request_samples.load(named) if named else None


@strawberry.type
class BeatRequest(Node):
    """An artist's call for a beat; never edited."""

    row: strawberry.Private[BeatRequestRow]
    requester_id: strawberry.Private[AccountId]
    text: str
    """What is wanted, in the artist's words."""
    reference: BeatReference
    """What it should sound like."""
    genre: str | None
    """Wanted genre."""
    bpm_min: int | None
    """Slowest tempo wanted."""
    bpm_max: int | None
    """Fastest tempo wanted."""
    key: MusicalKey | None
    """Wanted pitch class."""
    scale: Scale | None
    """Wanted mode."""
    moods: list[str]
    """Wanted moods, at most 3."""
    tags: list[str]
    """Wanted tags, at most 20, lower case."""
    budget: Money | None
    """What the artist has in mind; no offer, and bars nobody from offering."""
    wanted_licence: WantedLicence
    """Which licence."""
    status: BeatRequestStatus
    """State."""
    opened_at: datetime
    """Posted, or last opened again."""
    expires_at: datetime
    """End of its time."""
    submission_count: int
    """Tracks offered so far, by anybody, those that are gone since included."""

    @classmethod
    def of(cls, row: BeatRequestRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            requester_id=row.account_id,
            text=row.text,
            reference=BeatReference.of(row),
            genre=row.genre,
            bpm_min=row.bpm_min,
            bpm_max=row.bpm_max,
            key=None if row.pitch_class is None else key_of(row.pitch_class),
            scale=row.scale,
            moods=row.moods,
            tags=row.tags,
            budget=_budget(row),
            wanted_licence=row.wanted_licence,
            status=row.status_at(now()),
            opened_at=row.opened_at,
            expires_at=row.expires_at,
            submission_count=row.submission_count,
        )

    @strawberry.field
    async def withheld(self, info: Info) -> Withholding | None:
        """Why staff keep it back; for its requester and staff. Null: they do not."""
        kept = self.row.withheld_as is not None
        return await info.context.loaders.withholdings.load(self.row.id) if kept else None

    @strawberry.field
    async def requester(self, info: Info) -> Member:
        """Who asks."""
        member = await info.context.loaders.members.load(self.requester_id)
        assert member  # a foreign key
        return member

    @strawberry.field
    async def renew(self, info: Info) -> Ability | None:
        """Open it again, for as long and at the same cost; for the requester."""
        return await info.context.loaders.request_renewals.load(self.row.id)

    @strawberry.field
    async def submissions(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: Annotated["SubmissionWhere", strawberry.lazy("schema.submissions")] | None = strawberry.UNSET,
    ) -> Annotated["SubmissionConnection", strawberry.lazy("schema.submissions")] | None:
        """For the requester: what is offered, newest first, while its track is to be seen."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.submissions(self.row, given(where), page)

    @strawberry.field
    async def viewer_submissions(
        self, info: Info
    ) -> list[Annotated["Submission", strawberry.lazy("schema.submissions")]]:
        """Own offers, for a producer; oldest first."""
        return await info.context.loaders.own_submissions.load(self.row.id)

    @strawberry.field
    async def viewer_can_submit(self, info: Info) -> Ability:
        """Whether another track can be offered."""
        return await info.context.loaders.submission_abilities.load(self.row.id)


def _budget(row: BeatRequestRow) -> Money | None:
    if row.budget_minor is None or row.budget_currency is None:
        return None
    return Money.of(row.budget_minor, row.budget_currency)
