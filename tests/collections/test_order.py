"""Which tracks are in a collection, and in what order (D-15)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api.catalog.lending import MOST_TRACKS
from db.ids import CollectionId, TrackId, new_id
from db.vocabulary import TrackStatus
from tests.catalog.entering import an_entry, audio, create
from tests.collections.packs import (
    COLLECTION_OF,
    Refusals,
    a_collection,
    a_pack,
    add,
    delete,
    listed,
    many_inside,
    move,
    places,
    remove,
)
from tests.factories import Beatmaker, a_producer, a_track
from tests.stage import Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


async def a_shelf(stage: Stage, inside: int, loose: int = 0) -> tuple[Beatmaker, CollectionId, list[TrackId]]:
    """A producer, a collection, and the tracks in it; those behind them are in none."""
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova) for _ in range(inside + loose)]
    return nova, await a_collection(stage.sessions, nova, tracks[:inside]), tracks


async def test_tracks_come_in_at_the_end_or_behind_one(stage: Stage) -> None:
    nova, pack, (a, b, c, d, e, f) = await a_shelf(stage, 2, 4)
    assert await add(stage, nova, pack, [d, c]) == []
    assert await listed(stage, nova, pack) == [a, b, d, c]
    assert await add(stage, nova, pack, [f, e], afterTrackId=a) == []
    assert await places(stage.sessions, pack) == list(enumerate([a, f, e, b, d, c]))
    assert (await stage.ask(None, COLLECTION_OF, id=e)) == {"track": {"collection": {"id": pack}}}


async def test_adding_what_is_in_it_keeps_its_place_unless_another_is_asked_for(stage: Stage) -> None:
    nova, pack, (a, b, c, d) = await a_shelf(stage, 3, 1)
    async with stage.nothing_changes():
        assert await add(stage, nova, pack, [b, a]) == []
        assert await add(stage, nova, pack, [a], afterTrackId=None) == []
    assert await add(stage, nova, pack, [a, d]) == []
    assert await listed(stage, nova, pack) == [a, b, c, d]
    assert await add(stage, nova, pack, [a, d], afterTrackId=b) == []
    assert await places(stage.sessions, pack) == list(enumerate([b, a, d, c]))


async def test_tracks_in_every_state_but_sold_come_in(stage: Stage) -> None:
    nova, pack, _ = await a_shelf(stage, 0)
    taken = set(TrackStatus) - {TrackStatus.SOLD, TrackStatus.REMOVED}
    tracks = [await a_track(stage.sessions, nova, status) for status in sorted(taken)]
    assert await add(stage, nova, pack, tracks) == []
    assert await listed(stage, nova, pack) == tracks
    sold = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    gone = await a_track(stage.sessions, nova, TrackStatus.REMOVED)
    async with stage.nothing_changes():
        refused = await add(stage, nova, pack, [sold, gone])
    assert refused == [("input.trackIds.0", "TRACK_LOCKED"), ("input.trackIds.1", "NOT_FOUND")]


async def test_a_track_that_was_sold_in_it_can_be_moved_and_taken_out(stage: Stage) -> None:
    nova, _, (a, b) = await a_shelf(stage, 0, 2)
    sold = await a_track(stage.sessions, nova, TrackStatus.SOLD)
    pack = await a_collection(stage.sessions, nova, [a, sold, b])
    assert await add(stage, nova, pack, [sold], afterTrackId=b) == []
    assert await move(stage, nova, pack, sold, None) == []
    assert await listed(stage, nova, pack) == [sold, a, b]
    assert await remove(stage, nova, pack, [sold]) == []
    assert await places(stage.sessions, pack) == [(0, a), (1, b)]


async def test_all_that_is_wrong_with_tracks_is_told_at_once_and_none_comes_in(stage: Stage) -> None:
    nova, pack, (a, b, c) = await a_shelf(stage, 1, 2)
    kilo = await a_producer(stage.sessions, "Kilo")
    theirs, hidden = [
        await a_track(stage.sessions, kilo, s) for s in (TrackStatus.PUBLISHED, TrackStatus.HIDDEN)
    ]
    await a_collection(stage.sessions, nova, [b])
    given = [c, c, theirs, hidden, b, new_id("trk"), pack, ""]
    async with stage.nothing_changes():
        refused = await add(stage, nova, pack, given, afterTrackId=b)
    assert refused == [
        ("input.trackIds.1", "REPEATED"),
        ("input.trackIds.2", "NOT_YOURS"),
        ("input.trackIds.3", "NOT_FOUND"),
        ("input.trackIds.4", "IN_OTHER_COLLECTION"),
        ("input.trackIds.5", "NOT_FOUND"),
        ("input.trackIds.6", "WRONG_ID_TYPE"),
        ("input.trackIds.7", "NOT_FOUND"),
        ("input.afterTrackId", "MALFORMED"),
    ]
    assert await listed(stage, nova, pack) == [a]


async def test_a_track_is_put_behind_one_of_the_collection_alone(stage: Stage) -> None:
    nova, pack, (a, b, c) = await a_shelf(stage, 2, 1)
    kilo = await a_producer(stage.sessions, "Kilo")
    wrong = {
        c: "NOT_FOUND",
        await a_track(stage.sessions, kilo): "NOT_FOUND",
        "x": "NOT_FOUND",
        pack: "WRONG_ID_TYPE",
    }
    other = await a_track(stage.sessions, nova)
    async with stage.nothing_changes():
        for after, code in wrong.items():
            assert await add(stage, nova, pack, [other], afterTrackId=after) == [("input.afterTrackId", code)]
            assert await move(stage, nova, pack, a, after) == [("input.afterTrackId", code)]
        assert await move(stage, nova, pack, b, b) == [("input.afterTrackId", "MALFORMED")]


async def test_a_moved_track_stands_behind_the_one_named_or_at_the_top(stage: Stage) -> None:
    nova, pack, (a, b, c, d) = await a_shelf(stage, 4)
    for track, after, order in ((a, c, [b, c, a, d]), (d, None, [d, b, c, a]), (d, a, [b, c, a, d])):
        assert await move(stage, nova, pack, track, after) == []
        assert await places(stage.sessions, pack) == list(enumerate(order))
    async with stage.nothing_changes():
        assert await move(stage, nova, pack, c, b) == []


async def test_what_is_not_in_the_collection_is_not_moved(stage: Stage) -> None:
    nova, pack, (_, b) = await a_shelf(stage, 1, 1)
    kilo = await a_producer(stage.sessions, "Kilo")
    gone = await a_track(stage.sessions, nova, TrackStatus.REMOVED)
    wrong = {
        b: "NOT_FOUND",
        await a_track(stage.sessions, kilo): "NOT_YOURS",
        gone: "NOT_FOUND",
        pack: "WRONG_ID_TYPE",
    }
    async with stage.nothing_changes():
        for track, code in wrong.items():
            assert await move(stage, nova, pack, track, None) == [("input.trackId", code)]


async def test_tracks_go_out_and_again_changes_nothing(stage: Stage) -> None:
    nova, pack, (a, b, c, d, loose) = await a_shelf(stage, 4, 1)
    assert await remove(stage, nova, pack, [c, a]) == []
    assert await places(stage.sessions, pack) == [(0, b), (1, d)]
    async with stage.nothing_changes():
        assert await remove(stage, nova, pack, [a, loose]) == []
    other = await a_collection(stage.sessions, nova, [a])
    async with stage.nothing_changes():
        assert await remove(stage, nova, pack, [a]) == []
    assert await listed(stage, nova, other) == [a]


async def test_all_that_is_wrong_with_what_should_go_out_is_told_and_all_stays(stage: Stage) -> None:
    nova, pack, (a,) = await a_shelf(stage, 1)
    kilo = await a_producer(stage.sessions, "Kilo")
    theirs, gone = (
        await a_track(stage.sessions, kilo),
        await a_track(stage.sessions, nova, TrackStatus.REMOVED),
    )
    async with stage.nothing_changes():
        refused = await remove(stage, nova, pack, [a, theirs, gone, pack, a])
    assert refused == [
        ("input.trackIds.1", "NOT_YOURS"),
        ("input.trackIds.2", "NOT_FOUND"),
        ("input.trackIds.3", "WRONG_ID_TYPE"),
        ("input.trackIds.4", "REPEATED"),
    ]


@on_sqlite
async def test_a_call_takes_1_to_100_tracks(stage: Stage) -> None:
    nova, pack, (a,) = await a_shelf(stage, 1)
    many = [a, *(new_id("trk") for _ in range(100))]
    unknown = [(f"input.trackIds.{place}", "NOT_FOUND") for place in range(1, 100)]
    async with stage.nothing_changes():
        for act in (add, remove):
            assert await act(stage, nova, pack, []) == [("input.trackIds", "REQUIRED")]
            assert await act(stage, nova, pack, many) == [("input.trackIds", "TOO_LONG"), *unknown]
        refused = await stage.refusals(nova, "createCollection", input=a_pack(trackIds=many))
        taken = ("input.trackIds.0", "IN_OTHER_COLLECTION")
        assert refused == [("input.trackIds", "TOO_LONG"), taken, *unknown]


async def test_a_collection_has_at_most_500_tracks(stage: Stage) -> None:
    nova, pack, (loose,) = await a_shelf(stage, 0, 1)
    await many_inside(stage.sessions, nova, pack, MOST_TRACKS - 1)
    full = [("input.trackIds", "TOO_LONG")]
    other = await a_track(stage.sessions, nova)
    first = (await places(stage.sessions, pack))[0][1]
    entry = an_entry(await audio(stage, nova), collectionId=pack)
    async with stage.nothing_changes():
        assert await add(stage, nova, pack, [loose, other]) == full
    assert await add(stage, nova, pack, [loose], afterTrackId=first) == []
    async with stage.nothing_changes():
        assert await add(stage, nova, pack, [other]) == full
        [error] = (await create(stage, nova, entry))["errors"]
    assert (error["path"], error["code"], error["maximum"]) == (["input", "collectionId"], "TOO_LONG", "500")
    found = await places(stage.sessions, pack)
    assert [place for place, _ in found] == list(range(500))
    assert [track for _, track in found[:2]] == [first, loose]


async def test_tracks_that_come_at_once_get_a_place_each(stage: Stage) -> None:
    nova, pack, tracks = await a_shelf(stage, 0, 5)
    entries = [an_entry(await audio(stage, nova), collectionId=pack) for _ in range(3)]
    uploads = [create(stage, nova, entry) for entry in entries]
    adds = [add(stage, nova, pack, [track]) for track in tracks]
    made, refused = await asyncio.gather(asyncio.gather(*uploads), asyncio.gather(*adds))
    assert refused == [[]] * 5
    new = [payload["track"]["id"] for payload in made]
    found = await places(stage.sessions, pack)
    assert [place for place, _ in found] == list(range(8))
    assert {track for _, track in found} == {*tracks, *new}


async def test_a_track_that_two_collections_want_at_once_comes_into_one(stage: Stage) -> None:
    nova, _, tracks = await a_shelf(stage, 0, 4)
    packs = [await a_collection(stage.sessions, nova) for _ in range(2)]
    wanted = [tracks, tracks[::-1]]
    came = await asyncio.gather(
        *(add(stage, nova, pack, some) for pack, some in zip(packs, wanted, strict=True))
    )
    refused = [(f"input.trackIds.{place}", "IN_OTHER_COLLECTION") for place in range(4)]
    assert sorted(came) == [[], refused]
    winner = came.index([])
    assert await places(stage.sessions, packs[winner]) == list(enumerate(wanted[winner]))
    assert await places(stage.sessions, packs[1 - winner]) == []


@pytest.mark.parametrize("seed", range(2))
async def test_changes_at_once_give_no_place_twice_and_lose_no_track(stage: Stage, seed: int) -> None:
    """Between two collections of one producer; a deadlock would be an error of ours, which `refusals` does not let pass."""
    nova, pack, tracks = await a_shelf(stage, 4, 4)
    other, chance = await a_collection(stage.sessions, nova), random.Random(seed)
    gone = tracks.pop()

    def act() -> Awaitable[Refusals]:
        where, some = chance.choice([pack, other]), chance.sample(tracks, 3)
        acts: list[Callable[[], Awaitable[Refusals]]] = [
            lambda: add(stage, nova, where, some),
            lambda: add(stage, nova, where, some[:2], afterTrackId=some[2]),
            lambda: move(stage, nova, where, some[0], chance.choice([None, some[1]])),
            lambda: remove(stage, nova, where, some[:2]),
        ]
        return chance.choice(acts)()

    await asyncio.gather(*(act() for _ in range(16)), stage.refusals(nova, "deleteTrack", id=gone))
    found = [await places(stage.sessions, one) for one in (pack, other)]
    for inside in found:
        assert [place for place, _ in inside] == list(range(len(inside)))
    members = [track for inside in found for _, track in inside]
    assert len(set(members)) == len(members)
    assert set(members) <= set(tracks)
    assert [await listed(stage, nova, one) for one in (pack, other)] == [
        [track for _, track in one] for one in found
    ]


async def test_a_collection_that_is_deleted_while_tracks_come_leaves_all_of_them(stage: Stage) -> None:
    nova, pack, tracks = await a_shelf(stage, 2, 2)
    entry = an_entry(await audio(stage, nova), collectionId=pack)
    results: tuple[Any, ...] = await asyncio.gather(
        add(stage, nova, pack, tracks[2:]), delete(stage, nova, pack), create(stage, nova, entry)
    )
    assert results[0] in ([], [("id", "NOT_FOUND")])
    assert results[1] == []
    made = results[2]["track"]
    assert made or [error["code"] for error in results[2]["errors"]] == ["NOT_FOUND"]
    for track in [*tracks, *([made["id"]] if made else [])]:
        assert (await stage.ask(nova, COLLECTION_OF, id=track)) == {"track": {"collection": None}}
