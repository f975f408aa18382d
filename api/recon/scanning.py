"""A scan at work (D-32): listen to the subject, search the catalogue, compare, report matches as they come.

Listening and comparing happen outside of any transaction. Every step moves the scan on only if it is still under way,
so a stopped scan ends at the next one, and only while the job is still the worker's own.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.comparing import Engine, Found, Heard, MasterStorage, Question, Suspect, compare, search
from api.recon.matches import Raised, raise_matches, raise_sample_matches
from api.recon.scans import SCAN_TOPIC
from api.recon.telling import tell_of_matches
from api.uploads.rules import stored_key
from db.ids import ReconScanId, TrackId, UploadId
from db.queries import fingerprints, recon, scans, tracks, uploads
from db.queries.scans import ReconScanRow
from db.queries.tracks import TrackRow
from db.session import Sessions, announce
from db.vocabulary import ReconScanStatus, ReconStage, UploadPurpose, UploadStatus

_SUSPECTS_AT_ONCE: Final = 10
"""Some 80 ms of comparing between two steps: matches appear as they come, and a stop is soon heard."""
_BEGINS_AT: Final = {
    ReconStage.DECODING: 0.05,
    ReconStage.FINGERPRINTING: 0.1,
    ReconStage.SEARCHING: 0.5,
    ReconStage.COMPARING: 0.6,
}
"""Progress at the beginning of each stage; listening takes about half of a scan."""
_BROKE_OFF: Final = "The scan broke off. It does not count; start it again."
_TRACK_IS_GONE: Final = "The track was deleted."
_SAMPLE_IS_GONE: Final = "The sample was deleted."

InTransaction = Callable[[AsyncSession], Awaitable[None]]


class ScanIsStopped(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """The scan was ended by somebody else: there is nothing left to do for it."""


class AudioIsReplaced(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """The track has new audio since the scan listened to it: the scan begins anew."""


class SubjectIsGone(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Track or sample was deleted: there is nothing left to scan."""


@dataclass(frozen=True)
class Lease:
    """A worker's hold on the job of a scan.

    Attributes:
        keep: Makes sure that the job is still this worker's, in the transaction that holds a step.
        settle: Ends the job, in the transaction that holds the last step.
    """

    keep: InTransaction
    settle: InTransaction


@dataclass(frozen=True)
class Work:
    """A scan at work, and what it is done with."""

    sessions: Sessions
    lease: Lease
    id: ReconScanId
    track: TrackId | None
    upload: UploadId | None
    audio: UploadId
    sha256: str


async def run_scan(
    sessions: Sessions, storage: MasterStorage, engine: Engine, scan: ReconScanId, *, lease: Lease
) -> None:
    """Search the catalogue for copies of a scan's subject; one that was cut off begins anew and repeats nothing."""
    try:
        work = await _begin(sessions, scan, lease)
        heard = await _listen(work, storage, engine)
        question = Question(heard, work.sha256, own=work.track)
        await _move(work, ReconStage.SEARCHING)
        suspects = (await search(sessions, engine, question)).suspects
        await _compare(work, engine, question, suspects)
        await _finish(work)
    except AudioIsReplaced:
        await run_scan(sessions, storage, engine, scan, lease=lease)
    except ScanIsStopped:
        async with sessions.writing() as session:
            await lease.settle(session)
    except SubjectIsGone as error:
        gone = {"error_message": str(error), "error_retryable": False}
        async with sessions.writing() as session:
            await _end(session, scan, ReconScanStatus.FAILED, **gone)
            await lease.settle(session)


async def scan_failed(session: AsyncSession, scan: ReconScanId) -> None:
    """Say that a scan broke off for good: its last attempt did."""
    await _end(session, scan, ReconScanStatus.FAILED, error_message=_BROKE_OFF, error_retryable=True)


async def _begin(sessions: Sessions, scan: ReconScanId, lease: Lease) -> Work:
    async with sessions.writing() as session:
        row = await scans.begin(session, scan, progress=_BEGINS_AT[ReconStage.DECODING])
        if row is None:
            raise ScanIsStopped(scan)
        audio, sha256 = await _audio(session, row)
        await _tell(session, scan, lease)
    return Work(sessions, lease, scan, row.track_id, row.upload_id, audio, sha256)


async def _audio(session: AsyncSession, row: ReconScanRow) -> tuple[UploadId, str]:
    """The upload that the subject's file came by, and the file's hash."""
    if row.upload_id is not None:
        sample = await uploads.upload(session, row.upload_id)
        assert sample  # a foreign key
        if sample.status is not UploadStatus.COMPLETED:
            raise SubjectIsGone(_SAMPLE_IS_GONE)
        return sample.id, sample.sha256 or ""
    track = await _track(session, row.track_id)
    return track.upload_id, track.audio_sha256


async def _track(session: AsyncSession, track: TrackId | None) -> TrackRow:
    assert track  # the other one of the two
    found = await tracks.tracks(session, [track])
    if not found:
        raise SubjectIsGone(_TRACK_IS_GONE)
    return found[0]


async def _listen(work: Work, storage: MasterStorage, engine: Engine) -> Heard:
    purpose = UploadPurpose.TRACK_AUDIO if work.track else UploadPurpose.RECON_SAMPLE
    async with storage.local_copy(stored_key(purpose, work.audio)) as path:
        await _move(work, ReconStage.FINGERPRINTING)
        return await engine.listen(path)


async def _compare(work: Work, engine: Engine, question: Question, suspects: Sequence[Suspect]) -> None:
    async with work.sessions.reading() as session:
        count = await fingerprints.count_indexed(session, model=question.heard.model, but=work.track)
    await _move(work, ReconStage.COMPARING, compared=count)
    begin = _BEGINS_AT[ReconStage.COMPARING]
    for start in range(0, len(suspects), _SUSPECTS_AT_ONCE):
        part = suspects[start : start + _SUSPECTS_AT_ONCE]
        found = await compare(engine, question, part)
        progress = begin + (1 - begin) * (start + len(part)) / (len(suspects) + 1)
        await _report(work, found, question.heard.model, progress)


async def _report(work: Work, found: Sequence[Found], model: str, progress: float) -> None:
    """Record what is alike, and move on."""
    async with work.sessions.writing() as session:
        await _advance(session, work, ReconStage.COMPARING, progress)
        raised = await _raise(session, work, found, model)
        await scans.add_reported(session, work.id, [one.match.id for one in raised])
        await _tell(session, work.id, work.lease)


async def _raise(session: AsyncSession, work: Work, found: Sequence[Found], model: str) -> list[Raised]:
    others = [one.recording.track_id for one in found]
    await tracks.hold(session, [*others, work.track] if work.track else others)
    there = await fingerprints.still_there(session, [one.recording.number for one in found])
    standing = [one for one in found if one.recording.number in there]  # the others were deleted or replaced
    if work.upload is not None:
        return await raise_sample_matches(session, work.upload, standing, model=model)
    own = await recon.work(session, await _as_heard(session, work, work.track))
    raised = await raise_matches(session, own, standing, model=model)
    await tell_of_matches(session, own, raised)
    return raised


async def _as_heard(session: AsyncSession, work: Work, track: TrackId | None) -> TrackId:
    """The subject, if its audio is still the one that was listened to."""
    row = await _track(session, track)
    if row.upload_id != work.audio:
        raise AudioIsReplaced(row.id)
    return row.id


async def _finish(work: Work) -> None:
    async with work.sessions.writing() as session:
        if not await _end(session, work.id, ReconScanStatus.DONE, progress=1.0):
            raise ScanIsStopped(work.id)
        if work.track is not None:
            await fingerprints.note_scan(session, await _as_heard(session, work, work.track))
        await work.lease.settle(session)


async def _move(work: Work, stage: ReconStage, *, compared: int | None = None) -> None:
    async with work.sessions.writing() as session:
        await _advance(session, work, stage, _BEGINS_AT[stage], compared=compared)
        await _tell(session, work.id, work.lease)


async def _advance(
    session: AsyncSession, work: Work, stage: ReconStage, progress: float, *, compared: int | None = None
) -> None:
    if not await scans.advance(session, work.id, stage, progress, compared=compared):
        raise ScanIsStopped(work.id)


async def _end(session: AsyncSession, scan: ReconScanId, status: ReconScanStatus, **more: object) -> bool:
    announce(session, SCAN_TOPIC.format(scan))
    return await scans.end(session, scan, status, **more)


async def _tell(session: AsyncSession, scan: ReconScanId, lease: Lease) -> None:
    """The step is made, by a worker that still has the job: its lock comes last, as a failure's does."""
    announce(session, SCAN_TOPIC.format(scan))
    await lease.keep(session)
