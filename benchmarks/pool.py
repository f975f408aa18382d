"""Closing a month with 10 M plays: seconds, memory, the longest transaction, the same bytes again, and a naive closing beside it.

`benchmarks/_pool_month.py` says what there is. The closing runs in a process of its own, whose memory is what is said; both
databases are as in production, on the disk of the temporary folder. The naive closing does one track after another, as it is
written down first: a statement for its plays, one for its credits, one for its row, Decimals without a memory, all in one
transaction; it is measured over some tracks and multiplied.
"""

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.earnings.auditing import audit
from api.pool.closing import carry_out
from api.pool.replay import replay
from api.pool.simulating import simulate
from benchmarks._pool_month import PERIOD, Size, fill
from db.clock import now
from db.ids import PoolRunId, new_id
from db.migrate import upgrade
from db.models.all import METADATA
from db.models.plays import TrackPlays
from db.models.pools import PoolRun
from db.models.tracks import Track, TrackCredit
from db.months import Month
from db.queries import pools
from db.session import Sessions
from db.vocabulary import CurrencyCode, PoolDivision
from tests.tools import postgres

_NAIVE_TRACKS: Final = 2_000
_MIB: Final = 1024
_SETTLE: Final = {"sqlite": ["PRAGMA wal_checkpoint(TRUNCATE)"], "postgresql": ["CHECKPOINT", "ANALYZE"]}


class TimedSessions(Sessions):
    """Knows how long each writing transaction was, its commit among it, and how long this process worked for it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.spent: list[float] = []
        self.worked: list[float] = []

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        async with super().writing() as session:
            started, used = time.perf_counter(), time.process_time()
            yield session
        self.spent.append(time.perf_counter() - started)
        self.worked.append(time.process_time() - used)


@dataclass(frozen=True)
class Closed:
    """What a closing came to."""

    seconds: float
    cpu_s: float
    peak_mib: float
    transactions: int
    median_ms: float
    p99_ms: float
    longest_ms: float
    longest_cpu_ms: float
    inputs_sha256: str
    outputs_sha256: str


async def _nothing(_: AsyncSession) -> None:
    """No lease to keep."""


async def _begun(sessions: Sessions, sequence: int = 0) -> PoolRunId:
    new = PoolRun(
        id=PoolRunId(new_id("plr")),
        period=PERIOD,
        sequence=sequence,
        currency=CurrencyCode.CAD,
        begun_at=now(),
    )
    async with sessions.writing() as session:
        await pools.add_run(session, new)
    return new.id


async def _close(url: str) -> Closed:
    sessions = TimedSessions(url)
    async with sessions.reading() as session:
        await pools.runs(session)  # as a worker has done that is warm
    started, used = time.perf_counter(), time.process_time()
    run = await _begun(sessions)
    await carry_out(sessions, run, keep=_nothing)
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - used
    async with sessions.reading() as session:
        row = await pools.run(session, run)
    await sessions.close()
    assert row
    spent = sorted(one * 1000 for one in sessions.spent)
    place = len(spent) * 99 // 100
    shas = row.inputs_sha256 or "", row.outputs_sha256 or ""
    return Closed(
        seconds,
        cpu_s,
        _peak_mib(),
        len(spent),
        spent[len(spent) // 2],
        spent[place],
        spent[-1],
        max(sessions.worked) * 1000,
        *shas,
    )


def _peak_mib() -> float:
    """Of this process: `ru_maxrss` has that of whoever started it, too."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / _MIB


def close(url: str) -> Closed:
    """In a process of its own."""
    return asyncio.run(_close(url))


async def again(url: str, closed: Closed) -> None:
    """The same bytes from what was frozen, what another rule would have paid, and the audit."""
    sessions = Sessions(url)
    async with sessions.reading() as session:
        row = await pools.closing_of(session, PERIOD)
    assert row
    started = time.perf_counter()
    replayed = await replay(sessions, row.id)
    assert replayed.is_the_same
    assert replayed.outputs_sha256 == closed.outputs_sha256
    print(f"  reckoned again from what was frozen in {time.perf_counter() - started:.1f} s: the same bytes")
    for division in PoolDivision:
        started, used = time.perf_counter(), time.process_time()
        await simulate(sessions, PERIOD, half_life_months=Decimal(3), division=division)
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - used
        print(f"  simulated, {division.value}: {seconds:.1f} s ({cpu_s:.1f} s of CPU)")
    started = time.perf_counter()
    broken = [one for one in await audit(sessions) if one.broken_by]
    broken = [one for one in broken if one.invariant.name.startswith(("pool", "emptied", "unchange"))]
    assert not broken, [(one.invariant.name, one.broken_by[:3]) for one in broken]
    print(f"  audit in {time.perf_counter() - started:.1f} s, nothing found")
    await sessions.close()


async def naive(url: str, tracks: int) -> float:
    """Seconds for one track, as it would be written first; nothing of it is kept."""
    sessions, started = Sessions(url), time.perf_counter()
    month = Month.named(PERIOD)
    assert month
    async with sessions.reading() as session:
        some = list(await session.scalars(select(col(Track.id)).order_by(col(Track.id)).limit(tracks)))
    run = await _begun(sessions, sequence=99)
    async with sessions.writing() as session:
        for track in some:
            await _naive_track(session, run, track, month)
        await session.rollback()
    await sessions.close()
    return (time.perf_counter() - started) / tracks


async def _naive_track(session: AsyncSession, run: PoolRunId, track: Any, month: Month) -> None:
    row = await session.get_one(Track, track)
    days = col(TrackPlays.day) >= month.heard_from, col(TrackPlays.day) <= month.last_day
    plays = await session.scalar(
        select(func.sum(col(TrackPlays.counted))).where(col(TrackPlays.track_id) == track, *days)
    )
    credits = list(
        await session.scalars(select(col(TrackCredit.producer_id)).where(col(TrackCredit.track_id) == track))
    )
    assert row.published_at
    weight = _naive_weight((month.last_day - row.published_at.date()).days, int(plays or 0), len(credits))
    facts = {
        "run_id": run,
        "track_id": track,
        "licensing_model": row.licensing_model,
        "plays": int(plays or 0),
    }
    work = {"work": {"title": row.title}, "published_at": row.published_at, "producers": credits}
    await session.execute(insert(METADATA.tables["pool_input"]).values(**facts, **work))
    for producer in credits:
        line = {"run_id": run, "producer_id": producer, "track_id": track, "amount_minor": 0}
        await session.execute(
            insert(METADATA.tables["pool_line"]).values(**line, weight=int(weight.scaleb(12)))
        )


def _naive_weight(days: int, plays: int, credited: int) -> Decimal:
    exactly = Context(prec=28)
    age = exactly.exp(-(exactly.ln(Decimal(2)) / 6) * (Decimal(days) / Decimal("30.4375")))
    heard = exactly.log10(Decimal(1 + plays))
    return (age * (1 + 2 * heard / (heard + 1)) / credited).quantize(Decimal("1e-12"))


def settle(url: str) -> None:
    """Bring the filling to where it stays, so that the closing does not do it."""
    engine = create_engine(url.replace("+aiosqlite", ""), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in _SETTLE[engine.dialect.name]:
            connection.exec_driver_sql(statement)
    engine.dispose()


def measure(url: str, name: str, size: Size) -> Closed:
    started = time.perf_counter()
    rows = asyncio.run(fill(url, size))
    settle(url)
    print(f"{name}: {size.plays:,} plays are {rows:,} rows, written in {time.perf_counter() - started:.0f} s")
    each = asyncio.run(naive(url, min(_NAIVE_TRACKS, size.tracks)))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        closed = pool.apply(close, (url,))
    print(
        f"  closed in {closed.seconds:.1f} s ({closed.cpu_s:.1f} s of CPU), peak {closed.peak_mib:,.0f} MiB;"
        f" {closed.transactions} transactions, median {closed.median_ms:.1f} ms, p99 {closed.p99_ms:.1f} ms, longest {closed.longest_ms:.1f} ms"
        f" ({closed.longest_cpu_ms:.1f} ms of CPU here)"
    )
    print(
        f"  naive: {each * 1000:.2f} ms for each track, {each * size.tracks:.0f} s for all:"
        f" {each * size.tracks / closed.seconds:.1f} times as long, in one transaction"
    )
    asyncio.run(again(url, closed))
    return closed


def on_sqlite(size: Size) -> Closed:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}"
        upgrade(url)
        return measure(url, "SQLite", size)


def on_postgres(size: Size) -> Closed:
    with postgres.postgres_server(durable=True) as server, postgres.database(server, "bench") as url:
        upgrade(url)
        return measure(url, "Postgres", size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (
        ("plays", 10_000_000),
        ("tracks", 100_000),
        ("producers", 5_000),
        ("listeners", 20_000),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    size = Size(**vars(parser.parse_args()))
    one, other = on_sqlite(size), on_postgres(size)
    assert (one.inputs_sha256, one.outputs_sha256) == (other.inputs_sha256, other.outputs_sha256)
    print(f"Both have the same bytes: {one.outputs_sha256}")


if __name__ == "__main__":
    main()
