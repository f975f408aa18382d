"""Reading fingerprints, their index, and what was found alike."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import FingerprintId, TrackId
from db.models.fingerprints import UNPOSTED, Fingerprint, FingerprintIndex, Posting
from db.models.producers import Producer
from db.models.tracks import Track
from db.queries.rows import read, read_count, read_one, select_row
from db.vocabulary import FingerprintStatus


class FingerprintRow(NamedTuple):
    id: FingerprintId
    track_id: TrackId
    status: FingerprintStatus
    sha256: str
    fingerprinted_at: datetime | None
    checked_at: datetime | None


class IndexedRecording(NamedTuple):
    """A recording in the index, with what is needed to compare it and to name it afterwards."""

    number: int
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
    number: int
    position: int


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


def same_sound(own: Any, theirs: Any) -> ColumnElement[bool]:
    """The same file, or the same words of one engine; what is too short to be heard has none, and is like nothing."""
    heard = func.length(own.words) > 0
    return or_(own.sha256 == theirs.sha256, and_(own.model == theirs.model, heard, own.words == theirs.words))


async def set_status(session: AsyncSession, track: TrackId, status: FingerprintStatus) -> None:
    changed = update(Fingerprint).where(col(Fingerprint.track_id) == track)
    await session.execute(changed.values(status=status))


async def begin_weighing(session: AsyncSession, track: TrackId) -> None:
    """Say that near matches are looked at; a check that another worker has ended since stays as it ended."""
    checking = col(Fingerprint.track_id) == track, col(Fingerprint.status) == FingerprintStatus.CHECKING
    await session.execute(update(Fingerprint).where(*checking).values(status=FingerprintStatus.ANALYZING))


async def record_words(
    session: AsyncSession, track: TrackId, *, model: str, words: bytes, duration_ms: int
) -> int | None:
    """Keep how a track sounds; answers its number in the index, the same each time, or null once it is deleted."""
    of_track = col(Fingerprint.track_id) == track
    row = (
        await session.execute(select(col(Fingerprint.number)).where(of_track).with_for_update())
    ).one_or_none()
    if row is None:
        return None
    number = await next_number(session) if row[0] is None else row[0]
    heard = {"number": number, "model": model, "words": words, "duration_ms": duration_ms}
    await session.execute(update(Fingerprint).where(of_track).values(fingerprinted_at=now(), **heard))
    return number


async def next_number(session: AsyncSession) -> int:
    """A number that no other recording has."""
    counted = update(FingerprintIndex).values(numbered=col(FingerprintIndex.numbered) + 1)
    return await read_count(session, counted.returning(col(FingerprintIndex.numbered)))


async def index_sequence(session: AsyncSession) -> int:
    """How many recordings were taken into the index so far."""
    return await read_count(session, select(col(FingerprintIndex.sequence)))


async def lock_index(session: AsyncSession) -> int:
    """As `index_sequence`, and nobody else records a verdict until this transaction ends."""
    return await read_count(session, select(col(FingerprintIndex.sequence)).with_for_update())


async def add_postings(session: AsyncSession, number: int, postings: Sequence[tuple[int, int]]) -> None:
    """Write terms of a recording; those that are there already stay.

    Args:
        postings: Pairs of key and position.
    """
    rows = [{"key": key, "number": number, "position": position} for key, position in postings]
    await session.execute(inserting(session, Posting).on_conflict_do_nothing(), rows)


async def judge(
    session: AsyncSession,
    track: TrackId,
    status: FingerprintStatus,
    *,
    sequence: int | None,
    posted: bool = True,
) -> None:
    """Record the verdict; with a sequence, the recording is in the index from then on. Needs the lock.

    Args:
        posted: Its terms are written; else every newcomer is compared with it until they are.
    """
    changed = update(Fingerprint).where(col(Fingerprint.track_id) == track)
    verdict = {"status": status, "sequence": sequence, "posted": sequence is not None and posted}
    await session.execute(changed.values(checked_at=now(), scanned_at=now(), **verdict))
    if sequence is not None:
        await session.execute(update(FingerprintIndex).values(sequence=sequence))


async def drop_postings(session: AsyncSession, number: int) -> None:
    """Take a recording's terms out of the index."""
    await session.execute(delete(Posting).where(col(Posting.number) == number))


async def drop_postings_of(session: AsyncSession, track: TrackId) -> None:
    """Take the terms of a track's recording out of the index."""
    number = select(col(Fingerprint.number)).where(col(Fingerprint.track_id) == track).scalar_subquery()
    await session.execute(delete(Posting).where(col(Posting.number) == number))


async def forget(session: AsyncSession, track: TrackId) -> None:
    """Forget how a track sounds (D-37)."""
    await drop_postings_of(session, track)
    await session.execute(delete(Fingerprint).where(col(Fingerprint.track_id) == track))


async def postings_with(
    session: AsyncSession, keys: Sequence[int], *, model: str, most_per_key: int, most: int
) -> list[PostingRow]:
    """Postings of these keys, of recordings that are in the index as this model heard them.

    Args:
        most_per_key: A key that stands in more places tells nothing, and is left out.
        most: Of all together; the rarest keys, which tell the most, come first.
    """
    found: list[PostingRow] = []
    for part in _parts(await _telling(session, keys, most_per_key, most)):
        postings = select_row(PostingRow, Posting).where(col(Posting.key).in_(part))
        found += await read(session, PostingRow, postings.where(_is_indexed(model)))
    return found


async def _telling(session: AsyncSession, keys: Sequence[int], most_per_key: int, most: int) -> list[int]:
    """The keys worth reading, rarest first."""
    counts: list[tuple[int, int]] = []
    for part in _parts(keys):
        counted = (
            select(func.count(), col(Posting.key))
            .where(col(Posting.key).in_(part))
            .group_by(col(Posting.key))
        )
        counts += [(count, key) for count, key in await session.execute(counted) if count <= most_per_key]
    totals = accumulate(count for count, _ in sorted(counts))
    return [key for (_, key), total in zip(sorted(counts), totals, strict=True) if total <= most]


def _is_indexed(model: str) -> ColumnElement[bool]:
    here = (col(Fingerprint.number) == col(Posting.number), col(Fingerprint.model) == model)
    return exists().where(*here, col(Fingerprint.sequence).is_not(None))


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _KEYS_PER_STATEMENT] for start in range(0, len(keys), _KEYS_PER_STATEMENT))


async def still_there(session: AsyncSession, numbers: Collection[int]) -> frozenset[int]:
    """Those of the recordings that nobody has deleted."""
    known = select(col(Fingerprint.number)).where(col(Fingerprint.number).in_(numbers))
    return frozenset(number for number in await session.scalars(known) if number is not None)


async def recordings(
    session: AsyncSession, numbers: Collection[int], *, model: str
) -> list[IndexedRecording]:
    """Those of the recordings that are in the index, as this model heard them."""
    chosen = _RECORDINGS.where(col(Fingerprint.number).in_(numbers), col(Fingerprint.model) == model)
    return await read(session, IndexedRecording, chosen)


async def recordings_after(session: AsyncSession, sequence: int, *, model: str) -> list[IndexedRecording]:
    """Recordings taken in since, oldest first."""
    newer = _RECORDINGS.where(col(Fingerprint.sequence) > sequence, col(Fingerprint.model) == model)
    return await read(session, IndexedRecording, newer.order_by(col(Fingerprint.sequence)))


async def unposted_recording(session: AsyncSession, track: TrackId) -> IndexedRecording | None:
    """A track's recording, if it is in the index and its terms are still to be written."""
    return await read_one(
        session, IndexedRecording, _RECORDINGS.where(UNPOSTED, col(Fingerprint.track_id) == track)
    )


async def mark_posted(session: AsyncSession, track: TrackId) -> None:
    """The terms of a track's recording are written."""
    await session.execute(update(Fingerprint).where(col(Fingerprint.track_id) == track).values(posted=True))


async def unposted_recordings(session: AsyncSession, *, model: str) -> list[IndexedRecording]:
    """Recordings in the index whose terms are still being written: a handful at most."""
    return await read(session, IndexedRecording, _RECORDINGS.where(UNPOSTED, col(Fingerprint.model) == model))


async def count_indexed(session: AsyncSession, *, model: str, but: TrackId | None) -> int:
    """How many recordings are in the index as this model heard them.

    Args:
        but: Not counting this track's.
    """
    indexed = [col(Fingerprint.sequence).is_not(None), col(Fingerprint.model) == model]
    indexed += [col(Fingerprint.track_id) != but] if but else []
    return await read_count(session, select(func.count()).select_from(Fingerprint).where(*indexed))


async def note_scan(session: AsyncSession, track: TrackId) -> None:
    """Say that a track was compared with the whole catalogue just now."""
    await session.execute(
        update(Fingerprint).where(col(Fingerprint.track_id) == track).values(scanned_at=now())
    )


async def recordings_with_sha256(session: AsyncSession, sha256: str) -> list[IndexedRecording]:
    """Recordings of the very same file, oldest first."""
    same = _RECORDINGS.where(col(Fingerprint.sha256) == sha256)
    return await read(session, IndexedRecording, same.order_by(col(Fingerprint.sequence)))
