"""Uploaded beats, and workers that do their jobs in this process with the real audio engine."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select, update
from sqlmodel import col

from api.recon.comparing import Candidate, Engine, Heard
from api.recon.rules import Match
from api.uploads.rules import stored_key
from api.uploads.sweep import sweep_uploads
from db.clock import now
from db.ids import JobId, TrackId, UploadId
from db.models.fingerprints import Fingerprint
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.recon import ReconMatch, ReconScan, ReconScanMatch
from db.models.tracks import Track
from db.models.uploads import Upload
from db.queries.fingerprints import PostingRow
from db.vocabulary import JobKind, TrackStatus, UploadPurpose
from tests.catalog.entering import READ, an_entry, create
from tests.factories import Beatmaker, Person, a_completed_upload
from tests.stage import Json, Stage
from workers.actors.analyses import analyse_audio
from workers.actors.copies import make_mp3, make_stream
from workers.actors.duplicates import check_duplicate, check_replacement, post_recording
from workers.actors.files import delete_files, sweep
from workers.actors.previews import make_preview
from workers.actors.profiles import index_tracks
from workers.actors.scans import rescan, scan, start_rescans
from workers.audio.instruments import SYNTH_RATE_HZ
from workers.audio.isolate import AudioChild
from workers.audio.synth import beat, write_wav
from workers.listening import ChildEngine
from workers.tools import Tools
from workers.transaction import perform

ACTORS: Final = {
    actor.kind: actor
    for actor in (
        check_duplicate,
        check_replacement,
        post_recording,
        make_preview,
        make_mp3,
        make_stream,
        analyse_audio,
        scan,
        rescan,
        start_rescans,
        index_tracks,
        delete_files,
        sweep,
    )
}
_SECONDS: Final = 20
_TRIMMED_S: Final = 3
_SHORT_S: Final = 1.5
MEDLEY_AFTER_S: Final = 30
MEDLEY_S: Final = 12
"""Of the first beat: too little of it to be blocked (D-31), more than a fifth of either (D-33)."""

Meanwhile = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Beats:
    """WAVs: a beat, a copy without its start, another beat, one too short to be heard, and 12 s of the first within a third."""

    first: Path
    trimmed: Path
    other: Path
    short: Path
    medley: Path


def play_beats(folder: Path) -> Beats:
    first = beat(seed=1, bpm=142, key=10, seconds=_SECONDS)
    third = beat(seed=3, bpm=110, key=5, seconds=MEDLEY_AFTER_S)
    sounds = {
        "first": first,
        "trimmed": first[:, _TRIMMED_S * SYNTH_RATE_HZ :],
        "other": beat(seed=2, bpm=90, key=2, seconds=_SECONDS),
        "short": first[:, : int(_SHORT_S * SYNTH_RATE_HZ)],
        "medley": np.concatenate([third, first[:, : MEDLEY_S * SYNTH_RATE_HZ]], axis=1),
    }
    for name, sound in sounds.items():
        write_wav(folder / f"{name}.wav", sound)
    return Beats(*(folder / f"{name}.wav" for name in sounds))


class QuickEars:
    """The real engine, which listens to each file once."""

    def __init__(self, engine: ChildEngine) -> None:
        self._engine = engine
        self._heard: dict[str, Heard] = {}

    async def listen(self, path: Path) -> Heard:
        name = _hash_of(path)
        if name not in self._heard:
            self._heard[name] = await self._engine.listen(path)
        return self._heard[name]

    def postings_of(self, words: bytes) -> Sequence[tuple[int, int]]:
        return self._engine.postings_of(words)

    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]:
        return await self._engine.candidates(heard, postings)

    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]:
        return await self._engine.compare(heard, others)


class Watched:
    """An engine that tells what it is about to do, each time."""

    def __init__(self, engine: Engine, told: Callable[[str], Awaitable[object]]) -> None:
        self._engine = engine
        self._told = told
        self.postings_of = engine.postings_of

    async def listen(self, path: Path) -> Heard:
        await self._told("listen")
        return await self._engine.listen(path)

    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]:
        await self._told("candidates")
        return await self._engine.candidates(heard, postings)

    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]:
        await self._told("compare")
        return await self._engine.compare(heard, others)


class Interrupted:
    """An engine beside whose work something else happens, once: after the index was asked."""

    def __init__(self, engine: Engine, meanwhile: Meanwhile) -> None:
        self._engine = engine
        self._meanwhile: Meanwhile | None = meanwhile
        self.listen = engine.listen
        self.postings_of = engine.postings_of
        self.compare = engine.compare

    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            await meanwhile()
        return await self._engine.candidates(heard, postings)


class Studio:
    """Where uploaded beats are checked as workers do it."""

    def __init__(self, stage: Stage, child: AudioChild, ears: QuickEars, analyst: AudioChild) -> None:
        self.stage = stage
        self.child = child
        self.ears = ears
        self.analyst = analyst

    def tools(self, engine: Engine | None = None) -> Tools:
        services = self.stage.services
        chosen: Any = engine or self.ears
        return Tools(
            self.stage.settings,
            services.sessions,
            services.live,
            services.storage,
            self.child,
            chosen,
            self.analyst,
        )

    async def upload(self, who: Beatmaker, wav: Path, **entry: Any) -> TrackId:
        """A track of this file, as a client makes it."""
        upload = await self.sent(who, wav)
        payload = await create(self.stage, who, an_entry(upload, **entry))
        assert payload["errors"] == []
        return TrackId(payload["track"]["id"])

    async def sample(self, who: Person, wav: Path) -> UploadId:
        """A file that was uploaded to be scanned."""
        return await self.sent(who, wav, UploadPurpose.RECON_SAMPLE)

    async def sent(
        self, who: Person, wav: Path, purpose: UploadPurpose = UploadPurpose.TRACK_AUDIO
    ) -> UploadId:
        """A file that was uploaded, and of which nothing was made yet."""
        data, duration_ms = await asyncio.to_thread(wav.read_bytes), _duration_ms(wav)
        facts: dict[str, Any] = {"sha256": hashlib.sha256(data).hexdigest(), "duration_ms": duration_ms}
        upload = await a_completed_upload(self.stage.sessions, who, purpose, byte_size=len(data), **facts)
        await self.stage.services.storage.put(stored_key(purpose, upload), data)
        return upload

    async def asked_for(self, who: Person, **subject: str) -> str:
        """A scan that waits."""
        payload = await self.stage.mutate(who, "startReconScan", "scan { id }", input=subject)
        assert payload["errors"] == []
        return str(payload["scan"]["id"])

    async def scanned(self, who: Person, *, engine: Engine | None = None, **subject: str) -> str:
        """A scan that a worker has done, as far as it could."""
        asked = await self.asked_for(who, **subject)
        await self.work(JobKind.SCAN, asked, engine=engine)
        return asked

    async def forget_what_was_found(self) -> None:
        """As if an engine that hears less had checked the uploads."""
        async with self.stage.sessions.writing() as session:
            for table in (ReconScanMatch, ReconScan, ReconMatch, Notification):
                await session.execute(delete(table))

    async def published(self, who: Beatmaker, wav: Path, **entry: Any) -> TrackId:
        track = await self.upload(who, wav, **entry)
        await self.check(track)
        assert (await self.read(who, track))["status"] == "PUBLISHED"
        return track

    async def check(self, track: TrackId, *, engine: Engine | None = None) -> None:
        """Have a worker do the check of a track, if it is to be had."""
        await self.work(JobKind.CHECK_DUPLICATE, track, engine=engine)

    async def work(self, kind: JobKind, key: str, *, engine: Engine | None = None) -> None:
        job = await self.job(kind, key)
        await perform(self.tools(engine), JobId(job.id), ACTORS[kind])

    async def job(self, kind: JobKind, key: str) -> Job:
        async with self.stage.sessions.reading() as session:
            return (await session.scalars(select(Job).where(col(Job.key) == f"{kind}:{key}"))).one()

    async def sweep(self, upload: UploadId, *, days: int) -> None:
        """Let so many days of an upload's time pass, and have a worker remove what has ended."""
        async with self.stage.sessions.writing() as session:
            row = await session.get_one(Upload, upload)
            row.expires_at -= timedelta(days=days)
        sessions, storage = self.stage.sessions, self.stage.services.storage
        await sweep_uploads(sessions, storage, keep_for=timedelta(hours=24))
        await self.delete_files()

    async def is_stored(self, upload: UploadId, purpose: UploadPurpose = UploadPurpose.RECON_SAMPLE) -> bool:
        """Whether the bytes of a WAV are there."""
        key = stored_key(purpose, upload)
        return await self.stage.services.storage.size(key) is not None

    async def delete_files(self) -> None:
        """Have a worker remove what nothing names any more."""
        for job in await self.jobs(JobKind.DELETE_FILES):
            await perform(self.tools(), JobId(job.id), delete_files)

    async def jobs(self, kind: JobKind) -> Sequence[Job]:
        async with self.stage.sessions.reading() as session:
            return (await session.scalars(select(Job).where(col(Job.kind) == kind))).all()

    async def check_again(self, track: TrackId) -> None:
        """Have a worker check a track as if it were new to the catalogue."""
        async with self.stage.sessions.writing() as session:
            out = update(Fingerprint).where(col(Fingerprint.track_id) == track)
            await session.execute(out.values(sequence=None, posted=False))
            unsettled = update(Track).where(col(Track.id) == track)
            await session.execute(unsettled.values(status=TrackStatus.PROCESSING))
        fresh: dict[str, Any] = {"state": "READY", "attempts": 0, "lease_until": None, "run_at": now()}
        await self.change_job(JobKind.CHECK_DUPLICATE, track, **fresh)
        await self.check(track)

    async def change_job(self, kind: JobKind, key: str, **values: object) -> None:
        async with self.stage.sessions.writing() as session:
            await session.execute(update(Job).where(col(Job.key) == f"{kind}:{key}").values(**values))

    async def wait_for_retry(self, track: TrackId) -> None:
        """Let the time of a retry come."""
        await self.change_job(JobKind.CHECK_DUPLICATE, track, run_at=now())

    async def read(self, who: Beatmaker, track: TrackId) -> Json:
        shown: Json = (await self.stage.ask(who, READ, id=track))["track"]
        return shown

    async def statuses(self, who: Beatmaker, tracks: Sequence[TrackId]) -> list[str]:
        return sorted([(await self.read(who, track))["status"] for track in tracks])

    async def counts(self) -> Mapping[str, int]:
        return {name: len(rows) for name, rows in (await self.stage.tables()).items()}


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _duration_ms(wav: Path) -> int:
    frames = (wav.stat().st_size - 44) // 4
    return frames * 1000 // SYNTH_RATE_HZ
