"""The duplicate check (D-30, D-31): listen, compare, judge. One procedure, for new tracks and for new audio of one.

Listening and comparing happen outside of any transaction. A verdict is recorded under one lock, and only if nothing
was taken into the index since the comparison began; else the newcomers are compared first. So of two near-identical
uploads that race, exactly one wins.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

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
from db.ids import ProducerId, TrackId, UploadId
from db.queries import fingerprints as queries
from db.queries import recon as match_queries
from db.queries.fingerprints import IndexedRecording
from db.queries.tracks import TrackRow
from db.session import Sessions
from db.vocabulary import UploadPurpose

_POSTINGS_PER_TRANSACTION: Final = 2000
"""Some 20 ms of writing, so that other writers need not wait longer."""

Settle = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Audio:
    """What is listened to, and whose track it is."""

    upload: UploadId
    sha256: str
    producer: ProducerId


@dataclass(frozen=True)
class Verdict:
    """What is recorded of a check.

    Attributes:
        row: The track, locked.
        found: What is alike, and still there.
        blocking: For whose sake it is a duplicate; empty: it is none.
    """

    row: TrackRow
    found: Sequence[Found]
    blocking: Sequence[TrackId]
    model: str


class Subject(Protocol):
    """An audio under check: what its steps are recorded in. Each takes part in a transaction that it is given."""

    @property
    def track(self) -> TrackId: ...

    async def begin(self, session: AsyncSession) -> Audio | None:
        """Show that it is being checked; null: there is nothing left to check."""

    async def remember(self, session: AsyncSession, heard: Heard) -> int | None:
        """Keep how it sounds; its number in the index, or null once it is gone."""

    async def weigh(self, session: AsyncSession) -> None:
        """Show that near matches are looked at."""

    async def lock(self, session: AsyncSession) -> TrackRow | None:
        """The track, if its verdict is still to be recorded."""

    async def cleared(self, session: AsyncSession) -> frozenset[TrackId]:
        """Tracks that it may be like, for staff have heard this very audio and granted an appeal (D-31)."""
        ...

    async def block(self, session: AsyncSession, verdict: Verdict) -> None:
        """It is there already."""

    async def take_in(self, session: AsyncSession, verdict: Verdict, *, sequence: int) -> None:
        """It is new to the catalogue, and in the index from now on. Needs the index's lock."""


@dataclass(frozen=True)
class Newcomer:
    """A subject that was listened to.

    Attributes:
        number: Names its recording in the index.
    """

    subject: Subject
    question: Question
    number: int

    @property
    def model(self) -> str:
        return self.question.heard.model


class OriginalIsGone(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """What would have blocked it left the index while the verdict was on the way: it is checked anew."""


async def check(
    sessions: Sessions, storage: MasterStorage, engine: Engine, subject: Subject, *, settle: Settle
) -> None:
    """Fingerprint an audio, compare it with the catalogue, and take it in or block it.

    Args:
        settle: Ends the job, in the transaction that records the verdict.
    """
    audio = await _begin(sessions, subject, settle)
    if audio is None:
        return
    async with storage.local_copy(stored_key(UploadPurpose.TRACK_AUDIO, audio.upload)) as path:
        heard = await engine.listen(path)
    number = await _remember(sessions, subject, heard, settle)
    if number is None:
        return
    newcomer = Newcomer(subject, Question(heard, audio.sha256, own=subject.track), number)
    sequence, suspects = await search(sessions, engine, newcomer.question)
    if suspects:
        await _weigh(sessions, subject, audio)
    found = await compare(engine, newcomer.question, suspects)
    if not await _is_blocked(sessions, subject, found):
        await write_postings(sessions, number, heard.postings)
    while newer := await _judge(sessions, newcomer, sequence, found, settle):
        sequence = max(recording.sequence for recording in newer)
        alike = await compare(engine, newcomer.question, [Suspect(recording) for recording in newer])
        found = [*found, *alike]


async def write_postings(sessions: Sessions, number: int, postings: Sequence[tuple[int, int]]) -> None:
    """Write a recording's terms, in batches; those that are there already stay."""
    for start in range(0, len(postings), _POSTINGS_PER_TRANSACTION):
        async with sessions.writing() as session:
            part = postings[start : start + _POSTINGS_PER_TRANSACTION]
            await queries.add_postings(session, number, part)


async def raise_and_tell(session: AsyncSession, verdict: Verdict, *, blocking: bool = False) -> None:
    """Record both sides of everything that is alike, and tell both of what is new.

    Args:
        blocking: Say too which of them make the track a duplicate.
    """
    if not verdict.found:
        return
    own = await match_queries.work(session, verdict.row.id)
    why = verdict.blocking if blocking else None
    raised = await raise_matches(session, own, verdict.found, model=verdict.model, blocking=why)
    for told in await tell_of_matches(session, own, raised):
        await note_new_upload(session, told)


async def _begin(sessions: Sessions, subject: Subject, settle: Settle) -> Audio | None:
    async with sessions.writing() as session:
        audio = await subject.begin(session)
        if audio is None:
            await settle(session)
        else:
            tell_of_track(session, subject.track, audio.producer)
        return audio


async def _remember(sessions: Sessions, subject: Subject, heard: Heard, settle: Settle) -> int | None:
    async with sessions.writing() as session:
        number = await subject.remember(session, heard)
        if number is None:
            await settle(session)
        return number


async def _weigh(sessions: Sessions, subject: Subject, audio: Audio) -> None:
    async with sessions.writing() as session:
        await subject.weigh(session)
        tell_of_track(session, subject.track, audio.producer)


async def _is_blocked(sessions: Sessions, subject: Subject, found: Sequence[Found]) -> bool:
    async with sessions.reading() as session:
        return bool(blocking_tracks(found, cleared=await subject.cleared(session)))


async def _judge(
    sessions: Sessions, newcomer: Newcomer, sequence: int, found: Sequence[Found], settle: Settle
) -> list[IndexedRecording]:
    """Record the verdict, under the lock; or answer the newcomers that must be compared first."""
    subject = newcomer.subject
    async with sessions.writing() as session:
        present = await queries.lock_index(session)
        if present != sequence:
            newer = await queries.recordings_after(session, sequence, model=newcomer.model)
            if others := [one for one in newer if one.track_id != subject.track]:
                return others
        row = await subject.lock(session)
        if row is None:  # it was deleted while it was compared
            await queries.drop_postings(session, newcomer.number)
        else:
            await _record(session, newcomer, await _verdict(session, newcomer, row, found), present + 1)
        await settle(session)
    return []


async def _verdict(
    session: AsyncSession, newcomer: Newcomer, row: TrackRow, found: Sequence[Found]
) -> Verdict:
    cleared = await newcomer.subject.cleared(session)
    there = await queries.still_there(session, [one.recording.number for one in found])
    standing = [one for one in found if one.recording.number in there]  # the others went (D-18, D-37)
    blocking = blocking_tracks(standing, cleared=cleared)
    if not blocking and blocking_tracks(found, cleared=cleared):
        raise OriginalIsGone(row.id)
    return Verdict(row, standing, blocking, newcomer.model)


async def _record(session: AsyncSession, newcomer: Newcomer, verdict: Verdict, sequence: int) -> None:
    if verdict.blocking:
        await queries.drop_postings(session, newcomer.number)
        await newcomer.subject.block(session, verdict)
    else:
        await newcomer.subject.take_in(session, verdict, sequence=sequence)
    tell_of_track(session, verdict.row.id, verdict.row.producer_id)
