"""The directory: verified producers by name, filtered by what profiles and tracks say (D-72)."""

from typing import Any

import pytest

from db.vocabulary import TrackStatus
from tests.factories import Beatmaker, a_producer, a_track, a_verified_producer, an_unowned_profile
from tests.network.circle import DIRECTORY, a_circle, describe, names
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio


async def a_town(stage: Stage) -> Beatmaker:
    """Who looks, and four others who make different music in different places."""
    kilo, lima, emil, zoe, anna = await a_circle(stage, "Kilo", "lima", "Émil", "Zoe Wave", "Anna")
    await describe(stage.sessions, lima, city="Riga", roles=["Producer", "Engineer"])
    await describe(stage.sessions, emil, city="São Paulo", roles=["producer"])
    await describe(stage.sessions, zoe, city="New Riga", roles=["Writer"])
    await a_track(stage.sessions, lima, genres=["Trap"])
    await a_track(stage.sessions, emil, genres=["Lo-Fi", "Trap Soul"])
    await a_track(stage.sessions, zoe, TrackStatus.HIDDEN, genres=["Trap"])
    await a_track(stage.sessions, anna, genres=["Jersey Club"])
    return kilo


async def test_other_verified_producers_are_listed_by_name_and_nobody_else(stage: Stage) -> None:
    kilo = await a_town(stage)
    await a_producer(stage.sessions, "Unverified")
    await an_unowned_profile(stage.sessions)
    assert await names(stage, kilo) == ["Anna", "Émil", "lima", "Zoe Wave"]


FILTERS: list[tuple[Json, list[str]]] = [
    ({"city": {"eq": "riga"}}, ["lima"]),
    ({"city": {"contains": "RIGA"}}, ["lima", "Zoe Wave"]),
    ({"city": {"in": ["sao paulo", "Riga"]}}, ["Émil", "lima"]),
    ({"city": {"contains": "x" * 60_000}}, []),
    ({"role": {"eq": "PRODUCER"}}, ["Émil", "lima"]),
    ({"role": {"eq": "producer"}, "city": {"eq": "Riga"}}, ["lima"]),
    ({"genre": {"eq": "trap"}}, ["lima"]),
    ({"genre": {"contains": "trap"}}, ["Émil", "lima"]),
    ({"genre": {"in": ["Jersey Club", "lo-fi"]}}, ["Anna", "Émil"]),
    ({"search": "wave zo"}, ["Zoe Wave"]),
    ({"search": "emil"}, ["Émil"]),
    ({"search": "nobody"}, []),
    ({"search": "  "}, ["Anna", "Émil", "lima", "Zoe Wave"]),
    ({"search": "lima", "role": {"eq": "writer"}}, []),
    ({"city": None, "role": None, "genre": None, "search": None}, ["Anna", "Émil", "lima", "Zoe Wave"]),
    ({"city": {}, "role": {}, "genre": {"eq": None}}, ["Anna", "Émil", "lima", "Zoe Wave"]),
]


async def test_filters_hold_together_and_do_not_mind_case_or_accents(stage: Stage) -> None:
    kilo = await a_town(stage)
    for where, meant in FILTERS:
        assert (where, await names(stage, kilo, where)) == (where, meant)


async def test_what_a_profile_says_now_is_what_counts(stage: Stage) -> None:
    kilo, lima = await a_circle(stage, "Kilo", "Lima")
    await describe(stage.sessions, lima, city="Riga", roles=["producer"])
    changes = {"name": "Aurora", "city": "Oslo", "roles": ["singer"]}
    assert (await stage.mutate(lima, "updateProducer", id=lima.producer, input=changes))["errors"] == []
    for where, meant in (
        ({"city": {"eq": "riga"}}, []),
        ({"city": {"eq": "oslo"}}, ["Aurora"]),
        ({"role": {"eq": "singer"}}, ["Aurora"]),
    ):
        assert (where, await names(stage, kilo, where)) == (where, meant)
    await stage.mutate(lima, "updateProducer", id=lima.producer, input={"city": None, "roles": []})
    assert await names(stage, kilo, {"city": {"contains": "o"}}) == []
    assert await names(stage, kilo) == ["Aurora"]


async def test_pages_follow_one_another_also_where_names_are_the_same(stage: Stage) -> None:
    kilo, *_ = await a_circle(stage, "Kilo", "Same", "Same", "Same", "Aaron")

    async def page(**asked: Any) -> Json:
        return dict((await stage.ask(kilo, DIRECTORY, **asked))["network"]["directory"])

    first = await page(first=2)
    rest = await page(first=2, after=first["pageInfo"]["endCursor"])
    seen = [one["name"] for one in (*first["nodes"], *rest["nodes"])]
    assert (seen, rest["pageInfo"]["hasNextPage"]) == (["Aaron", "Same", "Same", "Same"], False)
    back = await page(last=2, before=rest["pageInfo"]["startCursor"])
    assert [one["name"] for one in back["nodes"]] == ["Aaron", "Same"]
    assert await stage.fault(kilo, DIRECTORY, after="nonsense") == "BAD_CURSOR"
    assert await stage.fault(kilo, DIRECTORY, first=101) == "OUT_OF_RANGE"


async def test_a_new_producer_is_found_by_name_at_once(stage: Stage) -> None:
    kilo = await a_verified_producer(stage.sessions)
    await a_verified_producer(stage.sessions, "Fresh Face")
    assert await names(stage, kilo, {"search": "fresh"}) == ["Fresh Face"]
