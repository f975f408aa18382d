"""The duplicate check of a new track (D-30, D-31): listen, compare, judge.

Listening and comparing happen outside of any transaction. A verdict is recorded under one lock, and only if nothing
was taken into the index since the comparison began; else the newcomers are compared first. So of two near-identical
uploads that race, exactly one wins.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.upload import tell_of_track
from api.recon.comparing import (
    Engine,
    Found,
    Heard,
    MasterStorage,
    Question,
    Suspect,
    compare,
    search,
)
from api.recon.matches import blocking_tracks, raise_matches
from api.recon.telling import note_new_upload, tell_of_matches
from api.uploads.rules import stored_key
from db import jobs
from db.clock import now
from db.ids import TrackId
from db.queries import fingerprints as queries
from db.queries import recon as match_queries
from db.queries import tracks as track_queries
from db.queries.fingerprints import IndexedRecording
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import FingerprintStatus, JobKind, TrackStatus, UploadPurpose

_POSTINGS_PER_TRANSACTION: Final = 2000
"""Some 20 ms of writing, so that other writers need not wait longer."""
_UNSETTLED: Final = frozenset({TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED})


@dataclass(frozen=True)
class Newcomer:
    """A track under check.

    Attributes:
        number: Names its recording in the index.
    """

    row: TrackRow
    heard: Heard
    number: int

    @property
    def question(self) -> Question:
        return Question(self.heard, self.row.audio_sha256, own=self.row.id)


class OriginalIsGone(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """What would have blocked a track was deleted while its verdict was on the way: it is checked anew."""


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
    sequence, suspects = await search(sessions, engine, newcomer.question)
    if suspects:
        await _weigh(sessions, row)
    found = await compare(engine, newcomer.question, suspects)
    if not await _is_blocked(sessions, track, found):
        await write_postings(sessions, number, heard.postings)
    while (newer := await _judge(sessions, newcomer, sequence, found, settle)) is not None:
        sequence = max(recording.sequence for recording in newer)
        alike = await compare(engine, newcomer.question, [Suspect(recording) for recording in newer])
        found = [*found, *alike]


async def post_recording(sessions: Sessions, engine: Engine, track: TrackId, *, settle: Settle) -> None:
    """Write the terms of a recording that staff took into the index.

    Args:
        settle: Ends the job, in the transaction that calls the recording posted.
    """
    async with sessions.reading() as session:
        recording = await queries.unposted_recording(session, track)
    if recording is not None:
        await write_postings(sessions, recording.number, engine.postings_of(recording.words))
    async with sessions.writing() as session:
        await queries.mark_posted(session, track)
        if recording and not await queries.still_there(session, [recording.number]):
            await queries.drop_postings(session, recording.number)  # it was deleted while they were written
        await settle(session)


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


async def _weigh(sessions: Sessions, row: TrackRow) -> None:
    async with sessions.writing() as session:
        await queries.begin_weighing(session, row.id)
        tell_of_track(session, row.id, row.producer_id)


async def _is_blocked(sessions: Sessions, track: TrackId, found: Sequence[Found]) -> bool:
    async with sessions.reading() as session:
        return bool(await _blocking(session, track, found))


async def _blocking(session: AsyncSession, track: TrackId, found: Sequence[Found]) -> list[TrackId]:
    return blocking_tracks(found, cleared=await match_queries.cleared_with(session, track))


async def write_postings(sessions: Sessions, number: int, postings: Sequence[tuple[int, int]]) -> None:
    """Write a recording's terms, in batches; those that are there already stay."""
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
            blocking = await _blocking(session, track.id, standing)
            if not blocking and await _blocking(session, track.id, found):
                raise OriginalIsGone(track.id)
            await _raise(session, track.id, standing, blocking, model)
            await _record(session, track, sequence=None if blocking else present + 1)
        else:
            await queries.drop_postings(session, newcomer.number)  # it was deleted while it was compared
        await settle(session)
    return None


async def _raise(
    session: AsyncSession, track: TrackId, found: Sequence[Found], blocking: Sequence[TrackId], model: str
) -> None:
    await match_queries.forget_blocks(session, track)
    if found:
        own = await match_queries.work(session, track)
        raised = await raise_matches(session, own, found, model=model, blocking=blocking)
        for told in await tell_of_matches(session, own, raised):
            await note_new_upload(session, told)


async def _record(session: AsyncSession, track: TrackRow, *, sequence: int | None) -> None:
    """Take the recording into the index and publish it, or block it where it has no place there."""
    if sequence is None:
        await queries.judge(session, track.id, FingerprintStatus.DUPLICATE, sequence=None)
        await queries.drop_postings_of(session, track.id)
        await track_queries.change_track(session, track.id, {"status": TrackStatus.DUPLICATE})
    else:
        await queries.judge(session, track.id, FingerprintStatus.VERIFIED_UNIQUE, sequence=sequence)
        await publish(session, track)
    tell_of_track(session, track.id, track.producer_id)


async def publish(session: AsyncSession, track: TrackRow) -> None:
    """Put a track that passed into the catalogue."""
    if track.published_at is None:  # one that comes back is no news
        await jobs.add(session, JobKind.TELL_FOLLOWERS, key=track.id, track=track.id)
    published_at = track.published_at or now()
    columns = {"status": TrackStatus.PUBLISHED, "published_at": published_at}
    await track_queries.change_track(session, track.id, columns)
    await jobs.add(session, JobKind.MAKE_PREVIEW, key=track.id, track=track.id)
