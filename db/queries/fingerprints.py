"""Reading fingerprints, their index, and what was found alike."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import FingerprintId, TrackId
from db.models.fingerprints import Fingerprint, FingerprintIndex, Posting, Similarity
from db.models.producers import Producer
from db.models.tracks import Track
from db.queries.rows import read, read_count, select_row
from db.vocabulary import FingerprintStatus, MatchClass, MatchRelation


class FingerprintRow(NamedTuple):
    id: FingerprintId
    track_id: TrackId
    status: FingerprintStatus
    sha256: str
    checked_at: datetime | None


class IndexedRecording(NamedTuple):
    """A recording in the index, with what is needed to compare it and to name it afterwards."""

    sequence: int
    track_id: TrackId
    sha256: str
    words: bytes
    duration_ms: int
    title: str
    artists: list[str]
    producer_name: str
    fingerprinted_at: datetime


class PostingRow(NamedTuple):
    key: int
    sequence: int
    position: int


class SimilarityRow(NamedTuple):
    track_id: TrackId
    reference_track_id: TrackId
    reference_title: str
    reference_artists: list[str]
    reference_producer_name: str
    reference_fingerprinted_at: datetime
    blocks: bool
    match_class: MatchClass
    relation: MatchRelation
    similarity: float
    segments: list[dict[str, Any]]


_RECORDINGS = (
    select_row(
        IndexedRecording,
        Fingerprint,
        title=col(Track.title),
        artists=col(Track.artists),
        producer_name=col(Producer.name),
    )
    .join(Track, col(Track.id) == col(Fingerprint.track_id))
    .join(Producer, col(Producer.id) == col(Track.producer_id))
    .where(col(Fingerprint.sequence).is_not(None))
)
_KEYS_PER_STATEMENT = 500


async def fingerprints_of(session: AsyncSession, tracks: Collection[TrackId]) -> list[FingerprintRow]:
    statement = select_row(FingerprintRow, Fingerprint).where(col(Fingerprint.track_id).in_(tracks))
    return await read(session, FingerprintRow, statement)


async def set_status(
    session: AsyncSession, track: TrackId, status: FingerprintStatus, **more: object
) -> None:
    changed = update(Fingerprint).where(col(Fingerprint.track_id) == track)
    await session.execute(changed.values(status=status, **more))


async def index_sequence(session: AsyncSession) -> int:
    """The number of the last recording in the index."""
    return await read_count(session, select(col(FingerprintIndex.sequence)))


async def lock_index(session: AsyncSession) -> int:
    """As `index_sequence`, and nobody else records a verdict until this transaction ends."""
    return await read_count(session, select(col(FingerprintIndex.sequence)).with_for_update())


async def take_into_index(
    session: AsyncSession, track: TrackId, sequence: int, postings: Sequence[tuple[int, int]]
) -> None:
    """Give the recording its number and make its terms findable; needs the lock.

    Args:
        sequence: One more than the index's.
        postings: Pairs of key and position, each once.
    """
    await session.execute(update(FingerprintIndex).values(sequence=sequence))
    await session.execute(
        update(Fingerprint).where(col(Fingerprint.track_id) == track).values(sequence=sequence)
    )
    rows = [{"key": key, "sequence": sequence, "position": position} for key, position in postings]
    if rows:
        await session.execute(insert(Posting), rows)


async def drop_from_index(session: AsyncSession, track: TrackId) -> None:
    """Forget how a track sounds (D-37)."""
    of_track = select(col(Fingerprint.sequence)).where(col(Fingerprint.track_id) == track)
    await session.execute(delete(Posting).where(col(Posting.sequence).in_(of_track)))
    await session.execute(delete(Fingerprint).where(col(Fingerprint.track_id) == track))


async def postings_with(session: AsyncSession, keys: Sequence[int], *, most_per_key: int) -> list[PostingRow]:
    """Every posting of these keys; a key that stands in more places than `most_per_key` says nothing and is left out."""
    found: list[PostingRow] = []
    for start in range(0, len(keys), _KEYS_PER_STATEMENT):
        part = keys[start : start + _KEYS_PER_STATEMENT]
        telling = (
            select(col(Posting.key))
            .where(col(Posting.key).in_(part))
            .group_by(col(Posting.key))
            .having(func.count() <= most_per_key)
        )
        found += await read(
            session, PostingRow, select_row(PostingRow, Posting).where(col(Posting.key).in_(telling))
        )
    return found


async def recordings(session: AsyncSession, sequences: Collection[int]) -> list[IndexedRecording]:
    return await read(session, IndexedRecording, _RECORDINGS.where(col(Fingerprint.sequence).in_(sequences)))


async def recordings_after(session: AsyncSession, sequence: int) -> list[IndexedRecording]:
    """Recordings taken in since, oldest first."""
    newer = _RECORDINGS.where(col(Fingerprint.sequence) > sequence)
    return await read(session, IndexedRecording, newer.order_by(col(Fingerprint.sequence)))


async def recordings_with_sha256(session: AsyncSession, sha256: str) -> list[IndexedRecording]:
    """Recordings of the very same file, oldest first."""
    same = _RECORDINGS.where(col(Fingerprint.sha256) == sha256)
    return await read(session, IndexedRecording, same.order_by(col(Fingerprint.sequence)))


async def blocking_similarities(session: AsyncSession, tracks: Collection[TrackId]) -> list[SimilarityRow]:
    """Why these tracks are duplicates, most similar first."""
    statement = select_row(SimilarityRow, Similarity).where(col(Similarity.track_id).in_(tracks))
    blocking = statement.where(col(Similarity.blocks)).order_by(
        col(Similarity.similarity).desc(), col(Similarity.id)
    )
    return await read(session, SimilarityRow, blocking)
