"""The feed: who finds what, in which order, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from db.clock import now
from db.models.requests import BeatRequest
from db.queries.requests import index_request
from db.session import Sessions
from db.vocabulary import BeatRequestStatus, CurrencyCode, WantedLicence
from schema.paging import write_cursor
from tests.factories import Person, a_listener, a_producer, staff
from tests.requests.wanted import a_request
from tests.stage import Json, Stage

pytestmark = pytest.mark.anyio

FEED = """query($first: Int, $after: String, $last: Int, $before: String, $where: BeatRequestWhere,
              $orderBy: BeatRequestOrder) {
  beatRequests(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } } nodes { id text status } } }"""
_DAY = timedelta(hours=24)
_OVER = BeatRequestStatus.EXPIRED


async def asked(sessions: Sessions, of: Person, text: str, **different: Any) -> str:
    """A request that can be found by its words."""
    request = await a_request(sessions, of, text=text, **different)
    async with sessions.writing() as session:
        await index_request(session, await session.get_one(BeatRequest, request))
    return request


async def feed(stage: Stage, who: Person, where: Json | None = None, **more: Any) -> list[str]:
    """Texts, in order; the count is that of the list."""
    page = (await stage.ask(who, FEED, where=where, first=100, **more))["beatRequests"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["text"] for node in page["nodes"]]


def budget(amount: int, currency: CurrencyCode = CurrencyCode.USD) -> dict[str, Any]:
    return {"budget_minor": amount, "budget_currency": currency}


async def test_open_requests_are_listed_newest_first_and_a_late_job_hides_nothing(stage: Stage) -> None:
    ari, sessions = await a_listener(stage.sessions), stage.sessions
    moment = now()
    for text, ago, status in (
        ("older", timedelta(hours=20), BeatRequestStatus.ACTIVE),
        ("newer", timedelta(hours=1), BeatRequestStatus.ACTIVE),
        ("over, unnoticed", timedelta(hours=30), BeatRequestStatus.ACTIVE),
        ("over", timedelta(days=3), _OVER),
        ("gone", timedelta(hours=2), BeatRequestStatus.DELETED),
    ):
        await asked(sessions, ari, text, opened_at=moment - ago, status=status)
    for where, found in (
        (None, ["newer", "older"]),
        ({"status": {"eq": "ACTIVE"}}, ["newer", "older"]),
        ({"status": {"eq": "EXPIRED"}}, ["over, unnoticed", "over"]),
        ({"status": {"in": ["ACTIVE", "EXPIRED"]}}, ["newer", "older", "over, unnoticed", "over"]),
        ({"status": {"eq": "ACTIVE", "in": ["EXPIRED"]}}, []),
        (
            {"status": {"in": ["ACTIVE", "EXPIRED", "DELETED"]}},
            ["newer", "gone", "older", "over, unnoticed", "over"],
        ),
    ):
        assert await feed(stage, ari, where) == found, where
    page = await stage.ask(ari, FEED, where={"status": {"eq": "EXPIRED"}})
    assert {node["status"] for node in page["beatRequests"]["nodes"]} == {"EXPIRED"}


async def test_deleted_requests_are_shown_to_their_requester_and_staff(stage: Stage) -> None:
    ari, lee, sam = (
        await a_listener(stage.sessions),
        await a_listener(stage.sessions),
        await staff(stage.sessions),
    )
    for who in (ari, lee):
        await asked(stage.sessions, who, f"gone of {who.account}", status=BeatRequestStatus.DELETED)
    of_both = {f"gone of {who.account}" for who in (ari, lee)}
    where: Json = {"status": {"eq": "DELETED"}}
    assert await feed(stage, ari, where) == [f"gone of {ari.account}"]
    assert await feed(stage, await a_producer(stage.sessions), where) == []
    assert set(await feed(stage, sam, where)) == of_both
    member = ari.account.replace("acc_", "mem_")
    for id_ in (member, ari.account):
        own = where | {"requesterId": {"eq": id_}}
        assert await feed(stage, ari, own) == [f"gone of {ari.account}"]
        assert await feed(stage, lee, own) == []
    assert (
        await stage.fault(ari, FEED, where={"requesterId": {"eq": "trk_01m84c7bhkv25yh45tj6rv882j"}})
        == "WRONG_ID_TYPE"
    )
    assert await stage.fault(None, FEED) == "UNAUTHENTICATED"


LOFI, DRILL, ANYTHING = "Lo-fi drums for rain", "Dark drill in the rain", "Anything at all"
_EVERY = [LOFI, DRILL, ANYTHING]
_FOUND: list[tuple[Json, list[str]]] = [
    ({"search": "rain"}, [LOFI, DRILL]),
    ({"search": "lofi ra"}, [LOFI]),
    ({"search": "808 rain"}, [DRILL]),
    ({"search": "chill"}, [LOFI]),
    ({"search": "drill dark"}, [DRILL]),
    ({"search": "rain snow"}, []),
    ({"search": ""}, _EVERY),
    ({"genre": {"eq": "UK DRILL"}}, [DRILL]),
    ({"genre": {"eq": "drill"}}, [DRILL]),
    ({"genre": {"in": ["Lo-Fi", "House"]}}, [LOFI]),
    ({"genre": {"contains": "dri"}}, [DRILL]),
    ({"genre": {"eq": "lofi"}}, [LOFI]),
    ({"genre": {"in": ["lo fi", "UK-Drill"]}}, [LOFI, DRILL]),
    ({"genre": {}}, _EVERY),
    ({"genre": {"eq": None, "contains": None}}, _EVERY),
    ({"genre": {"in": []}}, []),
    ({"bpm": {}}, _EVERY),
    ({"bpm": {"eq": None, "gte": None}}, _EVERY),
    ({"genre": {"eq": "uk drill", "contains": "x"}}, []),
    ({"bpm": {"eq": 140}}, [DRILL, ANYTHING]),
    ({"bpm": {"gte": 90, "lte": 137}}, [LOFI, ANYTHING]),
    ({"bpm": {"gte": 91, "lte": 137}}, [ANYTHING]),
    ({"bpm": {"lte": 100}}, [LOFI, ANYTHING]),
    ({"bpm": {"in": [80, 140]}}, _EVERY),
    ({"bpm": {"in": [80, 140], "gte": 100}}, [DRILL, ANYTHING]),
    ({"bpm": {"eq": 80, "gte": 100}}, []),
    ({"bpm": {"gte": 150, "lte": 100}}, []),
    ({"wantedLicence": {"eq": "EXCLUSIVE"}}, [DRILL]),
    ({"wantedLicence": {"in": ["ANY"]}}, [LOFI, ANYTHING]),
    ({"budget": {"currency": "USD"}}, [LOFI, ANYTHING]),
    ({"budget": {"currency": "USD", "gte": "100.01"}}, [ANYTHING]),
    ({"budget": {"currency": "EUR", "lte": "300"}}, [DRILL]),
    ({"requesterId": {"in": []}}, []),
]


async def test_filters_find_what_fits(stage: Stage) -> None:
    ari, lee = await a_listener(stage.sessions), await a_listener(stage.sessions)
    await three_wishes(stage.sessions, ari, lee)
    for where, found in _FOUND:
        assert await feed(stage, ari, where) == found, where
    both = [one.account.replace("acc_", "mem_") for one in (lee, ari)]
    assert await feed(stage, ari, {"requesterId": {"eq": both[0]}}) == [LOFI]
    assert await feed(stage, ari, {"requesterId": {"in": both}}) == _EVERY
    soon = (now() + timedelta(hours=2)).isoformat()
    assert await feed(stage, ari, {"expiresAt": {"lte": soon}}) == [ANYTHING]
    assert await feed(stage, ari, {"expiresAt": {"gte": soon}, "search": "rain"}) == [LOFI, DRILL]


async def three_wishes(sessions: Sessions, ari: Person, lee: Person) -> None:
    lofi: dict[str, Any] = {"genre": "Lo-Fi", "genre_folded": "lo-fi", "bpm_min": 70, "bpm_max": 90}
    drill: dict[str, Any] = {"genre": "UK Drill", "genre_folded": "uk drill", "bpm_min": 138, "bpm_max": 144}
    lofi |= {"moods": ["Chill"], "opened_at": now() - timedelta(minutes=1), **budget(10_000)}
    drill |= {"tags": ["808"], "wanted_licence": WantedLicence.EXCLUSIVE}
    drill |= {"opened_at": now() - timedelta(minutes=2), **budget(30_000, CurrencyCode.EUR)}
    await asked(sessions, lee, LOFI, **lofi)
    await asked(sessions, ari, DRILL, **drill)
    await asked(sessions, ari, ANYTHING, opened_at=now() - timedelta(hours=23), **budget(50_000))


_ORDERS = [
    (field, way) for field in ("OPENED_AT", "EXPIRES_AT", "SUBMISSIONS", "BUDGET") for way in ("ASC", "DESC")
]


async def a_crowd(sessions: Sessions, of: Person) -> list[Json]:
    """Requests in every state of which several share each value that lists sort by."""
    made: list[Json] = []
    for number in range(11):
        opened = now() - timedelta(hours=2 + number // 3) - (_DAY if number % 4 == 3 else timedelta(0))
        facts: dict[str, Any] = {"opened_at": opened, "submission_count": number // 4}
        facts |= {"status": _OVER} if number % 8 == 7 else {}
        facts |= budget(10_000 + number // 5) if number % 2 else {}
        request = await a_request(sessions, of, text=f"Number {number}, more or less", **facts)
        made.append(
            {
                "id": request,
                "opened_at": opened,
                "submissions": number // 4,
                "budget": facts.get("budget_minor"),
            }
        )
    return made


def in_order(made: list[Json], field: str, way: str) -> list[str]:
    """As the list should be: those without a budget last, ties by id."""
    names = {
        "OPENED_AT": "opened_at",
        "EXPIRES_AT": "opened_at",
        "SUBMISSIONS": "submissions",
        "BUDGET": "budget",
    }
    there = [one for one in made if one[names[field]] is not None]
    without = [one for one in made if one[names[field]] is None]
    down = way == "DESC"
    ids = sorted(there, key=lambda one: (one[names[field]], one["id"]), reverse=down)
    return [one["id"] for one in [*ids, *sorted(without, key=lambda one: one["id"], reverse=down)]]


async def pages(stage: Stage, who: Person, size: int, *, backward: bool, **more: Any) -> list[list[str]]:
    """The list, page by page, from one end to the other."""
    found: list[list[str]] = []
    cursor: str | None = None
    while True:
        part = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = (await stage.ask(who, FEED, **part, **more))["beatRequests"]
        info = page["pageInfo"]
        found.append([node["id"] for node in page["nodes"]])
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        cursor = info["startCursor" if backward else "endCursor"]


async def test_pages_are_whole_and_in_order_both_ways(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    made = await a_crowd(stage.sessions, ari)
    where: Json = {"status": {"in": ["ACTIVE", "EXPIRED"]}}
    mine = where | {"requesterId": {"eq": ari.account}}
    for field, way in _ORDERS:
        meant = in_order(made, field, way)
        order = {"field": field, "direction": way}
        for chosen in (where, mine):
            ahead = await pages(stage, ari, 3, backward=False, where=chosen, orderBy=order)
            back = await pages(stage, ari, 3, backward=True, where=chosen, orderBy=order)
            assert (field, way, [one for page in ahead for one in page]) == (field, way, meant)
            assert (field, way, [one for page in reversed(back) for one in page]) == (field, way, meant)


async def test_a_cursor_of_another_order_or_of_ones_own_making_is_refused(stage: Stage) -> None:
    ari = await a_listener(stage.sessions)
    await a_crowd(stage.sessions, ari)
    by_budget = {"field": "BUDGET", "direction": "ASC"}
    page = (await stage.ask(ari, FEED, first=1, orderBy=by_budget))["beatRequests"]
    cursor = page["pageInfo"]["endCursor"]
    assert await stage.fault(ari, FEED, after=cursor) == "BAD_CURSOR"
    for forged in (
        ["requests:BUDGET:ASC", "x", "brq_x"],
        ["requests:BUDGET:ASC", 1],
        ["requests:BUDGET:ASC", -1, 5],
    ):
        assert await stage.fault(ari, FEED, after=as_cursor(forged), orderBy=by_budget) == "BAD_CURSOR"


def as_cursor(values: list[Any]) -> str:
    order, *anchor = values
    return write_cursor(order, anchor)
