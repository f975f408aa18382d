"""A scan of a 3-minute beat against 1,000 recordings in the index: `python -m benchmarks.scan`.

What is in the index: 40 beats of the project's own synthesiser, and recordings made of their words: one-second pieces
of all 40 in random order. So keys are as frequent as those of beats are, and many recordings share a second with the
scanned one and nothing longer; ten of them hold half a minute of it in one piece, which are the matches. They were
never audio. The baseline of the ratio is the engine alone, on the very same input.
"""

import asyncio
import random
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import psutil  # type: ignore[import-untyped]  # mypy wants a stubs package; pyright reads its own
from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from api.recon.comparing import Candidate, Heard
from api.recon.rules import Match
from api.uploads.rules import stored_key
from db import jobs
from db.clock import now
from db.ids import JobId, ReconScanId, TrackId, new_id
from db.migrate import upgrade
from db.models.fingerprints import Fingerprint, FingerprintIndex, Posting
from db.models.jobs import Job
from db.models.recon import ReconMatch, ReconScan, ReconScanMatch
from db.models.tracks import Track
from db.queries.fingerprints import PostingRow
from db.session import Sessions
from db.vocabulary import JobKind, ReconScanStatus, ReconTrigger, UploadPurpose
from tests.factories import a_track, a_verified_producer
from tests.stage import Stage, settings_of
from tests.tools.valkey import valkey_server
from workers.actors.scans import scan as scan_actor
from workers.audio.chromaprint import Words
from workers.audio.isolate import AudioChild
from workers.audio.synth import beat, write_wav
from workers.audio.terms import index_terms
from workers.listening import ChildEngine, stored
from workers.tools import Tools
from workers.transaction import perform

RECORDINGS: Final = 1000
BEATS: Final = 40
SECONDS: Final = 180
MATCHES: Final = 10
RUNS: Final = 5
_WORDS_A_SECOND: Final = 16
_SHARED_S: Final = 30
_PHASES: Final = ("listen", "candidates", "compare")

T = TypeVar("T")


class TimedEngine:
    """The real engine, which notes what it was asked and how long it took."""

    def __init__(self, engine: ChildEngine) -> None:
        self._engine = engine
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.wall: dict[str, float] = defaultdict(float)

    async def listen(self, path: Path) -> Heard:
        return await self._timed("listen", self._engine.listen(path), path)

    async def candidates(self, heard: Heard, postings: Sequence[PostingRow]) -> Sequence[Candidate]:
        return await self._timed("candidates", self._engine.candidates(heard, postings), heard, postings)

    async def compare(
        self, heard: Heard, others: Sequence[tuple[bytes, tuple[int, ...] | None]]
    ) -> Sequence[Match | None]:
        return await self._timed("compare", self._engine.compare(heard, others), heard, others)

    async def _timed(self, name: str, work: Awaitable[T], *args: Any) -> T:
        self.asked.append((name, args))
        started = time.perf_counter()
        answer = await work
        self.wall[name] += time.perf_counter() - started
        return answer


async def main() -> None:
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite+aiosqlite:///{folder / 'beatpass.db'}"
    upgrade(url)
    with valkey_server() as valkey_url:
        stage = Stage(settings_of(url, valkey_url, folder / "data"))
        async with AudioChild() as child:
            engine = ChildEngine(child)
            track = await fill(stage, engine, folder)
            runs = [await one_run(stage, child, TimedEngine(engine), track) for _ in range(RUNS + 1)]
        await stage.close()
    report(runs[1:])  # the first one warms caches


async def fill(stage: Stage, engine: ChildEngine, folder: Path) -> TrackId:
    """The index, and the track to scan, which is in it."""
    words = [await played(engine, folder, seed) for seed in range(BEATS)]
    print(f"{BEATS} beats played and heard")
    dice = np.random.default_rng(1)
    pool = np.concatenate([one[: len(one) // _WORDS_A_SECOND * _WORDS_A_SECOND] for one in words])
    pieces = pool.reshape(-1, _WORDS_A_SECOND)
    made = [pieces[dice.integers(len(pieces), size=SECONDS)].ravel() for _ in range(RECORDINGS - BEATS)]
    for mosaic in made[:MATCHES]:
        length = _SHARED_S * _WORDS_A_SECOND
        mosaic[length : 2 * length] = words[0][3 * length : 4 * length]
    nova, kilo = [await a_verified_producer(stage.sessions, name) for name in ("Nova", "Kilo")]
    tracks = [await a_track(stage.sessions, nova if number == 0 else kilo) for number in range(RECORDINGS)]
    await take_in(stage.sessions, tracks, [*words, *made])
    async with stage.sessions.reading() as session:
        upload = (await session.get_one(Track, tracks[0])).upload_id
    wav = (folder / "0.wav").read_bytes()
    await stage.services.storage.put(stored_key(UploadPurpose.TRACK_AUDIO, upload), wav)
    return tracks[0]


async def played(engine: ChildEngine, folder: Path, seed: int) -> Words:
    dice = random.Random(seed)
    path = folder / f"{seed}.wav"
    sound = beat(seed=seed, bpm=dice.randint(80, 160), key=seed % 12, seconds=SECONDS, kit=seed % 5)
    write_wav(path, sound, bit_depth=24)
    heard = await engine.listen(path)
    if seed:
        path.unlink()
    return np.frombuffer(heard.words, "<u4").astype(np.uint32)


async def take_in(sessions: Sessions, tracks: Sequence[TrackId], words: Sequence[Words]) -> None:
    for number, (track, heard) in enumerate(zip(tracks, words, strict=True), 1):
        keys, positions = index_terms(heard)
        terms = dict.fromkeys(zip(keys.tolist(), positions.tolist(), strict=True))
        rows = [{"key": key, "number": number, "position": position} for key, position in terms]
        facts = {"model": "chromaprint-2/half-hop/1", "words": stored(heard), "duration_ms": SECONDS * 1000}
        marks = {"number": number, "sequence": number, "posted": True, "fingerprinted_at": now()}
        async with sessions.writing() as session:
            changed = update(Fingerprint).where(col(Fingerprint.track_id) == track)
            await session.execute(changed.values(**facts, **marks))
            await session.execute(insert(Posting), rows)
    async with sessions.writing() as session:
        await session.execute(update(FingerprintIndex).values(numbered=len(tracks), sequence=len(tracks)))


Run = dict[str, float]


async def one_run(stage: Stage, child: AudioChild, engine: TimedEngine, track: TrackId) -> Run:
    """A whole scan as a worker does it, then the engine alone with what it was asked."""
    scan = ReconScanId(new_id("scn"))
    async with stage.sessions.writing() as session:
        for table in (ReconScanMatch, ReconScan, ReconMatch):
            await session.execute(delete(table))
        session.add(ReconScan(id=scan, track_id=track, trigger=ReconTrigger.SCHEDULED))
        await jobs.add(session, JobKind.SCAN, key=scan, scan=scan)
        job = (await session.scalars(select(col(Job.id)).where(col(Job.key) == f"SCAN:{scan}"))).one()
    services = stage.services
    chosen: Any = engine
    tools = Tools(stage.settings, services.sessions, services.live, services.storage, child, chosen)
    spent, started = cpu(child), time.perf_counter()
    await perform(tools, JobId(job), scan_actor)
    run = {"wall": time.perf_counter() - started}
    own, heard = (after - before for after, before in zip(cpu(child), spent, strict=True))
    run |= {"worker CPU": own, "child CPU": heard, **engine.wall}
    async with stage.sessions.reading() as session:
        done = await session.get_one(ReconScan, scan)
        found = len(list(await session.scalars(select(col(ReconScanMatch.match_id)))))
    assert (done.status, done.compared_count) == (ReconScanStatus.DONE, RECORDINGS - 1), done
    run |= {"matches": found, "postings": len(postings_met(engine)), "suspects": suspects(engine)}
    return run | await alone(child, engine)


async def alone(child: AudioChild, engine: TimedEngine) -> Run:
    spent, started = cpu(child), time.perf_counter()
    for name, args in list(engine.asked):
        await getattr(ChildEngine(child), name)(*args)
    wall = time.perf_counter() - started
    own, heard = (after - before for after, before in zip(cpu(child), spent, strict=True))
    return {"engine alone": wall, "engine alone CPU": own + heard}


def postings_met(engine: TimedEngine) -> Sequence[PostingRow]:
    return next(args[1] for name, args in engine.asked if name == "candidates")


def suspects(engine: TimedEngine) -> int:
    return sum(len(args[1]) for name, args in engine.asked if name == "compare")


def cpu(child: AudioChild) -> tuple[float, float]:
    """Seconds of this process, which is the worker, and of its child."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    times = psutil.Process(child.pid).cpu_times()
    return usage.ru_utime + usage.ru_stime, times.user + times.system


def report(runs: Sequence[Run]) -> None:
    middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    print(f"a {SECONDS} s beat against {RECORDINGS - 1} others, SQLite, median of {len(runs)}")
    print(
        f"{middle['postings']:.0f} postings met, {middle['suspects']:.0f} compared, {middle['matches']:.0f} matches"
    )
    engine = sum(middle[phase] for phase in _PHASES)
    for phase in _PHASES:
        print(f"  {phase:20} {middle[phase]:6.3f} s")
    print(f"  {'database and steps':20} {middle['wall'] - engine:6.3f} s")
    print(
        f"{'whole scan':22} {middle['wall']:6.3f} s  {middle['worker CPU'] + middle['child CPU']:6.3f} s CPU"
    )
    print(f"{'engine alone':22} {middle['engine alone']:6.3f} s  {middle['engine alone CPU']:6.3f} s CPU")
    print(
        f"{'ratio':22} {middle['wall'] / middle['engine alone']:6.2f}    {SECONDS / middle['wall']:.0f} x real time"
    )


if __name__ == "__main__":
    asyncio.run(main())
