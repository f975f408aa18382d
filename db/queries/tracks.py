"""Reading tracks: one at a time, by the page, and by what they are filtered by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.columns import UtcDateTime
from db.ids import CollectionId, PictureId, ProducerId, TrackId, UploadId
from db.models.tracks import Track, TrackCredit, TrackLabel
from db.queries.conditions import Bounds, one_of, within
from db.queries.credits import CREDITED
from db.queries.hits import Search, hits
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_one, read_page, select_row
from db.vocabulary import (
    CurrencyCode,
    ExclusiveAvailability,
    LabelKind,
    LicensingModel,
    OrderDirection,
    Scale,
    TrackOrderField,
    TrackStatus,
)


class TrackRow(NamedTuple):
    id: TrackId
    producer_id: ProducerId
    upload_id: UploadId
    slug: str
    title: str
    title_key: str
    artists: list[str]
    bpm: int
    pitch_class: int
    scale: Scale
    genres: list[str]
    tags: list[str]
    moods: list[str]
    description: str | None
    collection_id: CollectionId | None
    collection_position: int | None
    cover_picture_id: PictureId | None
    cover_preset_id: str | None
    status: TrackStatus
    withheld_as: TrackStatus | None
    duration_ms: int
    audio_sha256: str
    preview_ready: bool
    licensing_model: LicensingModel
    exclusive_availability: ExclusiveAvailability | None
    exclusive_price_minor: int | None
    exclusive_currency: CurrencyCode | None
    contact_email: str | None
    accepted_terms_version: str | None
    exclusive_terms: dict[str, Any] | None
    input_sha256: str
    created_at: datetime
    published_at: datetime | None
    recent_plays: int

    @property
    def shown_as(self) -> TrackStatus:
        """The state that it is there in for others: a sold track that staff keep back is still sold, and not shown."""
        return TrackStatus.HIDDEN if self.withheld_as is TrackStatus.SOLD else self.status


@dataclass(frozen=True)
class TextChoice:
    """Folded texts: exactly one of these, and containing that."""

    any_of: frozenset[str] | None = None
    containing: str | None = None


@dataclass(frozen=True)
class TrackFilter:
    """Which tracks; null conditions hold for every track.

    Attributes:
        own_of: Only tracks that this producer uploaded, in any state but REMOVED.
        inside: Only tracks of this collection.
        credited: Only tracks that credit this producer and were uploaded by another.
        search: Words to find; without, no search.
        bpm_half_or_double: A tempo is also inside if its half or its double is.
        keys: Pitch class and scale, one of these.
        price: Exclusive price in minor units of `price_currency`, offers that are available only.
    """

    statuses: frozenset[TrackStatus] = frozenset({TrackStatus.PUBLISHED})
    own_of: ProducerId | None = None
    inside: CollectionId | None = None
    credited: ProducerId | None = None
    search: Search | None = None
    ids: frozenset[str] | None = None
    producer_ids: frozenset[str] | None = None
    collection_ids: frozenset[str] | None = None
    title: TextChoice | None = None
    labels: tuple[tuple[LabelKind, TextChoice], ...] = ()
    bpm: Bounds | None = None
    bpm_any_of: frozenset[int] | None = None
    bpm_half_or_double: bool = False
    pitch_classes: frozenset[int] | None = None
    scales: frozenset[Scale] | None = None
    keys: frozenset[tuple[int, Scale]] | None = None
    licensing_models: frozenset[LicensingModel] | None = None
    price: Bounds | None = None
    price_currency: CurrencyCode | None = None
    duration_ms: Bounds | None = None
    duration_any_of: frozenset[int] | None = None
    published_at: Bounds | None = None

    @property
    def by_search_alone(self) -> bool:
        """Nothing else is asked of a track, but its status."""
        return self.search is not None and replace(self, search=None, statuses=frozenset()) == _ANY

    @property
    def by_status_alone(self) -> bool:
        return replace(self, statuses=frozenset()) == _ANY


_ANY = TrackFilter(statuses=frozenset())
_TRACKS = select_row(TrackRow, Track)
_LARGEST = 2**62
_BEYOND_ANY_TEMPO = 10_000


async def tracks(session: AsyncSession, ids: Collection[TrackId]) -> list[TrackRow]:
    """Tracks in any state but REMOVED."""
    return await read(
        session, TrackRow, _TRACKS.where(col(Track.id).in_(ids), col(Track.status) != TrackStatus.REMOVED)
    )


async def track_for_change(session: AsyncSession, track: TrackId) -> TrackRow | None:
    """One track, locked until the transaction ends."""
    return await read_one(session, TrackRow, _TRACKS.where(col(Track.id) == track).with_for_update())


async def hold(session: AsyncSession, ids: Collection[TrackId]) -> None:
    """Let nobody delete these tracks, or put new audio under them, until the transaction ends."""
    held = select(col(Track.id)).where(col(Track.id).in_(ids)).order_by(col(Track.id))
    await session.execute(held.with_for_update(read=True, key_share=True))


async def track_of_upload(session: AsyncSession, upload: UploadId) -> TrackRow | None:
    return await read_one(session, TrackRow, _TRACKS.where(col(Track.upload_id) == upload))


async def tracks_of_uploads(session: AsyncSession, uploads: Collection[UploadId]) -> list[TrackRow]:
    """Tracks made of these files, in any state but REMOVED."""
    if not uploads:
        return []
    chosen = col(Track.upload_id).in_(uploads), col(Track.status) != TrackStatus.REMOVED
    return await read(session, TrackRow, _TRACKS.where(*chosen))


async def track_by_slug(session: AsyncSession, slug: str) -> TrackRow | None:
    return await read_one(session, TrackRow, _TRACKS.where(col(Track.slug) == slug))


async def page_of_tracks(
    session: AsyncSession, chosen: TrackFilter, by: TrackOrderField, direction: OrderDirection, part: Slice
) -> Page[TrackRow]:
    return await read_page(session, TrackRow, matching(_TRACKS, chosen), order_keys(by, direction), part)


async def count_tracks(session: AsyncSession, chosen: TrackFilter) -> int:
    return await read_count(session, among(chosen, func.count()))


async def uploaders(session: AsyncSession, ids: Collection[TrackId]) -> dict[TrackId, ProducerId]:
    """Who uploaded these tracks, in whatever state they are."""
    pairs = select(col(Track.id), col(Track.producer_id)).where(col(Track.id).in_(ids))
    return {TrackId(track): ProducerId(producer) for track, producer in await session.execute(pairs)}


async def published_by_genre(session: AsyncSession) -> dict[str, int]:
    """Folded genre → published tracks that name it or a child of it."""
    published = col(TrackLabel.kind) == LabelKind.GENRE, col(TrackLabel.status) == TrackStatus.PUBLISHED
    statement = (
        select(col(TrackLabel.folded), func.count()).where(*published).group_by(col(TrackLabel.folded))
    )
    return {str(genre): int(count) for genre, count in await session.execute(statement)}


def order_keys(by: TrackOrderField, direction: OrderDirection) -> list[Key]:
    """The keys that a page of tracks is cut by; ties by id. Tracks without the value come last."""
    descending = direction is OrderDirection.DESC
    return [Key(_sort_value(by, descending=descending), descending), Key(col(Track.id), descending)]


def anchor_of(row: TrackRow, by: TrackOrderField, direction: OrderDirection) -> tuple[object, ...]:
    """The row's place in that order: what its cursor says."""
    nothing = -1 if direction is OrderDirection.DESC else _LARGEST
    private = row.exclusive_availability is ExclusiveAvailability.PRIVATE
    values: dict[TrackOrderField, object] = {
        TrackOrderField.PUBLISHED_AT: row.published_at or row.created_at,
        TrackOrderField.CREATED_AT: row.created_at,
        TrackOrderField.TITLE: row.title_key,
        TrackOrderField.BPM: row.bpm,
        TrackOrderField.PLAYS: row.recent_plays,
        TrackOrderField.POSITION: row.collection_position,
        TrackOrderField.EXCLUSIVE_PRICE: nothing if private else row.exclusive_price_minor or nothing,
    }
    return (values[by], row.id)


def _sort_value(by: TrackOrderField, *, descending: bool) -> ColumnElement[Any]:
    values: dict[TrackOrderField, ColumnElement[Any]] = {
        TrackOrderField.PUBLISHED_AT: type_coerce(col(Track.shown_since), UtcDateTime()),
        TrackOrderField.CREATED_AT: type_coerce(col(Track.created_at), UtcDateTime()),
        TrackOrderField.TITLE: type_coerce(col(Track.title_key), String()),
        TrackOrderField.BPM: type_coerce(col(Track.bpm), Integer()),
        TrackOrderField.PLAYS: type_coerce(col(Track.recent_plays), Integer()),
        TrackOrderField.POSITION: type_coerce(col(Track.collection_position), Integer()),
        TrackOrderField.EXCLUSIVE_PRICE: _public_price(nothing=-1 if descending else _LARGEST),
    }
    return values[by]


def _public_price(*, nothing: int) -> ColumnElement[Any]:
    """The price that everybody may see; private offers sort like none."""
    public = col(Track.exclusive_availability) != ExclusiveAvailability.PRIVATE
    return case((public, col(Track.exclusive_price_minor)), else_=literal(nothing, BigInteger))


def matching(statement: AnySelect, chosen: TrackFilter) -> AnySelect:
    """The statement about tracks, cut to the filter."""
    if chosen.search is None:
        return statement.where(*conditions(chosen))
    found = select(hits(chosen.search, chosen.statuses).c.number)
    return statement.where(col(Track.number).in_(found), _in_status(chosen), *conditions(chosen))


def among(chosen: TrackFilter, *columns: ColumnElement[Any]) -> AnySelect:
    """Computed columns over all tracks of the filter; a search is read first, and its hits looked up."""
    if chosen.search is None:
        return select(*columns).select_from(Track).where(*conditions(chosen))
    found = hits(chosen.search, chosen.statuses)
    if chosen.by_search_alone:
        return select(*columns).select_from(found)
    looked_up = select(*columns).join_from(found, Track, col(Track.number) == found.c.number)
    return looked_up.where(*conditions(chosen))


def conditions(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    """Of the filter, all but its search, whose hits have the status already.

    Asked for it again, SQLite would read all tracks of the status and look each up among the hits.
    """
    status = [] if chosen.search else [_in_status(chosen)]
    return [*status, *_whose(chosen), *_facts(chosen), *_offers(chosen), *_words(chosen)]


def _in_status(chosen: TrackFilter) -> ColumnElement[bool]:
    """Of a collection by exclusion, which no index answers: SQLite would read all of the status, rather than sort few."""
    if chosen.inside is not None or chosen.collection_ids is not None:
        return col(Track.status).not_in(set(TrackStatus) - set(chosen.statuses))
    return col(Track.status).in_(chosen.statuses)


def _whose(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.own_of is not None:
        conditions.append(col(Track.producer_id) == chosen.own_of)
    if chosen.inside is not None:
        conditions.append(col(Track.collection_id) == chosen.inside)
    if chosen.credited is not None:
        conditions.append(_credits(chosen.credited))
    return [
        *conditions,
        *one_of(col(Track.id), chosen.ids),
        *one_of(col(Track.producer_id), chosen.producer_ids),
        *one_of(col(Track.collection_id), chosen.collection_ids),
    ]


def _facts(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    return [
        *_tempo(chosen),
        *_keys(chosen.keys),
        *one_of(col(Track.pitch_class), chosen.pitch_classes),
        *one_of(col(Track.scale), chosen.scales),
        *within(col(Track.duration_ms), chosen.duration_ms),
        *one_of(col(Track.duration_ms), chosen.duration_any_of),
        *within(col(Track.published_at), chosen.published_at),
    ]


def _tempo(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    as_felt = _read_as(chosen, col(Track.bpm), 1)
    if not as_felt or not chosen.bpm_half_or_double:
        return as_felt
    doubled = and_(*_read_as(chosen, col(Track.bpm) * 2, 1))
    return [or_(and_(*as_felt), doubled, and_(*_read_as(chosen, col(Track.bpm), 2)))]


def _read_as(chosen: TrackFilter, bpm: Any, times: int) -> list[ColumnElement[bool]]:
    """The tempo against so many times what is asked for."""
    asked = chosen.bpm or Bounds()
    least, most = (_times(one, times) for one in (asked.least, asked.most))
    any_of = None if chosen.bpm_any_of is None else {_times(one, times) for one in chosen.bpm_any_of}
    return [*within(bpm, Bounds(least, most)), *one_of(bpm, any_of)]


def _times(bpm: int | None, times: int) -> int | None:
    """Kept below what a column holds."""
    return None if bpm is None else max(-_BEYOND_ANY_TEMPO, min(bpm, _BEYOND_ANY_TEMPO)) * times


def _keys(keys: Collection[tuple[int, Scale]] | None) -> list[ColumnElement[bool]]:
    if keys is None:
        return []
    scales = {scale for _, scale in keys}
    return [
        or_(*(_pitches_of(scale, {pitch for pitch, one in keys if one is scale}) for scale in sorted(scales)))
    ]


def _pitches_of(scale: Scale, pitches: Collection[int]) -> ColumnElement[bool]:
    return and_(col(Track.scale) == scale, col(Track.pitch_class).in_(pitches))


def _offers(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    models = one_of(col(Track.licensing_model), chosen.licensing_models)
    if chosen.price is None:
        return models
    return [
        *models,
        col(Track.exclusive_availability) == ExclusiveAvailability.AVAILABLE,
        col(Track.exclusive_currency) == chosen.price_currency,
        *within(col(Track.exclusive_price_minor), chosen.price),
    ]


def _words(chosen: TrackFilter) -> list[ColumnElement[bool]]:
    titles = fits_text(col(Track.title_key), chosen.title) if chosen.title else []
    return [*titles, *(_labelled(kind, choice, chosen.statuses) for kind, choice in chosen.labels)]


def _labelled(kind: LabelKind, choice: TextChoice, statuses: Collection[TrackStatus]) -> ColumnElement[bool]:
    """By the label's own copy of the status too, which stands before the word in its index."""
    of_kind = col(TrackLabel.kind) == kind, col(TrackLabel.status).in_(statuses)
    named = select(col(TrackLabel.number)).where(*of_kind, *fits_text(col(TrackLabel.folded), choice))
    return col(Track.number).in_(named)


def fits_text(column: Any, choice: TextChoice) -> list[ColumnElement[bool]]:
    """That a folded text is one of these, and has that in it."""
    containing = [] if choice.containing is None else [column.contains(choice.containing, autoescape=True)]
    return [*one_of(column, choice.any_of), *containing]


def _credits(producer: ProducerId) -> ColumnElement[bool]:
    credited = select(col(TrackCredit.track_id)).where(col(TrackCredit.producer_id) == producer, CREDITED)
    return col(Track.id).in_(credited) & (col(Track.producer_id) != producer)


async def change_track(session: AsyncSession, track: TrackId, columns: Mapping[str, Any]) -> None:
    await session.execute(update(Track).where(col(Track.id) == track).values(**columns))


async def complete_for_the_first_time(session: AsyncSession, track: TrackId) -> bool:
    """Note that a track's metadata is complete; false: it was before."""
    first = col(Track.id) == track, col(Track.metadata_completed_at).is_(None)
    noted = update(Track).where(*first).values(metadata_completed_at=now())
    return (await session.execute(noted.returning(col(Track.id)))).one_or_none() is not None
