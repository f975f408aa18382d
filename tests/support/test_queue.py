"""The line that staff take tickets from (D-72)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from db.clock import now
from tests.factories import a_listener, a_verified_producer, staff
from tests.stage import Json, Somebody, Stage
from tests.support.desk import Post, a_contact, a_ticket, opened

pytestmark = pytest.mark.anyio
QUEUE = """query($first: Int, $after: String, $last: Int, $before: String, $where: TicketWhere) { staff {
  tickets(first: $first, after: $after, last: $last, before: $before, where: $where) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id priority emailProved } } } }"""


async def queue(stage: Stage, who: Somebody, **asked: Any) -> Json:
    shown: Json = (await stage.ask(who, QUEUE, **asked))["staff"]["tickets"]
    return shown


async def a_line(stage: Stage) -> list[str]:
    """Eight tickets, in the order that they are to be answered in."""
    ari, kilo = await a_listener(stage.sessions), await a_verified_producer(stage.sessions)
    contact = await a_contact(stage.sessions)
    waiting: list[tuple[Any, int, int, str]] = [
        (ari, 1, 5, "OPEN"),
        (kilo, 0, 9, "OPEN"),
        (contact, 2, -1, "OPEN"),
        (kilo, 0, -2, "ANSWERED"),
        (ari, 1, 7, "CLOSED"),
        (kilo, 0, 3, "OPEN"),
        (ari, 1, 6, "ANSWERED"),
        (contact, 1, 2, "OPEN"),
    ]
    made = [
        await a_ticket(
            stage.sessions,
            who,
            line=line,
            respond_by=now() + timedelta(days=days),
            status=status,
            proved_at=now() if who == contact and line == 1 else None,
        )
        for who, line, days, status in waiting
    ]
    return [made[number] for number in (3, 5, 1, 7, 0, 6, 4, 2)]


async def test_priority_comes_first_what_nobody_has_owned_to_last_and_else_what_is_due_soonest(
    stage: Stage,
) -> None:
    line, sam = await a_line(stage), await staff(stage.sessions)
    shown = await queue(stage, sam)
    assert [one["id"] for one in shown["nodes"]] == line
    assert [one["priority"] for one in shown["nodes"]] == [True] * 3 + [False] * 5
    assert [one["emailProved"] for one in shown["nodes"]] == [None] * 3 + [True] + [None] * 3 + [False]
    assert shown["totalCount"] == 8


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ({"status": {"eq": "OPEN"}}, [1, 2, 3, 4, 7]),
        ({"status": {"in": ["ANSWERED", "CLOSED"]}}, [0, 5, 6]),
        ({"status": {"in": []}}, []),
        ({"emailProved": True}, [3]),
        ({"emailProved": False}, [7]),
        ({"emailProved": False, "status": {"eq": "CLOSED"}}, []),
        ({"emailProved": False, "status": {"eq": "OPEN"}}, [7]),
        ({"emailProved": None}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
async def test_the_line_of_a_state_has_the_same_order(
    stage: Stage, where: dict[str, Any], places: list[int]
) -> None:
    line, sam = await a_line(stage), await staff(stage.sessions)
    shown = await queue(stage, sam, where=where)
    assert [one["id"] for one in shown["nodes"]] == [line[place] for place in places]
    assert shown["totalCount"] == len(places)


async def test_pages_go_on_and_back_across_the_end_of_priority(stage: Stage) -> None:
    line, sam = await a_line(stage), await staff(stage.sessions)
    first = await queue(stage, sam, first=2)
    second = await queue(stage, sam, first=2, after=first["pageInfo"]["endCursor"])
    back = await queue(stage, sam, last=2, before=second["pageInfo"]["startCursor"])
    last = await queue(stage, sam, last=3)
    pages = [[one["id"] for one in page["nodes"]] for page in (first, second, back, last)]
    assert pages == [line[:2], line[2:4], line[:2], line[5:]]
    ends = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]) for page in (first, second)
    ]
    assert ends == [(False, True), (True, True)]
    own = "{ me { supportTickets(first: 1) { pageInfo { endCursor } } } }"
    await a_ticket(stage.sessions, sam)
    cursor = (await stage.ask(sam, own))["me"]["supportTickets"]["pageInfo"]["endCursor"]
    assert await stage.fault(sam, QUEUE, after=cursor) == "BAD_CURSOR"


async def test_what_is_proved_comes_to_the_others_by_when_it_is_due(
    post: Post, web: httpx.AsyncClient
) -> None:
    stage = post.stage
    first = (await opened(stage, None, email="vera@example.org"))["id"]
    [letter] = await post.letters()
    second = (await opened(stage, await a_listener(stage.sessions)))["id"]
    sam = await staff(stage.sessions)
    before = [one["id"] for one in (await queue(stage, sam))["nodes"]]
    assert (await web.post(letter.link, data={"mine": "yes"})).status_code == 303
    after = [one["id"] for one in (await queue(stage, sam))["nodes"]]
    assert (before, after) == ([second, first], [first, second])


async def test_nobody_else_sees_the_line(stage: Stage) -> None:
    await a_line(stage)
    for who in (None, await a_listener(stage.sessions), await a_verified_producer(stage.sessions)):
        assert (await stage.ask(who, QUEUE))["staff"] is None
