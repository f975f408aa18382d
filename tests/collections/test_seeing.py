"""Who sees which collections, and lists of them and of what is in them."""

from datetime import timedelta
from typing import Any

import pytest

from db.clock import now
from db.ids import new_id
from db.vocabulary import TrackStatus
from tests.collections.packs import COLLECTION_OF, READ, a_collection, listed, read, update
from tests.factories import a_listener, a_producer, a_track, staff
from tests.graphql.test_lists import statements
from tests.stage import Json, Somebody, Stage
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio

OF_PRODUCER = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { producer(by: {id: $id}) {
  collections(first: $first, after: $after, last: $last, before: $before) { totalCount nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
INSIDE = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $where: TrackWhere,
    $orderBy: TrackOrder) { collection(id: $id) {
  tracks(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
    totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
TRACKS = "query($where: TrackWhere, $orderBy: TrackOrder) { tracks(where: $where, orderBy: $orderBy) { nodes { id } } }"
PAGE = "query($path: String!) { publicPage(path: $path) { canonicalPath node { __typename id } } }"
SUGGEST = "query($text: String!) { searchSuggestions(text: $text) { label node { __typename id } } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
AS_PLACED = {"field": "POSITION", "direction": "ASC"}
HIDDEN = sorted(set(TrackStatus) - {TrackStatus.PUBLISHED, TrackStatus.REMOVED})


async def test_a_collection_without_a_published_track_is_its_owners_and_staffs(stage: Stage) -> None:
    nova, kilo = await a_producer(stage.sessions), await a_producer(stage.sessions, "Kilo")
    tracks = [await a_track(stage.sessions, nova, status) for status in HIDDEN]
    sold = tracks[HIDDEN.index(TrackStatus.SOLD)]
    pack = await a_collection(stage.sessions, nova, tracks, slug="tapes-x7f2k9", name="Zebra Tapes")
    sam, ari = await staff(stage.sessions), await a_listener(stage.sessions)

    async def seen(who: Somebody | None) -> list[bool]:
        """Every door to it."""
        answers = [
            await stage.ask(who, READ, id=pack),
            await stage.ask(who, NODE, id=pack),
            await stage.ask(who, PAGE, path="/c/tapes-x7f2k9"),
            (await stage.ask(who, COLLECTION_OF, id=sold))["track"],
        ]
        page = (await stage.ask(who, OF_PRODUCER, id=nova.producer))["producer"]["collections"]
        assert page["totalCount"] == len(page["nodes"])
        suggested = (await stage.ask(who, SUGGEST, text="zebr"))["searchSuggestions"]
        return [
            *(next(iter(one.values())) is not None for one in answers),
            bool(page["nodes"]),
            bool(suggested),
        ]

    for who in (None, ari, kilo):
        assert await seen(who) == [False] * 6
    for who in (nova, sam):
        assert await seen(who) == [True] * 5 + [False]  # what is suggested is in the catalogue
    await stage.mutate(
        nova, "setTrackVisibility", id=tracks[HIDDEN.index(TrackStatus.HIDDEN)], input={"visible": True}
    )
    for who in (None, ari, kilo, nova, sam):
        assert await seen(who) == [True] * 6


async def test_others_see_the_published_tracks_and_the_owner_all(stage: Stage) -> None:
    nova, sam = await a_producer(stage.sessions), await staff(stage.sessions)
    statuses = [status for status in TrackStatus if status is not TrackStatus.REMOVED]
    tracks = [await a_track(stage.sessions, nova, status) for status in statuses]
    pack = await a_collection(stage.sessions, nova, tracks)
    assert await listed(stage, nova, pack) == tracks
    published = [tracks[statuses.index(TrackStatus.PUBLISHED)]]
    for who in (None, sam):
        assert await listed(stage, who, pack) == published
        assert (await read(stage, who, pack))["tracks"]["totalCount"] == 1
    by_status = {"status": {"in": ["HIDDEN", "PUBLISHED"]}}
    own = (await stage.ask(nova, INSIDE, id=pack, where=by_status))["collection"]["tracks"]["nodes"]
    assert [node["id"] for node in own] == [
        track for track, s in zip(tracks, statuses, strict=True) if s in {"HIDDEN", "PUBLISHED"}
    ]
    assert (await stage.ask(None, INSIDE, id=pack, where=by_status))["collection"]["tracks"]["nodes"] == []


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_by_place_join_up_both_ways(stage: Stage, direction: str) -> None:
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova) for _ in range(7)]
    pack = await a_collection(stage.sessions, nova, tracks[::-1])
    await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova)])
    wanted = tracks[::-1] if direction == "ASC" else tracks
    order = {"field": "POSITION", "direction": direction}
    forwards = await _walk(stage, INSIDE, "first", "after", id=pack, orderBy=order)
    backwards = await _walk(stage, INSIDE, "last", "before", id=pack, orderBy=order)
    assert [one for page in forwards for one in page] == wanted
    assert [one for page in reversed(backwards) for one in page] == wanted
    assert [len(page) for page in forwards] == [3, 3, 1]
    assert await listed(stage, None, pack) == tracks[::-1]


@on_sqlite
async def test_a_cursor_of_another_order_is_none_of_a_collection(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    pack = await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova) for _ in range(2)])
    page = (await stage.ask(None, INSIDE, id=pack, first=1))["collection"]["tracks"]["pageInfo"]
    newest = {"field": "PUBLISHED_AT", "direction": "DESC"}
    assert await stage.fault(None, INSIDE, id=pack, after=page["endCursor"], orderBy=newest) == "BAD_CURSOR"


async def test_tracks_are_filtered_by_collection_and_arranged_as_in_it(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova, bpm=100 + number) for number in range(4)]
    pack = await a_collection(stage.sessions, nova, [tracks[2], tracks[0]])
    other = await a_collection(stage.sessions, nova, [tracks[3]])

    async def found(where: Json, order: Json | None = None) -> list[str]:
        answer = await stage.ask(None, TRACKS, where=where, orderBy=order)
        return [node["id"] for node in answer["tracks"]["nodes"]]

    assert await found({"collectionId": {"eq": pack}}, AS_PLACED) == [tracks[2], tracks[0]]
    assert await found({"collectionId": {"eq": pack}}) == [tracks[2], tracks[0]]
    assert await found({"collectionId": {"in": [pack, other]}}) == [tracks[3], tracks[2], tracks[0]]
    assert await found({"collectionId": {"eq": pack}, "bpm": {"lte": 100}, "search": "night"}) == [tracks[0]]
    assert await found({"collectionId": {"eq": new_id("col")}}, AS_PLACED) == []
    inside = await stage.ask(None, INSIDE, id=pack, where={"collectionId": {"eq": other}})
    assert inside["collection"]["tracks"] | {"pageInfo": None} == {
        "totalCount": 0,
        "nodes": [],
        "pageInfo": None,
    }


@on_sqlite
async def test_places_need_one_collection(stage: Stage) -> None:
    packs = [new_id("col"), new_id("col")]
    assert await stage.fault(None, TRACKS, orderBy=AS_PLACED) == "BAD_REQUEST"
    wheres: list[Any] = [{"collectionId": {"in": packs}}, {"collectionId": None}, {"collectionId": {}}]
    for where in wheres:
        assert await stage.fault(None, TRACKS, orderBy=AS_PLACED, where=where) == "BAD_REQUEST"
    assert await stage.fault(None, TRACKS, where={"collectionId": {"eq": new_id("trk")}}) == "WRONG_ID_TYPE"
    assert await stage.fault(None, READ, id=new_id("trk")) == "WRONG_ID_TYPE"


async def test_a_producers_collections_come_newest_first_and_pages_join_up(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    moment = now() - timedelta(days=2)
    made: list[str] = []
    for number in range(6):
        tracks = [await a_track(stage.sessions, nova)] if number % 3 else []
        at = moment + timedelta(minutes=number // 2)  # two of each moment, told apart by their ids
        made.append(await a_collection(stage.sessions, nova, tracks, created_at=at))
    newest = [
        pack for _, pack in sorted(((number // 2, pack) for number, pack in enumerate(made)), reverse=True)
    ]
    shown = [pack for pack in newest if made.index(pack) % 3]
    for who, wanted in ((nova, newest), (None, shown)):
        forwards = await _walk(stage, OF_PRODUCER, "first", "after", who=who, id=nova.producer)
        backwards = await _walk(stage, OF_PRODUCER, "last", "before", who=who, id=nova.producer)
        assert [one for page in forwards for one in page] == wanted
        assert [one for page in reversed(backwards) for one in page] == wanted


async def test_the_address_stays_when_the_name_changes(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    pack = await a_collection(
        stage.sessions, nova, [await a_track(stage.sessions, nova)], slug="tapes-x7f2k9"
    )
    assert await update(stage, nova, pack, name="Day Tapes") == []
    assert (await read(stage, None, pack))["shareUrl"] == "https://beatpass.test/c/tapes-x7f2k9"
    expected = {"canonicalPath": "/c/tapes-x7f2k9", "node": {"__typename": "Collection", "id": pack}}
    for path in ("/c/tapes-x7f2k9", "/c/TAPES-x7f2k9/", "https://beatpass.test/c/tapes-x7f2k9?a=b"):
        assert (await stage.ask(None, PAGE, path=path))["publicPage"] == expected
    assert (await stage.ask(None, PAGE, path="/t/tapes-x7f2k9"))["publicPage"] is None


async def test_a_collection_is_suggested_by_its_name_and_artists_as_they_are_now(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    tracks = [await a_track(stage.sessions, nova, title="Zebra Walk", artists=["Ari"])]
    pack = await a_collection(stage.sessions, nova, tracks, name="Lo-Fi Nights", artists=["Zoë Quick"])

    async def suggested(text: str) -> list[tuple[str, str | None]]:
        found = (await stage.ask(None, SUGGEST, text=text))["searchSuggestions"]
        return [(one["label"], one["node"] and one["node"]["__typename"]) for one in found]

    line = ("Lo-Fi Nights", "Collection")
    for text in ("lofi", "lo-fi ni", "zoe", "nights quick"):
        assert (text, await suggested(text)) == (text, [line])
    assert await update(stage, nova, pack, name="Zebra", artists=["Ari"]) == []
    assert await suggested("lofi") == await suggested("zoe") == []
    assert await suggested("zebra") == [("Zebra", "Collection"), ("Zebra Walk", "Track")]


async def test_a_page_of_tracks_reads_their_collections_by_one_statement(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    for _ in range(6):
        await a_collection(stage.sessions, nova, [await a_track(stage.sessions, nova)])
    query = "{ tracks(first: %d) { nodes { collection { id name } } } }"
    counted: list[int] = []
    for size in (2, 6):
        with statements() as seen:
            nodes = (await stage.ask(None, query % size))["tracks"]["nodes"]
        assert len({node["collection"]["id"] for node in nodes}) == size
        counted.append(len(seen))
    assert counted[0] == counted[1]


async def _walk(
    stage: Stage, query: str, size: str, place: str, *, who: Somebody | None = None, **asked: Any
) -> list[list[str]]:
    """The pages of a list, from one end to the other."""
    more, cursor = ("hasNextPage", "endCursor") if place == "after" else ("hasPreviousPage", "startCursor")
    pages: list[list[str]] = []
    at = None
    while True:
        (found,) = (await stage.ask(who, query, **{size: 3, place: at}, **asked)).values()
        (page,) = found.values()
        pages.append([node["id"] for node in page["nodes"]])
        at = page["pageInfo"][cursor]
        if not page["pageInfo"][more]:
            return pages
