"""Tracks, the words they are described and found by, and what can be done with them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from db.completeness import metadata_complete
from db.excerpt import excerpt
from db.ids import ProducerId
from db.keys import camelot, key_label, key_of, open_key
from db.queries.tracks import TrackRow
from db.vocabulary import (
    LicensingModel,
    MusicalKey,
    OrderDirection,
    Role,
    Scale,
    TrackFacetField,
    TrackOrderField,
    TrackStatus,
)
from schema.analysis import TrackAnalysis
from schema.context import Info
from schema.filters import DateTimeFilter, IdFilter, IntFilter, MoneyFilter, StringFilter
from schema.ground import Ability, Image, Node, SignedUrl, absent, given
from schema.licensing import Licensing
from schema.moderation import Withholding
from schema.paging import Connection, PageRequest
from schema.pictures import picture_of
from schema.producers import Producer
from schema.recon import Fingerprint
from schema.replacements import AudioReplacement
from schema.scalars import URL
from schema.scans import ReconMatchConnection, ReconMatchOrder, ReconMatchWhere

if TYPE_CHECKING:
    from schema.collections import Collection
    from schema.licences import Licence
    from schema.takedowns import Takedown


@strawberry.type
class TrackAbilities:
    """Buttons of a track."""

    edit: Ability
    """Change its facts."""
    set_licensing: Ability
    """Change its licensing."""
    replace_audio: Ability
    """Put new audio under it."""
    delete: Ability
    """Take it away."""
    appeal: Ability
    """Appeal its block."""
    scan: Ability
    """Scan it for copies."""
    license: Ability
    """Standard licence and download."""
    buy_exclusive: Ability
    """Buy the exclusive."""


@strawberry.type
class Track(Node):
    """A beat."""

    row: strawberry.Private[TrackRow]
    title: str
    """Name as shown."""
    artists: list[str]
    """Names as shown, at least one."""
    bpm: int
    """Tempo as felt, 60 to 200."""
    key: MusicalKey
    """Declared pitch class."""
    scale: Scale
    """Declared mode."""
    key_label: str
    """As musicians write it, such as B♭ minor."""
    camelot: str
    """Wheel position, such as 8A."""
    open_key: str
    """Wheel position, such as 1m."""
    status: TrackStatus
    """State."""
    duration_ms: int
    """Length."""
    genres: list[str]
    """At most 3."""
    tags: list[str]
    """At most 20, lower case."""
    moods: list[str]
    """Moods, at most 3."""
    description: str | None
    """Free text."""
    metadata_complete: bool
    """Description and tags are there beside the required facts."""
    created_at: datetime
    """Uploaded."""
    published_at: datetime | None
    """First in the catalogue."""

    @classmethod
    def of(cls, row: TrackRow) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            title=row.title,
            artists=row.artists,
            bpm=row.bpm,
            key=key_of(row.pitch_class),
            scale=row.scale,
            key_label=key_label(row.pitch_class, row.scale),
            camelot=camelot(row.pitch_class, row.scale),
            open_key=open_key(row.pitch_class, row.scale),
            status=row.status,
            duration_ms=row.duration_ms,
            genres=row.genres,
            tags=row.tags,
            moods=row.moods,
            description=row.description,
            metadata_complete=metadata_complete(row),
            created_at=row.created_at,
            published_at=row.published_at,
        )

    @strawberry.field
    async def producer(self, info: Info) -> Producer:
        """Who uploaded it."""
        producer = await info.context.loaders.producers.load(self.row.producer_id)
        assert producer  # a foreign key
        return producer

    @strawberry.field
    async def credits(self, info: Info) -> list[Producer]:
        """Everyone credited, the uploader first."""
        return await info.context.loaders.credits.load(self.row.id)

    @strawberry.field
    async def play_count(self, info: Info) -> int:
        """Counted plays, ever."""
        return await info.context.loaders.play_counts.load(self.row.id)

    @strawberry.field
    async def cover(self, info: Info) -> Image:
        """Cover art."""
        own, preset = self.row.cover_picture_id, self.row.cover_preset_id
        if own:
            image = await picture_of(info, own, withheld=self.row.withheld_as is not None)
        else:
            image = await info.context.loaders.presets.load(preset or "")
        assert image  # a foreign key, or a preset, of which none is ever taken away
        return image

    @strawberry.field
    async def collection(
        self, info: Info
    ) -> Annotated["Collection", strawberry.lazy("schema.collections")] | None:
        """The one collection it is in."""
        here = self.row.collection_id
        return None if here is None else await info.context.loaders.collections.load(here)

    @strawberry.field
    async def licensing(self, info: Info) -> Licensing:
        """How it can be licensed."""
        return await info.context.loaders.licensing.load(self.row.id)

    @strawberry.field
    async def fingerprint(self, info: Info) -> Fingerprint:
        """State of the duplicate check."""
        row = await info.context.loaders.fingerprints.load(self.row.id)
        assert row  # written with the track
        return Fingerprint.of(row, row.track_id, own=_is_theirs(info, self.row))

    @strawberry.field
    async def analysis(self, info: Info) -> TrackAnalysis | None:
        """Measured facts and waveform; there once published."""
        published = self.row.published_at is not None
        return await info.context.loaders.analyses.load(self.row.upload_id) if published else None

    @strawberry.field
    async def takedowns(
        self, info: Info
    ) -> list[Annotated["Takedown", strawberry.lazy("schema.takedowns")]] | None:
        """Notices of rights-holders about it, newest first: for its producer those that were upheld; for staff all."""
        own = _is_theirs(info, self.row)
        return await info.context.loaders.takedowns_of_tracks.load(self.row.id) if own else None

    @strawberry.field
    async def withheld(self, info: Info) -> Withholding | None:
        """Why staff keep it back; for its producer and staff. Null: they do not."""
        kept = self.row.withheld_as is not None and _is_theirs(info, self.row)
        return await info.context.loaders.withholdings.load(self.row.id) if kept else None

    @strawberry.field
    async def replacement(self, info: Info) -> AudioReplacement | None:
        """New audio under check, or refused, while the old one plays; for its producer."""
        own = _is_theirs(info, self.row)
        return await info.context.loaders.replacements.load(self.row.id) if own else None

    @strawberry.field
    async def recon_matches(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
        where: ReconMatchWhere | None = strawberry.UNSET,
        order_by: ReconMatchOrder | None = strawberry.UNSET,
    ) -> ReconMatchConnection | None:
        """Copies found elsewhere; null unless the viewer is credited and verified, or staff."""
        if not await self._is_recon_for(info):
            return None
        page, lists = PageRequest.of(first, after, last, before), info.context.lists
        return await lists.matches_of_track(self.row.id, given(where), given(order_by), page)

    async def _is_recon_for(self, info: Info) -> bool:
        viewer = info.context.viewer
        if viewer is None or not viewer.has(Role.VERIFIED_PRODUCER):
            return viewer is not None and viewer.has(Role.STAFF)
        credited = await info.context.loaders.credits.load(self.row.id)
        return viewer.has(Role.STAFF) or viewer.producer_id in {
            ProducerId(producer.id) for producer in credited
        }

    @strawberry.field
    async def preview_url(self, info: Info) -> URL | None:
        """Tagged 30 s for anyone; lasting, as long as others see the track. Its producer and staff get one that works for a while."""
        if not self.row.preview_ready:
            return None
        return URL(await info.context.addresses.preview(self.row.id, self.row.shown_as))

    @strawberry.field
    def preview_start_ms(self) -> int | None:
        """Where in the track the preview begins, for a playhead on the waveform."""
        start, _ = excerpt(self.row.duration_ms, per_second=1000)
        return start if self.row.preview_ready else None

    @strawberry.field
    async def master(self, info: Info) -> SignedUrl | None:
        """The WAV as uploaded; for its producer."""
        own = _is_theirs(info, self.row)
        return await info.context.addresses.master(self.row.upload_id, f"{self.title}.wav") if own else None

    @strawberry.field
    def share_url(self, info: Info) -> URL:
        """Share address with a preview card."""
        return URL(info.context.addresses.share(f"/t/{self.row.slug}"))

    @strawberry.field
    async def viewer_licence(
        self, info: Info
    ) -> Annotated["Licence", strawberry.lazy("schema.licences")] | None:
        """What the viewer holds on it."""
        return await info.context.loaders.viewer_licences.load(self.row.id)

    @strawberry.field
    async def versions_to_delist(
        self, info: Info
    ) -> list[Annotated["Track", strawberry.lazy("schema.tracks")]] | None:
        """Own near-identical tracks to take down after a sale; for the producer."""
        sold = _is_theirs(info, self.row) and self.row.status is TrackStatus.SOLD
        return await info.context.loaders.versions_to_delist.load(self.row.id) if sold else None

    @strawberry.field
    async def viewer_can(self, info: Info) -> TrackAbilities:
        """What the viewer may do with it."""
        return await info.context.loaders.track_abilities.load(self.row.id)


def _is_theirs(info: Info, row: TrackRow) -> bool:
    viewer = info.context.viewer
    return viewer is not None and (viewer.producer_id == row.producer_id or viewer.has(Role.STAFF))


@strawberry.type
class FacetBucket:
    """One line of a menu."""

    value: str
    """Pass back in `where`; a BPM step as its lower bound."""
    label: str
    """To show."""
    count: int
    """Tracks behind it."""


@strawberry.type
class TrackFacet:
    """One filter menu."""

    field: TrackFacetField
    """Which."""
    buckets: list[FacetBucket]
    """Largest first; at most 50."""


@strawberry.type
class TrackConnection(Connection[Track]):
    """A page."""

    menus: strawberry.Private[Callable[[Sequence[TrackFacetField]], Awaitable[list[TrackFacet]]]]

    @strawberry.field
    async def facets(self, of: list[TrackFacetField]) -> list[TrackFacet]:
        """Counts for filter menus over all matches; each ignores the filter on its own field.

        Args:
            of: Which menus.
        """
        return await self.menus(of)


@strawberry.input
class TrackStatusFilter:
    eq: TrackStatus | None = absent()
    any_of: list[TrackStatus] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class MusicalKeyFilter:
    eq: MusicalKey | None = absent()
    any_of: list[MusicalKey] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class ScaleFilter:
    eq: Scale | None = absent()
    any_of: list[Scale] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class LicensingModelFilter:
    eq: LicensingModel | None = absent()
    any_of: list[LicensingModel] | None = strawberry.field(name="in", default_factory=absent)


@strawberry.input
class TrackWhere:
    """Which tracks; all given conditions must hold. Without `status`: published ones; with it: your own."""

    search: str | None = absent()
    """Words of title, artists, tags or description; the last one may be unfinished. The first 8 count."""
    id: IdFilter | None = absent()
    """These tracks."""
    producer_id: IdFilter | None = absent()
    """By uploader."""
    collection_id: IdFilter | None = absent()
    """By collection."""
    title: StringFilter | None = absent()
    """By title."""
    status: TrackStatusFilter | None = absent()
    """By state."""
    genre: StringFilter | None = absent()
    """By genre; a parent includes its children."""
    tag: StringFilter | None = absent()
    """By tag."""
    mood: StringFilter | None = absent()
    """By mood."""
    bpm: IntFilter | None = absent()
    """By declared tempo."""
    bpm_half_or_double: bool | None = absent()
    """Half and double tempo count as inside `bpm`."""
    key: MusicalKeyFilter | None = absent()
    """By pitch class."""
    scale: ScaleFilter | None = absent()
    """By mode."""
    harmonic_with: str | None = absent()
    """Mixes with this key: same, neighbours and relative. A Camelot code, or any other notation that `keyNamed` takes."""
    licensing_model: LicensingModelFilter | None = absent()
    """By licensing."""
    exclusive_price: MoneyFilter | None = absent()
    """By exclusive price, available ones only."""
    duration_ms: IntFilter | None = absent()
    """By length in ms."""
    published_at: DateTimeFilter | None = absent()
    """By first publication."""


@strawberry.input
class TrackOrder:
    field: TrackOrderField
    direction: OrderDirection = OrderDirection.DESC
