"""Pages of a list: whole, in order, the same both ways, and cheap."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from db.clock import now
from db.ids import TrackId
from db.session import Sessions
from db.vocabulary import TrackStatus
from tests.factories import EXCLUSIVE, Beatmaker, a_producer, a_track
from tests.stage import Stage

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $where: TrackWhere, $orderBy: TrackOrder) {
  tracks(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } } nodes { id } } }"""
CARD = """{ tracks(first: %d) { nodes { id title artists tags
  producer { id name verified } credits { id } cover { url(size: SMALL) blurhash }
  licensing { model exclusive { availability price { amount currency } } }
  viewerCan { edit { allowed code } delete { allowed } } fingerprint { status } } } }"""
pytestmark = pytest.mark.anyio

ORDERS = [
    ("PUBLISHED_AT", "DESC"),
    ("CREATED_AT", "ASC"),
    ("TITLE", "ASC"),
    ("BPM", "DESC"),
    ("EXCLUSIVE_PRICE", "ASC"),
]
_MOMENT = now() - timedelta(days=2)


async def a_catalogue(sessions: Sessions, size: int = 11) -> tuple[Beatmaker, list[TrackId]]:
    """Beats of which several share each value that lists sort by."""
    producer = await a_producer(sessions)
    made = [await a_track(sessions, producer, **_facts(number)) for number in range(size)]
    return producer, made


def _facts(number: int) -> dict[str, Any]:
    moment = _MOMENT + timedelta(minutes=number // 3)
    price = EXCLUSIVE | {"exclusive_price_minor": 10_000 + number} if number % 2 else {}
    shared = {"title": f"Beat {number // 4}", "bpm": 100 + number // 3}
    return {**shared, "created_at": moment, "published_at": moment, **price}


async def pages(stage: Stage, size: int, *, backward: bool = False, **more: Any) -> list[list[str]]:
    """The list, page by page, from one end to the other."""
    found: list[list[str]] = []
    cursor = None
    while True:
        part = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = (await stage.ask(None, PAGE, **part, **more))["tracks"]
        info = page["pageInfo"]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        assert info["startCursor"] == page["edges"][0]["cursor"]
        assert info["endCursor"] == page["edges"][-1]["cursor"]
        assert info["hasPreviousPage" if not backward else "hasNextPage"] is bool(found)
        found.append([node["id"] for node in page["nodes"]])
        cursor = info["startCursor" if backward else "endCursor"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return found


@pytest.mark.parametrize(("field", "direction"), ORDERS)
async def test_pages_join_up_to_the_list_both_ways(stage: Stage, field: str, direction: str) -> None:
    _, made = await a_catalogue(stage.sessions)
    order = {"field": field, "direction": direction}
    whole = (await stage.ask(None, PAGE, first=100, orderBy=order))["tracks"]["nodes"]
    ids = [node["id"] for node in whole]
    assert sorted(ids) == sorted(made)
    forwards = await pages(stage, 3, orderBy=order)
    backwards = await pages(stage, 3, backward=True, orderBy=order)
    assert [len(page) for page in forwards] == [3, 3, 3, 2]
    assert [one for page in forwards for one in page] == ids
    assert [one for page in reversed(backwards) for one in page] == ids


async def test_what_is_published_meanwhile_shifts_no_page(stage: Stage) -> None:
    producer, _ = await a_catalogue(stage.sessions)
    before = [one for page in await pages(stage, 4) for one in page]
    first = (await stage.ask(None, PAGE, first=4))["tracks"]
    for _ in range(3):
        await a_track(stage.sessions, producer)
    rest = (await stage.ask(None, PAGE, first=100, after=first["pageInfo"]["endCursor"]))["tracks"]["nodes"]
    assert [node["id"] for node in first["nodes"] + rest] == before


async def test_nodes_come_in_the_order_of_their_ids_and_null_where_there_is_none(stage: Stage) -> None:
    producer, made = await a_catalogue(stage.sessions, 3)
    hidden = await a_track(stage.sessions, producer, TrackStatus.HIDDEN)
    ids = [made[2], "trk_01m84c7bhkv25yh45tj6rv882j", producer.producer, hidden, made[0], made[2], "nonsense"]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    nodes = (await stage.ask(None, query, ids=ids))["nodes"]
    assert [node and node["id"] for node in nodes] == [
        made[2],
        None,
        producer.producer,
        None,
        made[0],
        made[2],
        None,
    ]
    assert (await stage.ask(producer, query, ids=ids))["nodes"][3] == {"__typename": "Track", "id": hidden}
    one = "query($id: ID!) { node(id: $id) { id ... on Track { title } } }"
    assert (await stage.ask(None, one, id=made[0]))["node"] == {"id": made[0], "title": "Beat 0"}
    assert (await stage.ask(None, one, id=hidden)) == {"node": None}


@contextmanager
def statements() -> Generator[list[str]]:
    """Every statement that any engine of this process runs."""
    seen: list[str] = []

    def note(*told: Any) -> None:
        if not told[2].startswith(("BEGIN", "PRAGMA")):
            seen.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_the_total_is_counted_only_when_it_is_selected(stage: Stage) -> None:
    await a_catalogue(stage.sessions, 5)
    with statements() as plain:
        await stage.ask(None, "{ tracks(first: 2) { nodes { id } pageInfo { hasNextPage } } }")
    with statements() as counted:
        answer = await stage.ask(None, "{ tracks(first: 2) { totalCount nodes { id } } }")
    assert answer["tracks"]["totalCount"] == 5
    assert (len(plain), len(counted)) == (1, 2)
    assert "count(" not in plain[0].lower()


async def test_a_page_takes_the_same_few_statements_however_long_it_is(stage: Stage) -> None:
    for _ in range(4):
        await a_catalogue(stage.sessions, 5)
    viewer = await a_producer(stage.sessions)
    taken: list[int] = []
    for size in (1, 20):
        with statements() as seen:
            answer = await stage.ask(viewer, CARD % size)
        assert len(answer["tracks"]["nodes"]) == size
        taken.append(len(seen))
    assert taken[0] == taken[1]
    assert taken[1] <= 16
