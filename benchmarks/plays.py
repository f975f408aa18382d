"""Plays at 1,000 a second, opened, reported and counted, and not one lost or counted twice.

Processes as web processes are, each with a desk of its own, on one database. Every listener opens a play of a
track of one second, hears it, and reports it; a third of all hear the same track. First as fast as it goes: each play in a
transaction of its own, then through the desk, in which those that come at once share one. Then on schedule. In the end rows,
counted ones and every sum have to agree with what was answered. One web process is measured over HTTP, too.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlmodel import col

from api.plays.desk import PlayDesk
from api.plays.opening import Opening, open_plays
from api.plays.reporting import Report, report_plays
from api.refusals import Refused
from benchmarks.webhooks import OTHER_CORE, Sender, cpu_s, percentile, serving
from db.ids import AccountId, PlayId, TrackId
from db.migrate import upgrade
from db.models.accounts import Account
from db.models.plays import Play, PlayTotal
from db.queries import play_sums
from db.session import Sessions
from tests.factories import a_listener, a_producer, a_track
from tests.tools import postgres
from tests.tools.valkey import valkey_server

PROCESSES: Final = {"SQLite": 1, "Postgres": 2}
"""As they are run: SQLite has one web process."""
TRACKS: Final = 100
_HEARD_S: Final = 1.05
_WHOLE_MS: Final = 1000
_AT_ONCE: Final = 100
_OVER_HTTP: Final = 50
_OPEN: Final = "mutation($id: ID!) { startPlay(trackId: $id) { play { id streamUrl } errors { code } } }"
_REPORT: Final = (
    "mutation($id: ID!) { reportPlay(id: $id, listenedMs: 1000) { play { counted } errors { code } } }"
)


@dataclass(frozen=True)
class Crowd:
    """Who one process plays for, and what."""

    url: str
    accounts: Sequence[AccountId]
    tracks: Sequence[TrackId]
    alone: bool = False

    def track(self, number: int) -> TrackId:
        """A third of all hear the same."""
        return self.tracks[0 if number % 3 == 0 else random.randrange(len(self.tracks))]


class Burst(NamedTuple):
    """As fast as it goes: seconds for opening and reporting, seconds of CPU, and how many were counted."""

    opening_s: float
    reporting_s: float
    cpu_s: float
    counted: int


class Steady(NamedTuple):
    """On schedule: milliseconds from each one's moment to its answer, seconds of CPU and of the clock, counted ones."""

    waits_ms: list[float]
    cpu_s: float
    seconds: float
    counted: int


class Desk:
    """Opens and reports, together with others or each alone."""

    def __init__(self, sessions: Sessions, *, alone: bool) -> None:
        self._sessions = sessions
        self._alone = alone
        self._desk = PlayDesk(sessions)

    async def open(self, opening: Opening) -> PlayId:
        if not self._alone:
            return await self._desk.open(opening)
        async with self._sessions.writing() as session:
            [play] = await open_plays(session, [opening])
        assert not isinstance(play, Refused), play
        return play

    async def report(self, report: Report) -> PlayId:
        if not self._alone:
            return await self._desk.report(report)
        async with self._sessions.writing() as session:
            [play] = await report_plays(session, [report])
        assert not isinstance(play, Refused), play
        return play


async def _timed(jobs: Sequence[Callable[[], Awaitable[PlayId]]]) -> tuple[float, list[PlayId]]:
    """How long all take, so many at once."""
    room, begun = asyncio.Semaphore(_AT_ONCE), time.perf_counter()

    async def one(job: Callable[[], Awaitable[PlayId]]) -> PlayId:
        async with room:
            return await job()

    done = await asyncio.gather(*(one(job) for job in jobs))
    return time.perf_counter() - begun, list(done)


def burst(crowd: Crowd) -> Burst:
    return asyncio.run(_burst(crowd))


async def _burst(crowd: Crowd) -> Burst:
    sessions = Sessions(crowd.url)
    desk, cpu = Desk(sessions, alone=crowd.alone), time.process_time()
    people = list(enumerate(crowd.accounts))
    openings = [Opening(account, None, crowd.track(number)) for number, account in people]
    opening_s, plays = await _timed([lambda one=one: desk.open(one) for one in openings])
    await asyncio.sleep(_HEARD_S)
    reports = [Report(account, play, _WHOLE_MS) for account, play in zip(crowd.accounts, plays, strict=True)]
    reporting_s, said = await _timed([lambda one=one: desk.report(one) for one in reports])
    cpu = time.process_time() - cpu
    await sessions.close()
    return Burst(opening_s, reporting_s, cpu, len(said))


def steady(work: tuple[Crowd, float, float]) -> Steady:
    return asyncio.run(_steady(*work))


async def _steady(crowd: Crowd, rate: float, seconds: float) -> Steady:
    sessions = Sessions(crowd.url)
    desk, cpu, waits = Desk(sessions, alone=False), time.process_time(), list[float]()
    begun = time.perf_counter() + 0.1
    counted = 0

    async def one(number: int, due: float) -> None:
        nonlocal counted
        account = crowd.accounts[number % len(crowd.accounts)]
        play = await desk.open(Opening(account, None, crowd.track(number)))
        waits.append((time.perf_counter() - due) * 1000)
        heard = time.perf_counter() + _HEARD_S
        await asyncio.sleep(_HEARD_S)
        await desk.report(Report(account, play, _WHOLE_MS))
        waits.append((time.perf_counter() - heard) * 1000)
        counted += 1

    async with asyncio.TaskGroup() as playing:
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            playing.create_task(one(number, due))
    took = time.perf_counter() - begun - _HEARD_S
    cpu = time.process_time() - cpu
    await sessions.close()
    return Steady(waits, cpu, took, counted)


# ---- over HTTP -----------------------------------------------------------------------------------
def over_http(work: tuple[int, Sequence[str], Sequence[TrackId], int]) -> tuple[float, int]:
    os.sched_setaffinity(0, {OTHER_CORE})
    return asyncio.run(_over_http(*work))


async def _over_http(
    port: int, tokens: Sequence[str], tracks: Sequence[TrackId], each: int
) -> tuple[float, int]:
    """Seconds that so many plays of each listener took, without those in which they were heard; how many count."""
    counted = 0
    busy: list[float] = []
    for _ in range(each):
        clients = [_Client(port, token) for token in tokens]
        begun = time.perf_counter()
        opened = await asyncio.gather(
            *(one.ask(_OPEN, tracks[number % len(tracks)]) for number, one in enumerate(clients))
        )
        busy.append(time.perf_counter() - begun)
        await asyncio.sleep(_HEARD_S)
        begun = time.perf_counter()
        plays = [answer["data"]["startPlay"]["play"]["id"] for answer in opened]
        said = await asyncio.gather(
            *(one.ask(_REPORT, play) for one, play in zip(clients, plays, strict=True))
        )
        busy.append(time.perf_counter() - begun)
        counted += sum(answer["data"]["reportPlay"]["play"]["counted"] for answer in said)
        await asyncio.gather(*(one.close() for one in clients))
    return sum(busy), counted


class _Client(Sender):
    """A listener's connection, which says its answers."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port)
        self._head = f"POST /graphql HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"

    async def ask(self, query: str, about: str) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
        body = json.dumps({"query": query, "variables": {"id": about}}).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return json.loads(await self.exchange((self._head + kind).encode() + body))  # type: ignore[no-any-return]  # JSON


# ---- what comes of it ----------------------------------------------------------------------------
async def a_public(url: str, size: int) -> tuple[list[AccountId], list[TrackId], list[str]]:
    """Listeners, tracks of a second, and tokens of those who come over HTTP."""
    sessions = Sessions(url)
    makers = [await a_producer(sessions, f"P{number}") for number in range(10)]
    tracks = [await a_track(sessions, makers[number % 10], duration_ms=_WHOLE_MS) for number in range(TRACKS)]
    people = [await a_listener(sessions, f"H{number}") for number in range(_OVER_HTTP)]
    names = [f"l{number}@beatpass.test" for number in range(size)]
    accounts = [Account(email=name, email_key=name, display_name="L", password_hash="none") for name in names]
    async with sessions.writing() as session:
        session.add_all(accounts)
        ids = [one.id for one in accounts]
    await sessions.close()
    return ids, tracks, [one.token for one in people]


async def check(url: str, answered: int) -> None:
    """Nothing was lost, and nothing counts twice."""
    sessions = Sessions(url)
    async with sessions.reading() as session:
        rows = (await session.execute(select(func.count(), func.count(col(Play.counted_at))))).one()
        sums = (await session.execute(select(func.sum(PlayTotal.plays), func.sum(PlayTotal.counted)))).one()
        differing = [
            *await play_sums.days_that_differ(session, date.min),
            *await play_sums.totals_that_differ(session, date.min),
        ]
    await sessions.close()
    assert tuple(rows) == tuple(sums) == (answered, answered), (rows, sums, answered)
    assert not differing, differing
    print(
        f"  {answered} plays were answered as counted; so many rows there are, and so much all sums come to"
    )


def measure(name: str, url: str, redis_url: str, options: argparse.Namespace) -> None:
    upgrade(url)
    ids, tracks, tokens = asyncio.run(a_public(url, options.listeners))
    processes = PROCESSES[name]
    shares = [ids[rank::processes] for rank in range(processes)]
    answered = 0
    print(f"{name}, {processes} process(es), load {os.getloadavg()[0]:.1f}")
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        rates: dict[bool, float] = {}
        for alone, size in ((True, options.burst // 8), (False, options.burst)):
            some = [share[:size] for share in shares]
            found = pool.map(burst, [Crowd(url, each, tracks, alone) for each in some], chunksize=1)
            rates[alone] = say_burst("each alone" if alone else "through the desk", found)
            answered += sum(one.counted for one in found)
        print(f"  the desk ÷ each alone: {rates[False] / rates[True]:.1f}")
        work = [(Crowd(url, one, tracks), options.rate / processes, options.seconds) for one in shares]
        slow = pool.map(steady, work, chunksize=1)
        answered += say_steady(slow, options)
    answered += measure_http(url, redis_url, tokens, tracks)
    asyncio.run(check(url, answered))


def say_burst(how: str, found: Sequence[Burst]) -> float:
    """Plays a second, opened and reported."""
    plays = sum(one.counted for one in found)
    opening, reporting = max(one.opening_s for one in found), max(one.reporting_s for one in found)
    cpu = sum(one.cpu_s for one in found) / plays * 1000
    rate = plays / (opening + reporting)
    print(
        f"  {how:<16} {plays / opening:6.0f} opened a second, {plays / reporting:6.0f} reported a second,"
        f" {rate:6.0f} both; CPU {cpu:.2f} ms a play"
    )
    return rate


def say_steady(found: Sequence[Steady], options: argparse.Namespace) -> int:
    plays = sum(one.counted for one in found)
    waits = [wait for one in found for wait in one.waits_ms]
    cpu = sum(one.cpu_s for one in found) / plays * 1000
    rate = plays / max(one.seconds for one in found)
    print(
        f"  {options.rate} a second were due: {plays} plays, {rate:.0f} a second opened and counted;"
        f" p50 {percentile(waits, 50):.0f}  p99 {percentile(waits, 99):.0f}  max {max(waits):.0f} ms;"
        f" CPU {cpu:.2f} ms a play"
    )
    return plays


def measure_http(url: str, redis_url: str, tokens: Sequence[str], tracks: Sequence[TrackId]) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="beatpass-bench-") as folder,
        serving("api.app:create_app", url, redis_url, Path(folder)) as web,
        multiprocessing.get_context("spawn").Pool(1) as pool,
    ):
        [(_, warm)] = pool.map(over_http, [(web.port, tokens, tracks, 1)])
        before = cpu_s(web.pid)
        [(seconds, counted)] = pool.map(over_http, [(web.port, tokens, tracks, 8)])
        cpu = (cpu_s(web.pid) - before) / counted * 1000
    print(
        f"  over HTTP, one process on one core: {counted / seconds:.0f} plays a second, both mutations; CPU {cpu:.2f} ms a play"
    )
    return warm + counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="plays a second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--listeners", type=int, default=8000, help="each hears one track at a time")
    parser.add_argument("--burst", type=int, default=2000, help="plays of each process, as fast as it goes")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    parser.add_argument("--first", action="store_true", help="as root: before most other work (nice -15)")
    options = parser.parse_args()
    if options.first:
        os.nice(-15)  # children are as their parents are
    with valkey_server() as redis_url:
        if "sqlite" in options.engines:
            with tempfile.TemporaryDirectory() as folder:
                measure("SQLite", f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}", redis_url, options)
        if "postgres" in options.engines:
            with postgres.postgres_server(durable=True) as server, postgres.database(server, "bench") as url:
                measure("Postgres", url, redis_url, options)


if __name__ == "__main__":
    main()
