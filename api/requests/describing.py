"""Writing down what a track is matched by, and reading it back (D-63)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.contradictions import Facts
from api.requests.fit import fit
from api.requests.meaning import genre_named, moods_named
from api.requests.traits import Heard, Traits, heard
from api.requests.wanted import Tempo, Wanted, seek
from db.ids import AccountId, ProducerId, TrackId, UploadId
from db.queries import tracks
from db.queries import traits as queries
from db.queries.answers import AskedRow
from db.queries.traits import DeclaredRow, HeldAgainstRow, LabelRow, TraitsRow
from db.seeking import TRAITS_VERSION, Price, genre_bits, genres_in, mood_bits, moods_in
from db.sound import parse
from db.vocabulary import CurrencyCode, ExclusiveAvailability, LabelKind, TrackStatus, WantedLicence


@dataclass(frozen=True)
class Described:
    """A track whose traits were written.

    Attributes:
        sounds_otherwise: Than when they were written before.
    """

    id: TrackId
    number: int
    producer_id: ProducerId
    upload_id: UploadId
    sounds_otherwise: bool


async def write_traits(session: AsyncSession, track: TrackId) -> Described | None:
    """Write the traits of a track anew from the rows as they are now, under its lock; of a removed one, none."""
    await tracks.track_for_change(session, track)
    row = await queries.declared(session, track)
    if row is None:
        return None
    before = await queries.traits_of(session, row.number)
    if row.status is TrackStatus.REMOVED:
        await queries.forget(session, row.number)
    else:
        await queries.write(session, _traits_row(row))
    sounds_otherwise = before is not None and before.sound != row.sound
    return Described(row.id, row.number, row.producer_id, row.upload_id, sounds_otherwise)


def wanted_of(row: AskedRow) -> Wanted:
    """What a request gives to be matched by."""
    return Wanted(
        genre=row.genre,
        tempo=Tempo(row.bpm_min, row.bpm_max) if row.bpm_min and row.bpm_max else None,
        key=None if row.pitch_class is None or row.scale is None else (row.pitch_class, row.scale),
        moods=tuple(row.moods),
        tags=tuple(row.tags),
        sound=row.sound,
        exclusive=row.wanted_licence is WantedLicence.EXCLUSIVE,
        budget=_price(row.budget_minor, row.budget_currency),
    )


def traits_of(row: HeldAgainstRow, labels: Collection[LabelRow]) -> Traits:
    """What a track is matched by, with those of its labels that matter."""
    unknown = {one.folded for one in labels if one.kind is LabelKind.GENRE}
    return Traits(
        genres=genres_in(row.genres) | unknown,
        moods=moods_in(row.moods),
        labels=frozenset(one.folded for one in labels),
        bpm=row.bpm,
        key=(row.pitch_class, row.scale),
        sound=row.sound,
        exclusive=_price(row.exclusive_price_minor, row.exclusive_currency),
    )


@dataclass(frozen=True)
class HeardTrack:
    """A published track of a verified producer, as requests are held against it."""

    account_id: AccountId
    traits: Traits

    def score_for(self, request: AskedRow) -> float | None:
        """How well it answers a request; null if it does not, or who asks made it."""
        return None if request.account_id == self.account_id else fit(seek(wanted_of(request)), self.traits)


async def heard_track(session: AsyncSession, number: int) -> HeardTrack | None:
    """Null: it answers nothing, for it is not published, or its producer has no badge."""
    rows = await queries.matchable(session, [number])
    labels = await queries.labels_of(session, [number])
    return next((HeardTrack(row.account_id, traits_of(row, labels[number])) for row in rows), None)


def _price(minor: int | None, currency: CurrencyCode | None) -> Price | None:
    return None if minor is None or currency is None else Price(minor, currency)


def _traits_row(row: DeclaredRow) -> TraitsRow:
    facts = heard(Facts(bpm=row.bpm, pitch_class=row.pitch_class, scale=row.scale), _measured(row))
    on_sale = row.exclusive_availability is ExclusiveAvailability.AVAILABLE
    components = parse(row.sound)[:4] if row.sound else (None,) * 4
    return TraitsRow(
        number=row.number,
        status=row.status,
        producer_id=row.producer_id,
        bpm=round(facts.bpm),
        pitch_class=facts.pitch_class,
        scale=facts.scale,
        genres=genre_bits(map(genre_named, row.genres)),
        moods=mood_bits(moods_named([*row.moods, *row.tags])),
        exclusive_price_minor=row.exclusive_price_minor if on_sale else None,
        exclusive_currency=row.exclusive_currency if on_sale else None,
        sound=row.sound,
        sound_0=components[0],
        sound_1=components[1],
        sound_2=components[2],
        sound_3=components[3],
        version=TRAITS_VERSION,
    )


def _measured(row: DeclaredRow) -> Heard | None:
    if row.heard_bpm is None or row.heard_pitch_class is None or row.heard_scale is None:
        return None
    facts = Facts(bpm=row.heard_bpm, pitch_class=row.heard_pitch_class, scale=row.heard_scale)
    return Heard(facts, row.bpm_confidence or 0.0, row.key_confidence or 0.0)
