"""Scans, the matches they report, and what can be asked of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.ids import TrackId
from db.queries.recon import ReconMatchRow
from db.queries.scans import ReconScanRow
from db.vocabulary import (
    MatchClass,
    MatchRelation,
    MatchTriage,
    OrderDirection,
    ReconMatchOrderField,
    ReconScanStatus,
    ReconStage,
    ReconTrigger,
    SimilarityBand,
)
from schema.context import Info
from schema.errors import UserError
from schema.filters import DateTimeFilter, DecimalFilter, IdFilter
from schema.ground import Node, absent, given
from schema.paging import Connection, PageRequest
from schema.recon import MatchSegment, RecordedWork
from schema.uploads import Upload

if TYPE_CHECKING:
    from schema.tracks import Track


@strawberry.type
class ReconMatch(Node):
    """Similar audio found elsewhere: similarity, not proof. "Query" is the viewer's side, "reference" the other; each side has its own node."""

    own: strawberry.Private[TrackId | None]
    other: strawberry.Private[TrackId]
    match_class: MatchClass
    """How much agrees."""
    relation: MatchRelation
    """What agrees."""
    similarity: float
    """0 to 1."""
    band: SimilarityBand
    """Similarity in words."""
    query_coverage: float
    """Share of the viewer's audio, 0 to 1."""
    reference_coverage: float
    """Share of the other audio, 0 to 1."""
    speed_ratio: float
    """Other ÷ own: 1.05 is 5 % faster."""
    pitch_shift_semitones: float
    """Other minus own."""
    segments: list[MatchSegment]
    """Which seconds agree, in order."""
    found: RecordedWork
    """The other side as first seen; always there."""
    first_seen_at: datetime
    """First reported; a rescan keeps it."""
    triage: MatchTriage
    """Own note on it."""

    @classmethod
    def of(cls, row: ReconMatchRow, band: SimilarityBand) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            own=row.track_id,
            other=row.other_track_id,
            match_class=row.match_class,
            relation=row.relation,
            similarity=row.similarity,
            band=band,
            query_coverage=row.query_coverage,
            reference_coverage=row.reference_coverage,
            speed_ratio=row.speed_ratio,
            pitch_shift_semitones=row.pitch_shift_semitones,
            segments=[MatchSegment.of(segment) for segment in row.segments],
            found=RecordedWork.of(row),
            first_seen_at=row.first_seen_at,
            triage=row.triage,
        )

    @strawberry.field
    async def own_track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The viewer's side, if a track."""
        return await info.context.loaders.tracks.load(self.own) if self.own else None

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The other side, if a visible track."""
        return await info.context.loaders.tracks.load(self.other)


@strawberry.type
class ReconMatchConnection(Connection[ReconMatch]):
    """A page."""


@strawberry.input
class MatchClassFilter:
    eq: MatchClass | None = absent()
    any_of: list[MatchClass] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class MatchRelationFilter:
    eq: MatchRelation | None = absent()
    any_of: list[MatchRelation] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class MatchTriageFilter:
    eq: MatchTriage | None = absent()
    any_of: list[MatchTriage] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class ReconMatchWhere:
    match_class: MatchClassFilter | None = absent()
    """By class."""
    relation: MatchRelationFilter | None = absent()
    """By relation."""
    triage: MatchTriageFilter | None = absent()
    """By own note."""
    similarity: DecimalFilter | None = absent()
    """By similarity."""
    first_seen_at: DateTimeFilter | None = absent()
    """By first report."""


@strawberry.input
class ReconMatchOrder:
    field: ReconMatchOrderField
    direction: OrderDirection = OrderDirection.DESC


@strawberry.type
class ReconScanError:
    """Why a scan broke off."""

    message: str
    """A sentence to show."""
    retryable: bool
    """Starting again may help."""


@strawberry.type
class ReconScan(Node):
    """A search for copies of one audio; seen by verified credited producers and staff."""

    row: strawberry.Private[ReconScanRow]
    status: ReconScanStatus
    """State."""
    progress: float
    """0 to 1, never falling."""
    stage: ReconStage
    """What it does."""
    started_at: datetime | None
    """Left the queue."""
    finished_at: datetime | None
    """Over."""
    error: ReconScanError | None
    """Why it broke off."""
    trigger: ReconTrigger
    """Why it ran."""
    compared_count: int
    """Recordings it was compared with."""
    created_at: datetime
    """Asked for."""

    @classmethod
    def of(cls, row: ReconScanRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            status=row.status,
            progress=row.progress,
            stage=row.stage,
            started_at=row.started_at,
            finished_at=row.finished_at,
            error=_error(row),
            trigger=row.trigger,
            compared_count=row.compared_count,
            created_at=row.created_at,
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """Its subject, if a track."""
        return await info.context.loaders.tracks.load(self.row.track_id) if self.row.track_id else None

    @strawberry.field
    async def upload(self, info: Info) -> Upload | None:
        """Its subject, if an uploaded sample."""
        node = await info.context.node(self.row.upload_id) if self.row.upload_id else None
        return node if isinstance(node, Upload) else None

    @strawberry.field
    async def matches(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: ReconMatchWhere | None = strawberry.UNSET,
        order_by: ReconMatchOrder | None = strawberry.UNSET,
    ) -> ReconMatchConnection:
        """Grows while it runs."""
        page = PageRequest.of(first, after, last, before)
        return await info.context.lists.matches_of_scan(self.row.id, given(where), given(order_by), page)


def _error(row: ReconScanRow) -> ReconScanError | None:
    if row.error_message is None:
        return None
    return ReconScanError(message=row.error_message, retryable=bool(row.error_retryable))


@strawberry.type
class ReconScanConnection(Connection[ReconScan]):
    """A page."""


@strawberry.input
class ReconScanWhere:
    track_id: IdFilter | None = absent()
    """Of these tracks."""


@strawberry.type
class ReconAllowance:
    """What is left of today's manual scans."""

    limit: int
    """A day."""
    remaining: int
    """Left."""
    reset_at: datetime
    """Full again."""


@strawberry.input(one_of=True)
class StartReconScanInput:
    track_id: strawberry.ID | None = absent()
    """An own or credited track."""
    upload_id: strawberry.ID | None = absent()
    """Completed upload for RECON_SAMPLE."""


@strawberry.type
class StartReconScanPayload:
    scan: ReconScan | None = None
    """Watch it by reconScanChanged."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class CancelReconScanPayload:
    scan: ReconScan | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class TriageReconMatchInput:
    triage: MatchTriage
    """The note."""


@strawberry.type
class TriageReconMatchPayload:
    match: ReconMatch | None = None
    """As it is afterwards; null where errors are."""
    errors: list[UserError] = strawberry.field(default_factory=list)
