"""D-44: who sold a track is shown what else of theirs is like it."""

from typing import Any, Final

import pytest

from db.ids import TrackId
from db.vocabulary import MatchClass, MatchRelation, TrackStatus
from tests.factories import Beatmaker, Person, a_match, a_producer, a_track, staff
from tests.requests.offered import sound_like
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
VERSIONS: Final = "query($id: ID!) { track(id: $id) { versionsToDelist { id } } }"


async def versions(stage: Stage, who: Person | None, track: TrackId) -> list[str] | None:
    """Their ids, in order; null where the viewer gets no list."""
    found = (await stage.ask(who, VERSIONS, id=track))["track"]["versionsToDelist"]
    return None if found is None else [one["id"] for one in found]


async def a_sold_one(stage: Stage) -> tuple[Beatmaker, TrackId]:
    nova = await a_producer(stage.sessions, "Nova")
    return nova, await a_track(stage.sessions, nova, TrackStatus.SOLD)


async def alike(stage: Stage, one: TrackId, other: TrackId, **measures: Any) -> None:
    """Both sides of a pair."""
    await a_match(stage.sessions, one, other, **measures)
    await a_match(stage.sessions, other, one, **measures)


async def test_versions_are_those_in_the_catalogue_the_most_similar_first(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    for status in set(TrackStatus) - {TrackStatus.PUBLISHED}:
        await alike(stage, sold, await a_track(stage.sessions, nova, status), similarity=0.99)
    less, more = [await a_track(stage.sessions, nova) for _ in range(2)]
    await alike(stage, sold, less, similarity=0.91)
    await alike(stage, sold, more, similarity=0.97)
    await a_track(stage.sessions, nova)
    assert await versions(stage, nova, sold) == [more, less]


async def test_versions_are_a_task_until_they_are_taken_off_sale(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    version = await a_track(stage.sessions, nova, title="Night Drive, long")
    await alike(stage, sold, version)
    query = "{ backstage { tasks { kind title reason target { id } } } }"
    [task, *_] = (await stage.ask(nova, query))["backstage"]["tasks"]
    assert task == {
        "kind": "DELIST_VERSION",
        "title": "Take “Night Drive, long” off sale",
        "reason": "It is nearly the same as “Night Drive”, of which somebody has bought the exclusive licence.",
        "target": {"id": version},
    }
    await stage.mutate(nova, "setTrackVisibility", id=version, input={"visible": False})
    tasks = (await stage.ask(nova, query))["backstage"]["tasks"]
    assert "DELIST_VERSION" not in {one["kind"] for one in tasks}


async def test_only_what_is_one_recording_in_a_long_part_is_a_version(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    named: list[str] = []
    for number, match_class in enumerate(MatchClass):
        same, shared = [await a_track(stage.sessions, nova) for _ in range(2)]
        measures: dict[str, Any] = {"match_class": match_class, "similarity": 0.99 - number / 100}
        await alike(stage, sold, same, **measures)
        await alike(stage, sold, shared, relation=MatchRelation.SHARED_MATERIAL, **measures)
        named.append(same)
    assert [*MatchClass][3] is MatchClass.SNIPPET
    assert await versions(stage, nova, sold) == named[:3]


@pytest.mark.parametrize("lost", [0, 1])
async def test_a_pair_that_lost_a_side_to_new_audio_is_like_no_more(stage: Stage, lost: int) -> None:
    nova, sold = await a_sold_one(stage)
    other = await a_track(stage.sessions, nova)
    pair = [sold, other]
    await a_match(stage.sessions, pair[1 - lost], pair[lost])
    assert await versions(stage, nova, sold) == []
    await a_match(stage.sessions, pair[lost], pair[1 - lost])
    assert await versions(stage, nova, sold) == [other]


async def test_what_another_producer_uploaded_is_no_version(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    kilo = await a_producer(stage.sessions, "Kilo")
    theirs = await a_track(stage.sessions, kilo, credited=[nova])
    await alike(stage, sold, theirs)
    await sound_like(stage.sessions, [sold, theirs], sha256="a" * 64)
    assert await versions(stage, nova, sold) == []


async def test_the_same_file_and_the_same_words_are_versions_and_named_once(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    similar, file, words, silent = [await a_track(stage.sessions, nova) for _ in range(4)]
    await alike(stage, sold, similar, similarity=0.98)
    await alike(stage, sold, file, similarity=0.9)
    await sound_like(stage.sessions, [sold, file], sha256="a" * 64)
    heard: dict[str, Any] = {"model": "test", "words": b"\1\2\3\4"}
    await sound_like(stage.sessions, [sold, words], **heard)
    await sound_like(stage.sessions, [silent], model="another engine", words=b"\1\2\3\4")
    assert await versions(stage, nova, sold) == [file, words, similar]
    await sound_like(stage.sessions, [sold, silent], model="test", words=b"")
    assert await versions(stage, nova, sold) == [file, similar]


async def test_nobody_but_the_producer_and_staff_gets_the_list_and_only_of_a_sold_track(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    other = await a_track(stage.sessions, nova)
    await alike(stage, sold, other)
    for who in (nova, await staff(stage.sessions)):
        assert await versions(stage, who, sold) == [other]
        assert await versions(stage, who, other) is None
    for stranger in (None, await a_producer(stage.sessions, "Kilo")):
        assert await versions(stage, stranger, sold) is None


@on_sqlite
async def test_fifty_versions_are_named_of_each_track(stage: Stage) -> None:
    nova, sold = await a_sold_one(stage)
    second = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    others = [await a_track(stage.sessions, nova) for _ in range(51)]
    for number, other in enumerate(others):
        await alike(stage, sold, other, similarity=1 - number / 100)
    await alike(stage, second, others[0])
    query = """query($ids: [ID!]) { tracks(where: {id: {in: $ids}, status: {eq: SOLD}}) {
      nodes { id versionsToDelist { id } } } }"""
    found = (await stage.ask(nova, query, ids=[sold, second]))["tracks"]["nodes"]
    named = {one["id"]: [version["id"] for version in one["versionsToDelist"]] for one in found}
    assert named == {sold: others[:50], second: others[:1]}
