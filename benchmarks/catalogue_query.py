"""The query that counts: 50 tracks with producer, offer and tags, beside the same rows read by Core and written by orjson."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Select, select
from sqlmodel import col

from api.covers.presets import GeneratedArt
from api.graphql import build_schema
from api.settings import Settings
from db.migrate import upgrade
from db.models.producers import Producer
from db.models.tracks import Track
from db.queries.tracks import TrackRow
from db.session import Sessions
from tests.factories import EXCLUSIVE, a_producer, a_track
from tests.stage import Stage

TRACKS: Final = 500
PRODUCERS: Final = 20
ROUNDS: Final = 60
QUERY: Final = """{ tracks(first: 50) { nodes {
  id title artists bpm keyLabel camelot durationMs tags genres publishedAt
  producer { id handle name verified }
  licensing { model exclusive { availability price { minorUnits amount currency } } } } } }"""


class Cost(NamedTuple):
    """Of one answer, in milliseconds."""

    cpu_ms: float
    p50_ms: float
    p99_ms: float


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(_settings(Path(folder)))
        await _fill(stage.sessions)
        answer = await stage.ask(None, QUERY)
        print(f"{len(answer['tracks']['nodes'])} tracks, {_leaves(answer)} leaves, {ROUNDS} rounds, SQLite")
        baseline = await _measured(lambda: _by_core(stage.sessions))
        ours = await _measured(lambda: _by_graphql(stage))
        await stage.close()
    for name, cost in (("one Core SELECT + orjson", baseline), ("GraphQL", ours)):
        print(f"{name:<26} {cost.cpu_ms:7.2f} ms CPU   p50 {cost.p50_ms:7.2f} ms   p99 {cost.p99_ms:7.2f} ms")
    print(
        f"{'ratio':<26} {ours.cpu_ms / baseline.cpu_ms:7.1f} x        {ours.p50_ms / baseline.p50_ms:9.1f} x"
    )


def _settings(folder: Path) -> Settings:
    url = f"sqlite+aiosqlite:///{folder / 'beatpass.db'}"
    upgrade(url)
    # No Redis is asked for a query; one that is not there costs nothing.
    return Settings.model_validate(
        {
            "database_url": url,
            "redis_url": "unix:///nowhere",
            "broker_url": "unix:///nowhere",
            "secret_key": "k" * 40,
            "data_dir": folder,
        }
    )


async def _fill(sessions: Sessions) -> None:
    assert await GeneratedArt().presets_for(["Trap"])
    people = [await a_producer(sessions, f"Producer {number}") for number in range(PRODUCERS)]
    for number in range(TRACKS):
        offer = EXCLUSIVE if number % 2 else {}
        tags = ["808", "night", f"tag {number % 40}"]
        await a_track(sessions, people[number % PRODUCERS], title=f"Beat {number}", tags=tags, **offer)


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1


async def _by_graphql(stage: Stage) -> bytes:
    """All that a request costs but the socket: viewer, cached document, execution, JSON."""
    return orjson.dumps({"data": await stage.ask(None, QUERY)})


async def _by_core(sessions: Sessions) -> bytes:
    columns = [getattr(Track, name) for name in TrackRow._fields]
    statement: Select[Any] = (
        select(*columns, col(Producer.handle), col(Producer.name))
        .join(Producer, col(Producer.id) == col(Track.producer_id))
        .where(col(Track.status) == "PUBLISHED")
        .order_by(col(Track.published_at).desc(), col(Track.id).desc())
        .limit(50)
    )
    async with sessions.reading() as session:
        rows = (await session.execute(statement)).all()
    return orjson.dumps([tuple(row) for row in rows])


async def _measured(work: Callable[[], Awaitable[bytes]]) -> Cost:
    for _ in range(5):
        await work()
    walls: list[float] = []
    began = time.process_time()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await work()
        walls.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - began) * 1000 / ROUNDS
    return Cost(cpu, statistics.median(walls), statistics.quantiles(walls, n=100)[98])


if __name__ == "__main__":
    build_schema(suggestions=False)
    asyncio.run(main())
