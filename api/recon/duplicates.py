"""The duplicate check of a new track (D-30, D-31): listen, compare, judge.

Listening and comparing happen outside of any transaction. A verdict is recorded under one lock, and only if nothing
was taken into the index since the comparison began; else the newcomers are compared first. So of two near-identical
uploads that race, exactly one wins.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.upload import tell_of_track
from api.recon.rules import Match, SameFile, blocks
from api.uploads.rules import stored_key
from db import jobs
from db.clock import now
from db.ids import ProducerId, TrackId
from db.queries import fingerprints as queries
from db.queries import tracks as track_queries
from db.queries.fingerprints import IndexedRecording, PostingRow
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import FingerprintStatus, JobKind, TrackStatus, UploadPurpose

_POSTINGS_PER_TRANSACTION: Final = 2000
"""Some 20 ms of writing, so that other writers need not wait longer."""
_MOST_PER_KEY: Final = 1000
"""A term that a thousand recordings share is a drum pattern, not a trace."""
_MOST_POSTINGS: Final = 200_000
"""Of one question: what an excerpt of the catalogue meets by chance at 100,000 tracks, and half a second to count."""
_MOST_CANDIDATES: Final = 50
"""True matches have tens of votes and stand first; chance has a handful."""
_DIGITS: Final = 4
"""Of shares: more would claim more than was measured."""
_UNSETTLED: Final = frozenset({TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED})


@dataclass(frozen=True)
class Heard:
    """One recording as an engine heard it.

    Attributes:
        model: Which engine; another one's words are not comparable.
        words: To store and to compare.
        postings: Pairs of key and position, to be found by.
        asked: Keys to look up in the index.
        queries: What else the engine needs to compare it; for the engine alone.
    """

    model: str
    words: bytes
    duration_ms: int
    postings: Sequence[tuple[int, int]]
    asked: Sequence[int]
    queries: object


@dataclass(frozen=True)
class Candidate:
    """A recording that may be alike, and where to look."""

    number: int
    offsets: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A recording that is alike, and how."""

    recording: IndexedRecording
    match: Match


@dataclass(frozen=True)
class Newcomer:
    """A track under check.

    Attributes:
        number: Names its recording in the index.
    """

    row: TrackRow
    heard: Heard
    number: int


class OriginalIsGone(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """What would have blocked a track was deleted while its verdict was on the way: it is checked anew."""


class Engine(Protocol):
    """An audio engine; it knows no database."""

    async def listen(self, path: Path) -> Heard: ...
    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]: ...
    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]: ...


class MasterStorage(Protocol):
    def local_copy(self, key: str) -> AbstractAsyncContextManager[Path]: ...


Settle = Callable[[AsyncSession], Awaitable[None]]


async def check_track(
    sessions: Sessions, storage: MasterStorage, engine: Engine, track: TrackId, *, settle: Settle
) -> None:
    """Fingerprint a track's audio, compare it with the catalogue, and publish or block it.

    Args:
        settle: Ends the job, in the transaction that records the verdict.
    """
    row = await _begin(sessions, track, settle)
    if row is None:
        return
    async with storage.local_copy(stored_key(UploadPurpose.TRACK_AUDIO, row.upload_id)) as path:
        heard = await engine.listen(path)
    number = await _remember(sessions, track, heard, settle)
    if number is None:
        return
    newcomer = Newcomer(row, heard, number)
    sequence, found = await _compare_with_all(sessions, engine, newcomer)
    if not _any_blocks(found):
        await _write_postings(sessions, newcomer.number, heard.postings)
    while (newer := await _judge(sessions, newcomer, sequence, found, settle)) is not None:
        sequence = max(recording.sequence for recording in newer)
        found = [*found, *await _compare(engine, newcomer, [(recording, None) for recording in newer])]


async def check_failed(session: AsyncSession, track: TrackId) -> None:
    """Say that a check broke off; it is tried again, and never publishes by itself (D-30)."""
    row = await track_queries.track_for_change(session, track)
    if row is None or row.status not in _UNSETTLED:
        return
    await queries.set_status(session, track, FingerprintStatus.FAILED)
    await track_queries.change_track(session, track, {"status": TrackStatus.CHECK_FAILED})
    tell_of_track(session, track, row.producer_id)


async def _begin(sessions: Sessions, track: TrackId, settle: Settle) -> TrackRow | None:
    """The track, shown as being checked; null if there is nothing left to check."""
    async with sessions.writing() as session:
        row = await track_queries.track_for_change(session, track)
        if row is None or row.status not in _UNSETTLED:
            await settle(session)
            return None
        await queries.set_status(session, track, FingerprintStatus.CHECKING)
        await track_queries.change_track(session, track, {"status": TrackStatus.PROCESSING})
        tell_of_track(session, track, row.producer_id)
        return row


async def _remember(sessions: Sessions, track: TrackId, heard: Heard, settle: Settle) -> int | None:
    """Its number in the index; null if it was deleted while it was listened to."""
    async with sessions.writing() as session:
        number = await queries.record_words(
            session, track, model=heard.model, words=heard.words, duration_ms=heard.duration_ms
        )
        if number is None:
            await settle(session)
        return number


async def _compare_with_all(
    sessions: Sessions, engine: Engine, newcomer: Newcomer
) -> tuple[int, list[Found]]:
    """Everything in the index that is alike, and the sequence up to which that holds.

    What was taken in between two of these reads is left to `_judge`, or it would be found twice.
    """
    heard = newcomer.heard
    async with sessions.reading() as session:
        sequence = await queries.index_sequence(session)
        same_file = await queries.recordings_with_sha256(session, newcomer.row.audio_sha256)
        postings = await queries.postings_with(
            session, heard.asked, model=heard.model, most_per_key=_MOST_PER_KEY, most=_MOST_POSTINGS
        )
    candidates = (await engine.candidates(heard, postings))[:_MOST_CANDIDATES]
    offsets = {candidate.number: candidate.offsets for candidate in candidates}
    async with sessions.reading() as session:
        near = await queries.recordings(session, offsets, model=heard.model)
    known = {one.number: one for one in [*same_file, *near] if one.sequence <= sequence}
    if known:
        await _weigh(sessions, newcomer.row.id, newcomer.row.producer_id)
    others = [(one, offsets.get(number)) for number, one in known.items()]
    return sequence, await _compare(engine, newcomer, others)


async def _weigh(sessions: Sessions, track: TrackId, producer: ProducerId) -> None:
    async with sessions.writing() as session:
        await queries.begin_weighing(session, track)
        tell_of_track(session, track, producer)


async def _compare(
    engine: Engine, newcomer: Newcomer, others: Sequence[tuple[IndexedRecording, tuple[int, ...] | None]]
) -> list[Found]:
    """The very same file is known by its hash, however short it is; the others are compared by ear."""
    row, heard = newcomer.row, newcomer.heard
    same = [Found(one, SameFile.of(row.duration_ms)) for one, _ in others if one.sha256 == row.audio_sha256]
    by_ear = [(one, offsets) for one, offsets in others if one.sha256 != row.audio_sha256]
    if not by_ear:
        return same
    matches = await engine.compare(heard, [(recording.words, offsets) for recording, offsets in by_ear])
    pairs = zip(by_ear, matches, strict=True)
    return same + [Found(recording, match) for (recording, _), match in pairs if match is not None]


async def _write_postings(sessions: Sessions, number: int, postings: Sequence[tuple[int, int]]) -> None:
    for start in range(0, len(postings), _POSTINGS_PER_TRANSACTION):
        async with sessions.writing() as session:
            part = postings[start : start + _POSTINGS_PER_TRANSACTION]
            await queries.add_postings(session, number, part)


async def _judge(
    sessions: Sessions, newcomer: Newcomer, sequence: int, found: Sequence[Found], settle: Settle
) -> list[IndexedRecording] | None:
    """Record the verdict, under the lock; or answer the newcomers that must be compared first."""
    model = newcomer.heard.model
    async with sessions.writing() as session:
        present = await queries.lock_index(session)
        if present != sequence:
            newer = await queries.recordings_after(session, sequence, model=model)
            if newer:
                return newer
        track = await track_queries.track_for_change(session, newcomer.row.id)
        if track is not None and track.status in _UNSETTLED:
            there = await queries.still_there(session, [one.recording.number for one in found])
            standing = [one for one in found if one.recording.number in there]  # the others went (D-37)
            if _any_blocks(found) and not _any_blocks(standing):
                raise OriginalIsGone(track.id)
            await _record(session, track, standing, model, present)
        else:
            await queries.drop_postings(session, newcomer.number)  # it was deleted while it was compared
        await settle(session)
    return None


async def _record(
    session: AsyncSession, track: TrackRow, found: Sequence[Found], model: str, sequence: int
) -> None:
    facts = [_facts(one, model) for one in found]
    await queries.replace_similarities(session, track.id, facts)
    if _any_blocks(found):
        await queries.judge(session, track.id, FingerprintStatus.DUPLICATE, sequence=None)
        await queries.drop_postings_of(session, track.id)
        await track_queries.change_track(session, track.id, {"status": TrackStatus.DUPLICATE})
    else:
        await queries.judge(session, track.id, FingerprintStatus.VERIFIED_UNIQUE, sequence=sequence + 1)
        await _publish(session, track)
    tell_of_track(session, track.id, track.producer_id)


def _any_blocks(found: Sequence[Found]) -> bool:
    return any(blocks(one.match) for one in found)


async def _publish(session: AsyncSession, track: TrackRow) -> None:
    published_at = track.published_at or now()
    columns = {"status": TrackStatus.PUBLISHED, "published_at": published_at}
    await track_queries.change_track(session, track.id, columns)
    await jobs.add(session, JobKind.MAKE_PREVIEW, key=track.id, track=track.id)


def _facts(one: Found, model: str) -> Mapping[str, Any]:
    recording, match = one.recording, one.match
    return {
        "reference_track_id": recording.track_id,
        "reference_title": recording.title,
        "reference_artists": recording.artists,
        "reference_producer_name": recording.producer_name,
        "reference_fingerprinted_at": recording.fingerprinted_at,
        "blocks": blocks(match),
        "match_class": match.match_class,
        "relation": match.relation,
        "similarity": round(match.similarity, _DIGITS),
        "query_coverage": round(match.query_coverage, _DIGITS),
        "reference_coverage": round(match.reference_coverage, _DIGITS),
        "speed_ratio": match.speed_ratio,
        "pitch_shift_semitones": match.pitch_shift,
        "segments": [_segment(segment) for segment in match.segments],
        "model": model,
    }


def _segment(segment: Any) -> dict[str, float]:
    names = ("query_start_ms", "query_end_ms", "reference_start_ms", "reference_end_ms", "similarity")
    return {name: round(getattr(segment, name), _DIGITS) for name in names}
