"""What tracks are matched by: written from a track and its analysis, read to be held against requests (D-63)."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import String, and_, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import Checked, among, inserting
from db.ids import AccountId, ProducerId, TrackId, UploadId
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.producers import Producer
from db.models.requests import TrackTraits
from db.models.tracks import Track, TrackLabel
from db.queries.producers import HAS_BADGE
from db.queries.rows import AnySelect, read, read_one, select_row
from db.seeking import TRAITS_VERSION
from db.vocabulary import CurrencyCode, ExclusiveAvailability, JobKind, LabelKind, Scale, TrackStatus


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


class HeldAgainstRow(NamedTuple):
    """What of a track is held against requests, beside its labels."""

    id: TrackId
    number: int
    producer_id: ProducerId
    account_id: AccountId
    genres: int
    moods: int
    bpm: int
    pitch_class: int
    scale: Scale
    exclusive_price_minor: int | None
    exclusive_currency: CurrencyCode | None
    sound: bytes | None


class LabelRow(NamedTuple):
    """A folded genre, tag or mood of a track."""

    number: int
    kind: LabelKind
    folded: str


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
_HELD_AGAINST = (
    select_row(HeldAgainstRow, TrackTraits, id=col(Track.id), account_id=col(Producer.account_id))
    .join(Track, col(Track.number) == col(TrackTraits.number))
    .join(Producer, col(Producer.id) == col(TrackTraits.producer_id))
)
_MATCHABLE = _HELD_AGAINST.where(Checked(col(TrackTraits.status)) == TrackStatus.PUBLISHED, HAS_BADGE)


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


async def matchable(
    session: AsyncSession, numbers: Collection[int], *, held: bool = False
) -> list[HeldAgainstRow]:
    """Those of the tracks that are published, by verified producers.

    Args:
        held: Nobody writes their traits anew until the transaction ends, nor were they between this look and the hold: a
            row that was is looked at again. In the order of ids, as by everybody who holds some.
    """
    chosen = _MATCHABLE.where(among(session, col(TrackTraits.number), numbers))
    if held:
        both: Any = (Track, TrackTraits)
        chosen = chosen.order_by(col(Track.id)).with_for_update(read=True, key_share=True, of=both)
    return await read(session, HeldAgainstRow, chosen)


async def every_matchable(session: AsyncSession) -> list[HeldAgainstRow]:
    """All of the catalogue: what narrowing is measured by."""
    return await read(session, HeldAgainstRow, _MATCHABLE)


async def held_against(session: AsyncSession, tracks: Collection[TrackId]) -> list[HeldAgainstRow]:
    """The tracks, in whatever state."""
    return await read(session, HeldAgainstRow, _HELD_AGAINST.where(col(Track.id).in_(tracks)))


async def labels_of(
    session: AsyncSession, numbers: Collection[int] | None = None, *, among: Collection[str] | None = None
) -> dict[int, list[LabelRow]]:
    """Genres, tags and moods.

    Args:
        numbers: Of these tracks; null: of all.
        among: Only these words; null: all of them.
    """
    found: dict[int, list[LabelRow]] = defaultdict(list)
    if among is not None and not among:
        return found
    tracks = [] if numbers is None else [col(TrackLabel.number).in_(numbers)]
    words = [] if among is None else [col(TrackLabel.folded).in_(sorted(among))]
    for row in await read(session, LabelRow, select_row(LabelRow, TrackLabel).where(*tracks, *words)):
        found[row.number].append(row)
    return found


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
