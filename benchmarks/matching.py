"""Beat requests against 100,000 tracks, and a track against 1,000 open requests, on both engines: `./bp bench matching`.

The whole process is timed as a worker runs it: narrow, weigh, write, settle. The baseline of the same run holds every
published track of a verified producer against the request in Python, read from the database, and writes nothing.
"""

import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psutil
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.requests.describing import heard_track, traits_of, wanted_of
from api.requests.fit import fit
from api.requests.matching import match_request, match_track
from api.requests.meaning import genre_named, moods_named
from api.requests.wanted import seek
from benchmarks.search import BATCH, Catalogue, Words, postgres_database, settle, sqlite_database, upload_of
from db.clock import now
from db.folding import folded
from db.ids import AccountId, BeatRequestId, ProducerId, SessionId, TrackId, UploadId, new_id
from db.models.accounts import Account, RoleGrant
from db.models.analyses import AudioAnalysis
from db.models.jobs import Job
from db.models.producers import Producer
from db.models.requests import BeatMatch, BeatRequest, TrackTraits
from db.models.tracks import Track, TrackLabel
from db.models.uploads import Upload
from db.queries import answers, traits
from db.searching import labels_of
from db.seeking import TRAITS_VERSION, genre_bits, mood_bits
from db.session import Sessions
from db.sound import pack
from db.vocabulary import (
    GENRE_PARENTS,
    MOODS,
    BeatRequestDuration,
    CurrencyCode,
    ExclusiveAvailability,
    LicensingModel,
    Role,
    Scale,
    WantedLicence,
)
from tests.factories import Beatmaker, Person, a_listener

PRODUCERS: Final = 2000
"""Every second one is verified."""
REQUESTS: Final = 1000
ROUNDS: Final = 60
BASELINES: Final = 3
_TEMPOS: Final = {
    "Trap": (130, 160), "Drill": (138, 146), "UK Drill": (138, 146), "Boom Bap": (82, 96), "Lo-Fi": (70, 90),
    "R&B": (60, 100), "House": (120, 128), "Techno": (126, 140), "Reggaeton": (88, 98), "Amapiano": (110, 116),
}  # fmt: skip
_USUAL_TEMPOS: Final = (75, 150)
_TAGS: Final = [
    "808", "dark", "piano", "guitar", "melodic", "sad", "hard", "bouncy", "strings", "bells", "flute", "vocals", "choir",
    "synth", "acoustic guitar", "ambient", "vintage", "sample", "soul", "jazz", "club", "night", "summer", "emotional",
    "vinyl", "pluck", "brass", "808s", "808 bass", "lofi", "type beat", "freestyle", "underground", "space", "detroit",
]  # fmt: skip


async def main(tracks: int, only: str) -> None:
    for name, engine in (("SQLite", sqlite_database), ("PostgreSQL", postgres_database)):
        if only not in {"", name}:
            continue
        with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as url:
            sessions = Sessions(url)
            began = time.perf_counter()
            market = await Market.open(sessions, tracks)
            await settle(sessions, url)
            print(
                f"\n== {name}: {tracks:,} tracks, filled in {time.perf_counter() - began:.0f} s", flush=True
            )
            await _measure(market)
            await sessions.close()


class Beats(Catalogue):
    """Tracks whose genre goes with a tempo, moods and tags, the most frequent ones by Zipf's law."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(11)
        self.tags = Words(self.chance, [*_TAGS, *(f"{a} {b}" for a in _TAGS for b in _TAGS)], slope=0.9)
        self.genres = Words(
            self.chance, ["Trap", *(genre for genre in GENRE_PARENTS if genre != "Trap")], slope=0.9
        )
        self.moods = Words(self.chance, ["Dark", *(mood for mood in MOODS if mood != "Dark")], slope=0.5)

    def tempo(self, genre: str) -> int:
        return self.chance.randint(*_TEMPOS.get(genre, _USUAL_TEMPOS))

    def beat(self, of: Beatmaker, upload: UploadId) -> dict[str, Any]:
        genres = self.genres.some(self.chance.choice([1, 1, 2]))
        return self.track(of, upload) | {
            "genres": genres,
            "bpm": self.tempo(genres[0]),
            "moods": self.moods.some(self.chance.randint(0, 3)),
            "tags": self.tags.some(self.chance.randint(0, 8)),
            "description": None,
            **self.offer(),
        }

    def offer(self) -> dict[str, Any]:
        standard = {"licensing_model": LicensingModel.STANDARD, "exclusive_availability": None}
        if self.chance.random() < 0.6:
            return standard | {"exclusive_price_minor": None, "exclusive_currency": None}
        price = self.chance.randrange(5_000, 90_000, 1_000)
        private = self.chance.random() < 0.2
        return {
            "licensing_model": LicensingModel.STANDARD_AND_EXCLUSIVE,
            "exclusive_availability": ExclusiveAvailability.PRIVATE
            if private
            else ExclusiveAvailability.AVAILABLE,
            "exclusive_price_minor": price,
            "exclusive_currency": CurrencyCode.USD,
        }

    def sound(self) -> bytes:
        """Styles lie apart in the first components, as `benchmarks/fit_sound.py` finds them to."""
        return pack(
            [max(-127, min(127, round(self.chance.gauss(0, 30 / (1 + place / 4))))) for place in range(16)]
        )

    def request(self, of: AccountId, given: Sequence[str]) -> dict[str, Any]:
        genre = self.genres.some(1)[0]
        bpm = self.tempo(genre)
        every: dict[str, dict[str, Any]] = {
            "genre": {"genre": genre, "genre_folded": folded(genre)},
            "bpm": {"bpm_min": bpm - self.chance.randint(0, 4), "bpm_max": bpm + self.chance.randint(0, 4)},
            "key": {"pitch_class": self.chance.randrange(12), "scale": self.chance.choice(list(Scale))},
            "moods": {"moods": self.moods.some(self.chance.randint(1, 3))},
            "tags": {"tags": self.tags.some(self.chance.randint(1, 5))},
            "exclusive": {
                "wanted_licence": WantedLicence.EXCLUSIVE,
                "budget_minor": 40_000,
                "budget_currency": "USD",
            },
        }
        row: dict[str, Any] = {"moods": [], "tags": [], "wanted_licence": WantedLicence.ANY, **_request(of)}
        return row | {name: value for part in given if part in every for name, value in every[part].items()}


def _request(of: AccountId) -> dict[str, Any]:
    return {
        "id": new_id("brq"),
        "account_id": of,
        "text": "Something for a late drive home.",
        "reference_url": "https://example.org/reference",
        "duration": BeatRequestDuration.HOURS_72,
        "status": "ACTIVE",
        "submission_count": 0,
        "opened_at": now(),
        "expires_at": now() + timedelta(hours=72),
        "created_at": now(),
    }


@dataclass
class Market:
    """A catalogue, its people, and who asks."""

    sessions: Sessions
    beats: Beats
    artist: Person
    people: list[Beatmaker]
    tracks: list[TrackId]

    @classmethod
    async def open(cls, sessions: Sessions, tracks: int) -> "Market":
        people = await _people(sessions)
        made = cls(sessions, Beats(), await a_listener(sessions), people, [])
        for start in range(0, tracks, BATCH):
            await made.publish([people[(start + n) % PRODUCERS] for n in range(min(BATCH, tracks - start))])
        return made

    async def publish(self, people: Sequence[Beatmaker]) -> list[TrackId]:
        rows = [_rows(self.beats, one) for one in people]
        async with self.sessions.writing() as session:
            for table, place in ((Upload, 0), (Track, 1), (AudioAnalysis, 2), (TrackTraits, 3)):
                await session.execute(insert(table), [row[place] for row in rows])
            await session.execute(insert(TrackLabel), [one for row in rows for one in row[4]])
        made = [TrackId(row[1]["id"]) for row in rows]
        self.tracks += made
        return made

    async def ask(self, given: Sequence[str], **different: Any) -> BeatRequestId:
        row = self.beats.request(self.artist.account, given)
        if "sound" in given:
            row |= {"reference_url": None, "reference_track_id": self.beats.chance.choice(self.tracks)}
        row |= different
        async with self.sessions.writing() as session:
            await session.execute(insert(BeatRequest), [row])
        return BeatRequestId(row["id"])


async def _people(sessions: Sessions) -> list[Beatmaker]:
    people = [_somebody(number) for number in range(PRODUCERS)]
    async with sessions.writing() as session:
        await session.execute(insert(Account), [_account(one) for one in people])
        await session.execute(insert(Producer), [_profile(one) for one in people])
        grants = [{"id": new_id("rol"), "account_id": one.account, "granted_at": now()} for one in people]
        await session.execute(insert(RoleGrant), [one | {"role": Role.PRODUCER} for one in grants])
        badges = [one | {"id": new_id("rol"), "role": Role.VERIFIED_PRODUCER} for one in grants[::2]]
        await session.execute(insert(RoleGrant), badges)
    return people


def _somebody(number: int) -> Beatmaker:
    account, producer, name = AccountId(new_id("acc")), ProducerId(new_id("pro")), f"Producer {number}"
    return Beatmaker(
        account, SessionId(""), f"{number}@beatpass.test", name, "", producer, f"producer-{number}"
    )


def _account(of: Beatmaker) -> dict[str, Any]:
    names = {"email": of.email, "email_key": of.email, "display_name": of.name, "password_hash": "none"}
    return {"id": of.account, "created_at": now(), **names}


def _profile(of: Beatmaker) -> dict[str, Any]:
    names: dict[str, Any] = {
        "handle": of.handle,
        "handle_key": of.handle,
        "name": of.name,
        "roles": [],
        "links": [],
    }
    return {"id": of.producer, "account_id": of.account, "xp": 0, "created_at": now(), **names}


def _rows(beats: Beats, of: Beatmaker) -> tuple[Any, ...]:
    upload = UploadId(new_id("upl"))
    track, sound = beats.beat(of, upload), beats.sound()
    own = {"number": track["number"], "status": track["status"]}
    labels = [own | {"kind": kind, "folded": key, "label": label} for kind, key, label in labels_of(track)]
    return upload_of(upload, of), track, _analysis(track, sound), _traits(track, sound), labels


def _analysis(track: dict[str, Any], sound: bytes) -> dict[str, Any]:
    facts = {name: track[name] for name in ("upload_id", "bpm", "pitch_class", "scale")}
    quiet = {"bpm_confidence": 0.5, "key_confidence": 0.5, "loudness_lufs": -9.0, "true_peak_db": -1.0}
    return facts | quiet | {"model": "bench", "waveform": b"", "sound": sound, "measured_at": now()}


def _traits(track: dict[str, Any], sound: bytes) -> dict[str, Any]:
    same = ("number", "status", "producer_id", "bpm", "pitch_class", "scale")
    on_sale = track["exclusive_availability"] is ExclusiveAvailability.AVAILABLE
    signed = [byte - 256 if byte > 127 else byte for byte in sound[:4]]
    return {name: track[name] for name in same} | {
        "genres": genre_bits(map(genre_named, track["genres"])),
        "moods": mood_bits(moods_named([*track["moods"], *track["tags"]])),
        "exclusive_price_minor": track["exclusive_price_minor"] if on_sale else None,
        "exclusive_currency": track["exclusive_currency"] if on_sale else None,
        "sound": sound,
        **{f"sound_{place}": value for place, value in enumerate(signed)},
        "version": TRAITS_VERSION,
    }


_ASKED: Final[dict[str, Sequence[str]]] = {
    "genre alone": ("genre",),
    "genre and tempo": ("genre", "bpm"),
    "genre, tempo, key, moods": ("genre", "bpm", "key", "moods"),
    "all but the sound": ("genre", "bpm", "key", "moods", "tags"),
    "exclusive within a budget": ("genre", "bpm", "exclusive"),
    "tempo alone": ("bpm",),
    "key alone": ("key",),
    "moods alone": ("moods",),
    "tags alone": ("tags",),
    "key, moods and tags": ("key", "moods", "tags"),
    "sound alone": ("sound",),
    "genre and sound": ("genre", "sound"),
    "everything": ("genre", "bpm", "key", "moods", "tags", "sound"),
}


async def _measure(market: Market) -> None:
    baseline = await _timed([_whole_catalogue(market) for _ in range(BASELINES)])
    _print("baseline: fit over every track", baseline, baseline)
    for name, given in _ASKED.items():
        asked = [await market.ask(given) for _ in range(ROUNDS // 6)]
        took = await _timed([_matched(market, one) for one in asked])
        _print(f"request: {name} ({await _rows_of(market, asked)} rows)", took, baseline)
    trap = [await market.ask(["genre"], genre="Trap", genre_folded="trap") for _ in range(5)]
    took = await _timed([_matched(market, one) for one in trap])
    _print(f"request: Trap alone ({await _rows_of(market, trap)} rows)", took, baseline)
    await _forget(market)
    kinds = list(_ASKED.values())[:10]
    mixed = [await market.ask(market.beats.chance.choice(kinds)) for _ in range(REQUESTS)]
    took = await _timed([_matched(market, one) for one in mixed[:ROUNDS]])
    _print("request: mixed", took, baseline)
    new = await market.publish([market.beats.chance.choice(market.people[::2]) for _ in range(ROUNDS)])
    against = await _timed([_every_request(market, one) for one in new[:BASELINES]])
    _print("baseline: fit over every open request", against, against)
    _print(
        f"new track, {REQUESTS:,} open requests",
        await _timed([_track(market, one) for one in new]),
        against,
    )


Work = Callable[[], Awaitable[Any]]


def _matched(market: Market, request: BeatRequestId) -> Work:
    return lambda: match_request(market.sessions, request, keep=_nothing, settle=_nothing)


def _track(market: Market, track: TrackId) -> Work:
    return lambda: match_track(market.sessions, track, keep=_nothing, settle=_nothing)


async def _nothing(session: AsyncSession) -> None:
    """The job of a worker: a row in the jobs table is not what is measured."""


def _whole_catalogue(market: Market) -> Work:
    async def weigh() -> int:
        request = await market.ask(_ASKED["all but the sound"])
        async with market.sessions.reading() as session:
            sought = seek(wanted_of((await answers.open_requests(session, [request]))[0]))
            rows = await traits.every_matchable(session)
            labels = await traits.labels_of(session, among=sought.words)
        return sum(fit(sought, traits_of(row, labels[row.number])) is not None for row in rows)

    return weigh


def _every_request(market: Market, track: TrackId) -> Work:
    async def weigh() -> int:
        async with market.sessions.reading() as session:
            ids = await session.scalars(select(col(BeatRequest.id)))
            opened = await answers.open_requests(session, list(ids))
            number = await session.scalar(select(col(Track.number)).where(col(Track.id) == track))
            heard = await heard_track(session, number or 0)
        return sum(heard is not None and heard.score_for(one) is not None for one in opened)

    return weigh


async def _rows_of(market: Market, asked: Sequence[BeatRequestId]) -> int:
    async with market.sessions.reading() as session:
        count = select(func.count()).select_from(BeatMatch).where(col(BeatMatch.request_id).in_(asked))
        return round((await session.scalar(count) or 0) / len(asked))


async def _forget(market: Market) -> None:
    async with market.sessions.writing() as session:
        for table in (BeatMatch, BeatRequest, Job):
            await session.execute(delete(table))


@dataclass(frozen=True)
class Took:
    walls: list[float]
    cpu: float


async def _timed(work: Sequence[Work]) -> Took:
    walls: list[float] = []
    before = _cpu_s()
    for one in work:
        start = time.perf_counter()
        await one()
        walls.append((time.perf_counter() - start) * 1000)
    return Took(walls, (_cpu_s() - before) * 1000 / len(work))


def _cpu_s() -> float:
    """Of this process and of a Postgres beside it: of both, for both share the one core of the goal."""
    servers = [one.cpu_times() for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + sum(one.user + one.system for one in servers)


def _print(name: str, took: Took, baseline: Took) -> None:
    p50, p95 = (
        statistics.median(took.walls),
        statistics.quantiles(took.walls, n=20)[18] if len(took.walls) > 1 else took.walls[0],
    )
    ratio = statistics.median(baseline.walls) / p50
    print(
        f"{name:<52} p50 {p50:8.1f}  p95 {p95:8.1f}  max {max(took.walls):8.1f}  CPU {took.cpu:8.1f} ms  {ratio:7.1f} x",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main(int([*sys.argv, "100000"][1]), "".join(sys.argv[2:])))
