"""What tracks are matched by: written from a track and its analysis, read to be held against requests (D-63)."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import String, and_, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, ProducerId, TrackId, UploadId
from db.inserting import inserting
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.producers import Producer
from db.models.requests import TrackTraits
from db.models.tracks import Track
from db.queries.producers import HAS_BADGE
from db.queries.rows import AnySelect, read, read_one, select_row
from db.seeking import TRAITS_VERSION
from db.vocabulary import CurrencyCode, ExclusiveAvailability, JobKind, Scale, TrackStatus


class DeclaredRow(NamedTuple):
    """A track's own facts beside what was measured in its file."""

    id: TrackId
    number: int
    status: TrackStatus
    producer_id: ProducerId
    upload_id: UploadId
    genres: list[str]
    moods: list[str]
    tags: list[str]
    bpm: int
    pitch_class: int
    scale: Scale
    exclusive_availability: ExclusiveAvailability | None
    exclusive_price_minor: int | None
    exclusive_currency: CurrencyCode | None
    heard_bpm: float | None
    heard_pitch_class: int | None
    heard_scale: Scale | None
    bpm_confidence: float | None
    key_confidence: float | None
    sound: bytes | None


class TraitsRow(NamedTuple):
    number: int
    status: TrackStatus
    producer_id: ProducerId
    bpm: int
    pitch_class: int
    scale: Scale
    genres: int
    moods: int
    exclusive_price_minor: int | None
    exclusive_currency: CurrencyCode | None
    sound: bytes | None
    sound_0: int | None
    sound_1: int | None
    sound_2: int | None
    sound_3: int | None
    version: int


class MatchableRow(NamedTuple):
    """A published track of a verified producer."""

    id: TrackId
    number: int
    producer_id: ProducerId
    account_id: AccountId
    genres: list[str]
    moods: list[str]
    tags: list[str]
    bpm: int
    pitch_class: int
    scale: Scale
    exclusive_price_minor: int | None
    exclusive_currency: CurrencyCode | None
    sound: bytes | None


_HEARD = {
    "heard_bpm": col(AudioAnalysis.bpm),
    "heard_pitch_class": col(AudioAnalysis.pitch_class),
    "heard_scale": col(AudioAnalysis.scale),
    "bpm_confidence": col(AudioAnalysis.bpm_confidence),
    "key_confidence": col(AudioAnalysis.key_confidence),
    "sound": col(AudioAnalysis.sound),
}
_DECLARED = select_row(DeclaredRow, Track, **_HEARD).join(
    AudioAnalysis, col(AudioAnalysis.upload_id) == col(Track.upload_id), isouter=True
)
_TRAITS = {
    name: getattr(TrackTraits, name)
    for name in ("bpm", "pitch_class", "scale", "exclusive_price_minor", "exclusive_currency", "sound")
}
_MATCHABLE = (
    select_row(MatchableRow, Track, account_id=col(Producer.account_id), **_TRAITS)
    .join(TrackTraits, col(TrackTraits.number) == col(Track.number))
    .join(Producer, col(Producer.id) == col(Track.producer_id))
    .where(col(TrackTraits.status) == TrackStatus.PUBLISHED)
    .where(HAS_BADGE)
)


async def declared(session: AsyncSession, track: TrackId) -> DeclaredRow | None:
    """One track, in whatever state; whoever writes its traits has locked it."""
    return await read_one(session, DeclaredRow, _DECLARED.where(col(Track.id) == track))


async def traits_of(session: AsyncSession, number: int) -> TraitsRow | None:
    chosen = select_row(TraitsRow, TrackTraits).where(col(TrackTraits.number) == number)
    return await read_one(session, TraitsRow, chosen)


async def write(session: AsyncSession, row: TraitsRow) -> None:
    """Write a track's traits anew."""
    values: dict[str, Any] = row._asdict()
    new = inserting(session, TrackTraits).values(values)
    await session.execute(new.on_conflict_do_update(index_elements=["number"], set_=values))


async def forget(session: AsyncSession, number: int) -> None:
    """Remove the traits of a track that is gone."""
    await session.execute(delete(TrackTraits).where(col(TrackTraits.number) == number))


async def matchable(session: AsyncSession, numbers: Collection[int]) -> list[MatchableRow]:
    """Those of the tracks that are published, by verified producers."""
    return await read(session, MatchableRow, _MATCHABLE.where(col(Track.number).in_(numbers)))


async def every_matchable(session: AsyncSession) -> list[MatchableRow]:
    """All of the catalogue: what narrowing is measured by."""
    return await read(session, MatchableRow, _MATCHABLE)


async def ids_of(session: AsyncSession, numbers: Collection[int]) -> list[TrackId]:
    return list(await session.scalars(select(col(Track.id)).where(col(Track.number).in_(numbers))))


async def published_of(session: AsyncSession, account: AccountId) -> list[TrackId]:
    """Published tracks of a producer."""
    own = select(col(Track.id)).join(Producer, col(Producer.id) == col(Track.producer_id))
    chosen = own.where(col(Producer.account_id) == account, col(Track.status) == TrackStatus.PUBLISHED)
    return list(await session.scalars(chosen))


async def unmatched(session: AsyncSession, *, limit: int) -> list[TrackId]:
    """Published tracks whose traits are missing or of an older version and which no job is about, the newest first."""
    return list(await session.scalars(without_traits(limit)))


def without_traits(limit: int) -> AnySelect:
    """The statement behind `unmatched`."""
    current = and_(col(TrackTraits.number) == col(Track.number), col(TrackTraits.version) == TRAITS_VERSION)
    job_key = literal(f"{JobKind.MATCH_TRACK}:", String()) + col(Track.id) + f":v{TRAITS_VERSION}"
    missing: AnySelect = select(col(Track.id)).where(
        col(Track.status) == TrackStatus.PUBLISHED,
        ~exists().where(current),
        ~exists().where(col(Job.key) == job_key),
    )
    return missing.order_by(col(Track.number).desc()).limit(limit)
