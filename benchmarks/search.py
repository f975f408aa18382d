"""Search, menus and suggestions over 100,000 tracks on both engines, beside a LIKE scan of the same run."""

import asyncio
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, text
from sqlalchemy.dialects import postgresql, sqlite

from api.settings import Settings
from db.clock import now
from db.folding import folded
from db.ids import TrackId, UploadId, new_id, number_of
from db.migrate import upgrade
from db.models.tracks import SearchTerm, Track, TrackLabel
from db.models.uploads import Upload
from db.queries.facets import labels_of_matches
from db.queries.hits import search_for
from db.queries.paging import Slice
from db.queries.search import by_relevance
from db.queries.tracks import TrackFilter, among
from db.searching import labels_of, search_terms
from db.session import Sessions
from db.vocabulary import (
    GENRE_PARENTS,
    MOODS,
    LabelKind,
    LicensingModel,
    OrderDirection,
    Scale,
    TrackStatus,
    UploadPurpose,
    UploadStatus,
)
from tests.factories import TRAP_COVER, Beatmaker, a_producer
from tests.stage import Stage
from tests.tools import postgres

PRODUCERS: Final = 500
ROUNDS: Final = 15
BATCH: Final = 1000
LIST: Final = """query($where: TrackWhere, $orderBy: TrackOrder) {
  tracks(first: 24, where: $where, orderBy: $orderBy) { nodes { id title } pageInfo { endCursor } } }"""
COUNT: Final = "query($where: TrackWhere) { tracks(first: 1, where: $where) { totalCount } }"
MENUS: Final = """query($where: TrackWhere, $of: [TrackFacetField!]!) {
  tracks(first: 1, where: $where) { facets(of: $of) { buckets { value count } } } }"""
SUGGEST: Final = "query($text: String!) { searchSuggestions(text: $text) { label node { id } } }"
SEARCHES: Final[dict[str, dict[str, Any]]] = {
    "popular word": {"search": "dark"},
    "popular word, one letter short": {"search": "dar"},
    "rare word": {"search": "zephyr"},
    "two words, both popular": {"search": "trap dark"},
    "two words, one rare": {"search": "zephyr night"},
    "three words": {"search": "dark night trap"},
    "one letter": {"search": "d"},
    "two letters": {"search": "da"},
    "popular + genre": {"search": "dark", "genre": {"eq": "Drill"}},
    "popular + tempo": {"search": "dark", "bpm": {"gte": 138, "lte": 142}, "bpmHalfOrDouble": True},
    "popular + key": {"search": "dark", "harmonicWith": "8A"},
    "popular + licensing": {"search": "dark", "licensingModel": {"eq": "EXCLUSIVE_ONLY"}},
    "no search": {},
    "no search + genre": {"genre": {"eq": "Drill"}},
}
_NEWEST: Final = {"field": "PUBLISHED_AT", "direction": "DESC"}
_LIKE: Final = """SELECT id FROM track WHERE status = 'PUBLISHED' AND (title_key LIKE :part OR description LIKE :part
  OR CAST(tags AS TEXT) LIKE :part OR CAST(genres AS TEXT) LIKE :part OR CAST(moods AS TEXT) LIKE :part
  OR CAST(artists AS TEXT) LIKE :part) ORDER BY shown_since DESC, id DESC LIMIT 24"""
_COUNT_LIKE: Final = _LIKE.replace("SELECT id", "SELECT count(*)").partition("ORDER BY")[0]


class Words:
    """Words by Zipf's law: the r-th most frequent stands for one r-th of the first."""

    def __init__(self, chance: random.Random, words: list[str], *, slope: float = 1.0) -> None:
        self._chance = chance
        self._words = words
        self._weights = list(itertools.accumulate(1 / (rank + 2) ** slope for rank in range(len(words))))

    def some(self, count: int) -> list[str]:
        return list(dict.fromkeys(self._chance.choices(self._words, cum_weights=self._weights, k=count)))


class Catalogue:
    """Tracks like those of a platform, the same for every run."""

    def __init__(self) -> None:
        self._chance = random.Random(7)
        made = ["".join(self._chance.choices("etaoinshrdlucmfwgpbvk", k=3 + n % 6)) for n in range(12_000)]
        known = [
            "dark",
            "night",
            "trap",
            "love",
            "type",
            "beat",
            "drive",
            "soul",
            "sky",
            "fire",
            "moon",
            "gold",
            "dream",
            "wave",
            "ice",
            "rain",
            "city",
        ]
        self._titles = Words(self._chance, [*known, *made[:5000], "zephyr"], slope=0.9)
        self._tags = Words(self._chance, ["dark", "trap", "808", "drill", "lo-fi", "night", *made[5000:7000]])
        self._texts = Words(self._chance, ["the", "a", "with", "beat", "dark", *made[3000:]], slope=0.9)
        self._genres = Words(self._chance, list(GENRE_PARENTS))
        self._moods = Words(self._chance, ["Dark", *(mood for mood in MOODS if mood != "Dark")])
        self._numbers: set[int] = set()

    def _id(self) -> TrackId:
        """Whose number is free: so many are made in a millisecond that two might share one."""
        track = TrackId(new_id("trk"))
        if number_of(track) in self._numbers:
            return self._id()
        self._numbers.add(number_of(track))
        return track

    def track(self, of: Beatmaker, upload: UploadId) -> dict[str, Any]:
        chance = self._chance
        title = " ".join(self._titles.some(chance.randint(1, 4))).title()
        moment = now() - timedelta(seconds=chance.randrange(10**8))
        track = self._id()
        return {
            "id": track,
            "number": number_of(track),
            "producer_id": of.producer,
            "upload_id": upload,
            "slug": track,
            "title": title,
            "title_key": folded(title),
            "artists": [of.name],
            "bpm": chance.randint(60, 200),
            "pitch_class": chance.randrange(12),
            "scale": chance.choice([Scale.MINOR, Scale.MINOR, Scale.MAJOR]),
            "genres": self._genres.some(chance.randint(1, 2)),
            "tags": self._tags.some(chance.randint(0, 8)),
            "moods": self._moods.some(chance.randint(0, 2)),
            "description": " ".join(self._texts.some(chance.randint(5, 40)))
            if chance.random() < 0.6
            else None,
            "cover_preset_id": TRAP_COVER,
            "status": TrackStatus.PUBLISHED if chance.random() < 0.95 else TrackStatus.HIDDEN,
            "duration_ms": 180_000,
            "audio_sha256": "0" * 64,
            "audio_byte_size": 30_000_000,
            "preview_ready": True,
            **self._offer(),
            "input_sha256": "0" * 64,
            "created_at": moment,
            "published_at": moment,
        }

    def _offer(self) -> dict[str, Any]:
        model = self._chance.choice(list(LicensingModel))
        open_for_all = model is LicensingModel.STANDARD
        return {"licensing_model": model, "exclusive_availability": None if open_for_all else "PRIVATE"}


async def main(tracks: int) -> None:
    """Measure and print."""
    for name, engine in (("SQLite", sqlite_database), ("PostgreSQL", postgres_database)):
        with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as url:
            stage = Stage(_settings(url, Path(folder)))
            began = time.perf_counter()
            await _fill(stage.sessions, tracks)
            await settle(stage.sessions, url)
            print(f"\n== {name}: {tracks:,} tracks, filled in {time.perf_counter() - began:.0f} s")
            await _sizes(stage.sessions)
            await _measure(stage)
            await _plans(stage.sessions, url)
            await stage.close()


@contextmanager
def sqlite_database(folder: Path) -> Generator[str]:
    url = f"sqlite+aiosqlite:///{folder / 'beatpass.db'}"
    upgrade(url)
    yield url


@contextmanager
def postgres_database(_: Path) -> Generator[str]:
    with postgres.postgres_server() as server, postgres.database(server, "bench") as url:
        upgrade(url)
        yield url


def _settings(url: str, folder: Path) -> Settings:
    # No Redis is asked for a query; one that is not there costs nothing.
    nowhere = {"redis_url": "unix:///nowhere", "broker_url": "unix:///nowhere"}
    return Settings.model_validate(
        {"database_url": url, **nowhere, "secret_key": "k" * 40, "data_dir": folder}
    )


async def _fill(sessions: Sessions, tracks: int) -> None:
    people = [await a_producer(sessions, f"Producer {number}") for number in range(PRODUCERS)]
    catalogue = Catalogue()
    for start in range(0, tracks, BATCH):
        rows = [_rows(catalogue, people[(start + n) % PRODUCERS]) for n in range(min(BATCH, tracks - start))]
        async with sessions.writing() as session:
            for table, place in ((Upload, 0), (Track, 1)):
                await session.execute(insert(table), [row[place] for row in rows])
            for table, place in ((TrackLabel, 2), (SearchTerm, 3)):
                await session.execute(insert(table), [one for row in rows for one in row[place]])


def _rows(catalogue: Catalogue, of: Beatmaker) -> tuple[Any, Any, Any, Any]:
    upload = UploadId(new_id("upl"))
    track = catalogue.track(of, upload)
    own = {"number": track["number"], "status": track["status"]}
    labels = [own | {"kind": kind, "folded": key, "label": label} for kind, key, label in labels_of(track)]
    terms = [own | {"term": term, "weight": weight} for term, weight in search_terms(track, of.name).items()]
    return upload_of(upload, of), track, labels, terms


def upload_of(upload: UploadId, of: Beatmaker) -> dict[str, Any]:
    return {
        "id": upload,
        "account_id": of.account,
        "purpose": UploadPurpose.TRACK_AUDIO,
        "filename": "beat.wav",
        "byte_size": 1,
        "received_bytes": 1,
        "status": UploadStatus.COMPLETED,
        "expires_at": now(),
    }


async def settle(sessions: Sessions, url: str) -> None:
    """Statistics, which a Postgres takes by itself in time; our SQLite has none, here as anywhere."""
    if url.startswith("postgresql"):
        async with sessions.writing() as session:
            await session.execute(text("ANALYZE"))


async def _sizes(sessions: Sessions) -> None:
    async with sessions.reading() as session:
        for table in ("search_term", "track_label"):
            count = await session.scalar(text(f"SELECT count(*) FROM {table}"))
            print(f"   {table}: {count:,} rows")


async def _measure(stage: Stage) -> None:
    scan = await _timed(lambda: _scan(stage.sessions, _LIKE, "%zephyr%"))
    count_scan = await _timed(lambda: _scan(stage.sessions, _COUNT_LIKE, "%dark%"))
    _print("baseline: LIKE page of a rare word", scan, scan)
    _print("baseline: LIKE count", count_scan, scan)
    for name, where in SEARCHES.items():
        _print(f"page of {name}", await _timed(lambda where=where: stage.ask(None, LIST, where=where)), scan)
    newest = SEARCHES["popular word"]
    _print(
        "page of popular word, newest",
        await _timed(lambda: stage.ask(None, LIST, where=newest, orderBy=_NEWEST)),
        scan,
    )
    for name, where in SEARCHES.items():
        _print(
            f"count of {name}",
            await _timed(lambda where=where: stage.ask(None, COUNT, where=where)),
            count_scan,
        )
    for name in (
        "popular word",
        "rare word",
        "two words, both popular",
        "popular + genre",
        "no search",
        "no search + genre",
    ):
        where = SEARCHES[name]
        for menu in ("GENRE", "MOOD", "TAG", "CAMELOT", "BPM", "LICENSING_MODEL"):
            asked = {"where": where, "of": [menu]}
            _print(
                f"{menu} menu of {name}",
                await _timed(lambda asked=asked: stage.ask(None, MENUS, **asked), 10),
                count_scan,
            )
    for typed in ("d", "da", "dark", "dark n", "producer 4", "zeph"):
        _print(
            f"suggestions for {typed!r}",
            await _timed(lambda typed=typed: stage.ask(None, SUGGEST, text=typed)),
            scan,
        )


async def _scan(sessions: Sessions, statement: str, part: str) -> Any:
    async with sessions.reading() as session:
        return (await session.execute(text(statement), {"part": part})).all()


async def _timed(work: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> tuple[float, float]:
    await work()
    walls: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        await work()
        walls.append((time.perf_counter() - start) * 1000)
    return statistics.median(walls), statistics.quantiles(walls, n=100)[98]


def _print(name: str, took: tuple[float, float], baseline: tuple[float, float]) -> None:
    print(
        f"{name:<44} p50 {took[0]:8.1f} ms   p99 {took[1]:8.1f} ms   {baseline[0] / took[0]:7.1f} x",
        flush=True,
    )


async def _plans(sessions: Sessions, url: str) -> None:
    chosen = TrackFilter(search=search_for("dark"))
    assert chosen.search
    two = search_for("trap dark")
    assert two
    statements = {
        "page": by_relevance(chosen.search, chosen, OrderDirection.DESC, Slice(24)),
        "page of two words": by_relevance(two, TrackFilter(search=two), OrderDirection.DESC, Slice(24)),
        "page with a filter": by_relevance(
            chosen.search,
            TrackFilter(search=chosen.search, pitch_classes=frozenset({9})),
            OrderDirection.DESC,
            Slice(24),
        ),
        "menu of tags": labels_of_matches(chosen, LabelKind.TAG),
        "count": among(chosen, func.count()),
    }
    for name, statement in statements.items():
        print(f"-- {name}")
        for line in await _explained(sessions, url, statement):
            print(f"   {line}")


async def _explained(sessions: Sessions, url: str, statement: Any) -> list[str]:
    dialect: Any = sqlite.dialect() if url.startswith("sqlite") else postgresql.dialect()
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    how = "EXPLAIN QUERY PLAN" if url.startswith("sqlite") else "EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF)"
    async with sessions.reading() as session:
        connection = await session.connection()
        return [str(row[-1]) for row in await connection.exec_driver_sql(f"{how} {sql}".replace("%", "%%"))]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
