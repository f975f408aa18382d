"""The duplicate check of a new track (D-30, D-31): one that passes is published, another one is blocked."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.streams import have_stream_made
from api.catalog.upload import tell_of_track
from api.producers.experience import reward
from api.recon.checking import Audio, Settle, Verdict, check, raise_and_tell, write_postings
from api.recon.comparing import Engine, Heard, MasterStorage
from db import jobs
from db.clock import now
from db.ids import TrackId
from db.queries import fingerprints as queries
from db.queries import producers
from db.queries import recon as match_queries
from db.queries import tracks as track_queries
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import FingerprintStatus, JobKind, TrackStatus

_UNSETTLED: Final = frozenset({TrackStatus.PROCESSING, TrackStatus.CHECK_FAILED})


@dataclass(frozen=True)
class NewTrack:
    """A track under check; its steps stand in its fingerprint."""

    track: TrackId

    async def begin(self, session: AsyncSession) -> Audio | None:
        row = await self.lock(session)
        if row is None:
            return None
        await queries.set_status(session, self.track, FingerprintStatus.CHECKING)
        await track_queries.change_track(session, self.track, {"status": TrackStatus.PROCESSING})
        return Audio(row.upload_id, row.audio_sha256, row.producer_id)

    async def remember(self, session: AsyncSession, heard: Heard) -> int | None:
        return await queries.record_words(
            session, self.track, model=heard.model, words=heard.words, duration_ms=heard.duration_ms
        )

    async def weigh(self, session: AsyncSession) -> None:
        await queries.begin_weighing(session, self.track)

    async def lock(self, session: AsyncSession) -> TrackRow | None:
        row = await track_queries.track_for_change(session, self.track)
        return row if row is not None and row.status in _UNSETTLED else None

    async def cleared(self, session: AsyncSession) -> frozenset[TrackId]:
        return frozenset(await match_queries.cleared_with(session, self.track))

    async def block(self, session: AsyncSession, verdict: Verdict) -> None:
        await self._raise(session, verdict)
        await queries.judge(session, self.track, FingerprintStatus.DUPLICATE, sequence=None)
        await track_queries.change_track(session, self.track, {"status": TrackStatus.DUPLICATE})

    async def take_in(self, session: AsyncSession, verdict: Verdict, *, sequence: int) -> None:
        await self._raise(session, verdict)
        await queries.judge(session, self.track, FingerprintStatus.VERIFIED_UNIQUE, sequence=sequence)
        await publish(session, verdict.row)

    async def _raise(self, session: AsyncSession, verdict: Verdict) -> None:
        await match_queries.forget_blocks(session, self.track)
        await raise_and_tell(session, verdict, blocking=True)


async def check_track(
    sessions: Sessions, storage: MasterStorage, engine: Engine, track: TrackId, *, settle: Settle
) -> None:
    """Fingerprint a track's audio, compare it with the catalogue, and publish or block it.

    Args:
        settle: Ends the job, in the transaction that records the verdict.
    """
    await check(sessions, storage, engine, NewTrack(track), settle=settle)


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
            await queries.drop_postings(session, recording.number)  # it left while they were written
        await settle(session)


async def check_failed(session: AsyncSession, track: TrackId) -> None:
    """Say that a check broke off; it is tried again, and never publishes by itself (D-30)."""
    row = await track_queries.track_for_change(session, track)
    if row is None or row.status not in _UNSETTLED:
        return
    await queries.set_status(session, track, FingerprintStatus.FAILED)
    await track_queries.change_track(session, track, {"status": TrackStatus.CHECK_FAILED})
    tell_of_track(session, track, row.producer_id)


async def publish(session: AsyncSession, track: TrackRow) -> None:
    """Put a track that passed into the catalogue; one that staff keep back waits, and is there when they let it go."""
    if track.published_at is None:  # one that comes back is no news
        await jobs.add(session, JobKind.TELL_FOLLOWERS, key=track.id, track=track.id)
    published_at = track.published_at or now()
    columns: dict[str, Any] = {"status": TrackStatus.PUBLISHED, "published_at": published_at}
    if track.withheld_as is not None or await producers.owner_is_suspended(session, track.producer_id):
        columns |= {"status": TrackStatus.HIDDEN, "withheld_as": TrackStatus.PUBLISHED}
    await track_queries.change_track(session, track.id, columns)
    await reward(session, track.id)
    await jobs.add(session, JobKind.MAKE_PREVIEW, key=track.id, track=track.id)
    await have_stream_made(session, track.upload_id)
    await have_matched(session, track.id)
