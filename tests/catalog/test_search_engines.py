"""One catalogue on two engines: the same hits in the same order, the same totals and menus."""

import random
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.ids import TrackId
from db.vocabulary import GENRE_PARENTS, MOODS, Scale, TrackFacetField, TrackStatus
from tests.factories import a_producer, a_track, an_exclusive
from tests.stage import Json, Stage, settings_of
from tests.tools.databases import PostgresTemplate, SqliteTemplate

pytestmark = pytest.mark.anyio

_SEED = 20260806
_TRACKS = 200
_QUERIES = 60
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_WORDS = [
    "night",
    "drive",
    "lo-fi",
    "R&B",
    "808s",
    "Beyoncé",
    "tape",
    "nova",
    "neon",
    "Ñandú",
    "夜のドライブ",
    "夜",
    "🔥",
    "F#",
    "B♭",
    "x-ray",
    "ray",
    "dark",
    "soul",
    "drill",
    "and",
    "140bpm",
    "Straße",
    "ångström",
    "~",
    "Zed",
    "zebra",
    "ZÉBU",
    "nightly",
    "nights",
]
_ASKED = """query($where: TrackWhere, $orderBy: TrackOrder, $of: [TrackFacetField!]!) {
  tracks(first: 100, where: $where, orderBy: $orderBy) {
    totalCount edges { cursor node { id } } facets(of: $of) { field buckets { value label count } } } }"""


@pytest.fixture
async def stages(
    sqlite_template: SqliteTemplate, postgres_template: PostgresTemplate, valkey_url: str, tmp_path: Path
) -> AsyncGenerator[list[Stage]]:
    """The same catalogue twice."""
    with ExitStack() as databases:
        urls = [databases.enter_context(one.fresh(tmp_path)) for one in (sqlite_template, postgres_template)]
        made = [Stage(settings_of(url, valkey_url, tmp_path / "data")) for url in urls]
        for stage in made:
            await fill(stage)
        yield made
        for stage in made:
            await stage.close()


async def fill(stage: Stage) -> None:
    chance = random.Random(_SEED)
    people = [await a_producer(stage.sessions, name) for name in ("Nova", "Kilo Night")]
    for place in range(_TRACKS):
        status = chance.choices([TrackStatus.PUBLISHED, TrackStatus.HIDDEN], [9, 1])[0]
        await a_track(stage.sessions, chance.choice(people), status, **some_facts(chance, place))


def some_facts(chance: random.Random, place: int) -> Json:
    """Ids rise by a millisecond each, so that their order is one."""
    random_part = "".join(chance.choice(_DIGITS) for _ in range(16))
    ms = 1_780_000_000_000 + place
    time_part = "".join(_DIGITS[ms >> shift & 31] for shift in range(45, -1, -5))
    moment = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=place)
    return {
        "created_at": moment,
        "published_at": moment,
        "id": TrackId(f"trk_{time_part}{random_part}"),
        "title": some_words(chance, 1, 3),
        "artists": [some_words(chance, 1, 2)],
        "genres": chance.sample(list(GENRE_PARENTS), chance.randint(1, 3)),
        "tags": [one.swapcase() if chance.random() < 0.3 else one for one in chance.sample(_WORDS, 3)],
        "moods": chance.sample(MOODS, chance.randint(0, 3)),
        "description": some_words(chance, 0, 12) or None,
        "bpm": chance.randint(60, 200),
        "pitch_class": chance.randint(0, 11),
        "scale": chance.choice(list(Scale)),
        **(an_exclusive() if chance.random() < 0.3 else {}),
    }


def some_words(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(least, most)))


def some_query(chance: random.Random) -> Json:
    """One to three words, the last often cut short, and mostly a filter or two."""
    text = some_words(chance, 1, chance.choice([1, 1, 2, 3]))
    cut = text[: -chance.randint(1, 3)] if chance.random() < 0.5 and len(text) > 4 else text
    filters: list[Json] = [
        {},
        {"genre": {"eq": chance.choice(list(GENRE_PARENTS)).upper()}},
        {"tag": {"contains": chance.choice("aeiou")}},
        {"bpm": {"gte": 90, "lte": 120}, "bpmHalfOrDouble": chance.random() < 0.5},
        {"harmonicWith": f"{chance.randint(1, 12)}{chance.choice('AB')}"},
        {"mood": {"in": list(MOODS[:8])}, "licensingModel": {"eq": "STANDARD"}},
    ]
    direction = chance.choice(["DESC", "DESC", "ASC"])
    where = {"search": cut, **chance.choice(filters)}
    return {"where": where, "orderBy": {"field": "RELEVANCE", "direction": direction}}


async def test_both_engines_find_and_suggest_alike(stages: list[Stage]) -> None:
    await assert_found_alike(stages)
    await assert_suggested_alike(stages)


async def assert_found_alike(stages: list[Stage]) -> None:
    chance = random.Random(_SEED + 1)
    menus = [str(one) for one in TrackFacetField]
    totals: list[int] = []
    for _ in range(_QUERIES):
        asked = some_query(chance)
        sqlite, postgres = [await stage.ask(None, _ASKED, of=menus, **asked) for stage in stages]
        assert (asked, sqlite) == (asked, postgres)
        totals.append(sqlite["tracks"]["totalCount"])
    assert sum(1 for total in totals if total) > _QUERIES / 2
    assert max(totals) > 50


async def assert_suggested_alike(stages: list[Stage]) -> None:
    query = (
        "query($text: String!) { searchSuggestions(text: $text, first: 20) { label node { __typename } } }"
    )
    words = [word for word in _WORDS if not word[0].isdigit()]  # the factory numbers handles on and on
    texts = [word[:size] for word in words for size in (1, 3, len(word))]
    found = 0
    for text in texts:
        sqlite, postgres = [await stage.ask(None, query, text=text) for stage in stages]
        assert (text, sqlite) == (text, postgres)
        found += len(sqlite["searchSuggestions"])
    assert found > len(texts)
