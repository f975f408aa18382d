"""The duplicate check of an audio, and what it found."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, Self

import strawberry

from db.ids import TrackId, UploadId
from db.queries.recon import ReconMatchRow
from db.vocabulary import FingerprintStatus, SimilarityBand
from schema.context import Info

if TYPE_CHECKING:
    from schema.appeals import DuplicateAppeal
    from schema.tracks import Track


@strawberry.type
class RecordedWork:
    """A recording as it was at that time; outlives its track."""

    title: str
    """Name."""
    artists: list[str]
    """Artists."""
    producer_name: str | None
    """Producer, if one of ours."""
    fingerprinted_at: datetime
    """Fingerprinted."""

    @classmethod
    def of(cls, row: ReconMatchRow) -> Self:
        """The other side of a match."""
        return cls(
            title=row.other_title,
            artists=row.other_artists,
            producer_name=row.other_producer_name,
            fingerprinted_at=row.other_fingerprinted_at,
        )


@strawberry.type
class MatchSegment:
    """One agreeing stretch."""

    query_start_ms: int
    """Own start."""
    query_end_ms: int
    """Own end."""
    reference_start_ms: int
    """Other start."""
    reference_end_ms: int
    """Other end."""
    similarity: float
    """0 to 1."""

    @classmethod
    def of(cls, stored: Mapping[str, float]) -> Self:
        return cls(
            query_start_ms=int(stored["query_start_ms"]),
            query_end_ms=int(stored["query_end_ms"]),
            reference_start_ms=int(stored["reference_start_ms"]),
            reference_end_ms=int(stored["reference_end_ms"]),
            similarity=stored["similarity"],
        )


@strawberry.type
class DuplicateFinding:
    """Two audios that are one."""

    own: strawberry.Private[TrackId | None]
    reference: strawberry.Private[TrackId]
    original: RecordedWork
    """The earlier one."""
    similarity: float
    """0 to 1."""
    band: SimilarityBand
    """Similarity in words."""
    segments: list[MatchSegment]
    """Which seconds agree, in order."""

    @classmethod
    def of(cls, row: ReconMatchRow, band: SimilarityBand) -> Self:
        return cls(
            own=row.track_id,
            reference=row.other_track_id,
            original=RecordedWork.of(row),
            similarity=row.similarity,
            band=band,
            segments=[MatchSegment.of(segment) for segment in row.segments],
        )

    @strawberry.field
    async def track(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The earlier track, if visible."""
        return await info.context.loaders.tracks.load(self.reference)

    @strawberry.field
    async def appeal(
        self, info: Info
    ) -> Annotated["DuplicateAppeal", strawberry.lazy("schema.appeals")] | None:
        """The producer's objection; the latest, where there were several. None is made to a refused replacement."""
        return await info.context.loaders.latest_appeals.load(self.own) if self.own else None


class Checked(Protocol):
    """A check as it is kept: of a track, or of new audio for one."""

    @property
    def status(self) -> FingerprintStatus: ...
    @property
    def checked_at(self) -> datetime | None: ...
    @property
    def sha256(self) -> str | None: ...


@strawberry.type
class Fingerprint:
    """The duplicate check of one audio."""

    subject: strawberry.Private[TrackId | UploadId]
    own: strawberry.Private[bool]
    status: FingerprintStatus
    """Step; others than the producer see VERIFIED_UNIQUE or PENDING."""
    checked_at: datetime | None
    """End of the last check."""
    sha256: str | None
    """Of the audio file, in hex; for the producer."""

    @classmethod
    def of(cls, row: Checked, subject: TrackId | UploadId, *, own: bool) -> Self:
        """The check as its producer sees it, or as anybody else may."""
        unique = row.status is FingerprintStatus.VERIFIED_UNIQUE
        shown = row.status if own or unique else FingerprintStatus.PENDING
        return cls(
            subject=subject,
            own=own,
            status=shown,
            checked_at=row.checked_at if own or unique else None,
            sha256=row.sha256 if own else None,
        )

    @strawberry.field
    async def duplicate(self, info: Info) -> DuplicateFinding | None:
        """All about the duplicate, also where the other track is gone; for the producer."""
        return await info.context.loaders.duplicates.load(self.subject) if self.own else None

    @strawberry.field
    async def duplicate_of(self, info: Info) -> Annotated["Track", strawberry.lazy("schema.tracks")] | None:
        """The track it equals, if still visible; for the producer."""
        finding = await info.context.loaders.duplicates.load(self.subject) if self.own else None
        return await info.context.loaders.tracks.load(finding.reference) if finding else None

    @strawberry.field
    async def similarity(self, info: Info) -> float | None:
        """To the track it equals, 0 to 1; for the producer."""
        finding = await info.context.loaders.duplicates.load(self.subject) if self.own else None
        return finding.similarity if finding else None
