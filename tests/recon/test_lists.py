"""D-34: lists of scans and matches: who sees them, by what they sort, what filters let pass; alike on both engines."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from db.clock import now
from db.ids import ReconMatchId, TrackId
from db.vocabulary import MatchClass, MatchRelation, MatchTriage, ReconScanStatus, TrackStatus, UploadPurpose
from tests.factories import (
    Beatmaker,
    Person,
    a_completed_upload,
    a_listener,
    a_match,
    a_producer,
    a_scan,
    a_track,
    a_verified_producer,
    staff,
)
from tests.stage import Stage

pytestmark = pytest.mark.anyio

_ARGUMENTS = """($where: ReconMatchWhere, $orderBy: ReconMatchOrder, $first: Int, $after: String, $last: Int,
  $before: String)"""
_PASSED = "(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before)"
_PAGE = "{ totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
LIST = f"query{_ARGUMENTS} {{ reconMatches{_PASSED} {_PAGE} }}"
OF_TRACK = "query($id: ID!) { track(id: $id) { reconMatches { totalCount nodes { id } } } }"
OF_SCAN = "query($id: ID!) { reconScan(id: $id) { id matches { nodes { id } } } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
SCANS = """query($where: ReconScanWhere, $first: Int, $after: String) {
  reconScans(where: $where, first: $first, after: $after) {
    totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"""


async def four_matches(stage: Stage) -> tuple[Beatmaker, list[ReconMatchId]]:
    """Of one producer's two tracks, as different as matches can be; by rising similarity."""
    nova, kilo = await a_verified_producer(stage.sessions, "Nova"), await a_producer(stage.sessions)
    own = [await a_track(stage.sessions, nova) for _ in range(2)]
    moment = now() - timedelta(days=10)
    facts: list[dict[str, Any]] = [
        {"similarity": 0.7001, "match_class": MatchClass.SNIPPET, "relation": MatchRelation.SHARED_MATERIAL,
         "query_coverage": 0.9, "first_seen_at": moment + timedelta(days=3)},
        {"similarity": 0.8, "match_class": MatchClass.PARTIAL, "triage": MatchTriage.SEEN,
         "query_coverage": 0.1, "first_seen_at": moment + timedelta(days=2)},
        {"similarity": 0.95, "match_class": MatchClass.FULL, "triage": MatchTriage.DISMISSED,
         "query_coverage": 0.5, "first_seen_at": moment + timedelta(days=1)},
        {"similarity": 1.0, "match_class": MatchClass.EXACT, "query_coverage": 0.3, "first_seen_at": moment},
    ]  # fmt: skip
    made: list[ReconMatchId] = []
    for number, one in enumerate(facts):
        made.append(
            await a_match(stage.sessions, own[number % 2], await a_track(stage.sessions, kilo), **one)
        )
    return nova, made


FILTERS: list[tuple[Any, set[int]]] = [
    (None, {0, 1, 2, 3}),
    ({}, {0, 1, 2, 3}),
    ({"matchClass": {"eq": "EXACT"}}, {3}),
    ({"matchClass": {"in": ["FULL", "SNIPPET"]}}, {0, 2}),
    ({"matchClass": {"in": []}}, set()),
    ({"relation": {"eq": "SHARED_MATERIAL"}}, {0}),
    ({"relation": {"in": ["SAME_RECORDING"]}}, {1, 2, 3}),
    ({"triage": {"eq": "NEW"}}, {0, 3}),
    ({"triage": {"in": ["SEEN", "DISMISSED"]}}, {1, 2}),
    ({"similarity": {"gte": "0.7001"}}, {0, 1, 2, 3}),
    ({"similarity": {"gte": "0.70011"}}, {1, 2, 3}),
    ({"similarity": {"gte": "0.8", "lte": "0.95"}}, {1, 2}),
    ({"similarity": {"lte": "0.79999"}}, {0}),
    ({"similarity": {"gte": "1"}}, {3}),
    ({"similarity": {"gte": "1E+15"}}, set()),
    ({"firstSeenAt": {"gte": "2100-01-01T00:00:00Z"}}, set()),
    ({"firstSeenAt": {"lte": "2100-01-01T00:00:00Z"}}, {0, 1, 2, 3}),
    ({"relation": {"eq": "SAME_RECORDING"}, "triage": {"eq": "NEW"}}, {3}),
    ({"matchClass": None, "similarity": {"gte": None}}, {0, 1, 2, 3}),
]


async def test_every_filter_lets_the_same_pass_on_both_engines(stage: Stage) -> None:
    nova, made = await four_matches(stage)
    for where, expected in FILTERS:
        listed = (await stage.ask(nova, LIST, where=where))["reconMatches"]
        found = {made.index(node["id"]) for node in listed["nodes"]}
        assert (where, found, listed["totalCount"]) == (where, expected, len(expected))


ORDERS = [("SIMILARITY", [0, 1, 2, 3]), ("QUERY_COVERAGE", [1, 3, 2, 0]), ("FIRST_SEEN_AT", [3, 2, 1, 0])]


@pytest.mark.parametrize(("field", "ascending"), ORDERS)
async def test_every_order_goes_both_ways(stage: Stage, field: str, ascending: list[int]) -> None:
    nova, made = await four_matches(stage)
    for direction, expected in (("ASC", ascending), ("DESC", ascending[::-1])):
        order = {"field": field, "direction": direction}
        listed = (await stage.ask(nova, LIST, orderBy=order))["reconMatches"]["nodes"]
        assert [made.index(node["id"]) for node in listed] == expected
    first = (await stage.ask(nova, LIST))["reconMatches"]["nodes"][0]
    assert made.index(first["id"]) == 3, "the most similar first, unless asked otherwise"


@pytest.mark.parametrize("field", ["SIMILARITY", "QUERY_COVERAGE", "FIRST_SEEN_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_join_up_forward_and_backward_also_among_equals(
    stage: Stage, field: str, direction: str
) -> None:
    nova, kilo = await a_verified_producer(stage.sessions, "Nova"), await a_producer(stage.sessions)
    own, moment = await a_track(stage.sessions, nova), now() - timedelta(days=1)
    for number in range(7):
        share = 0.1 + 0.1 * (number % 3)  # 0.30000000000000004 among them
        facts = {"similarity": share, "query_coverage": share}
        at = moment + timedelta(milliseconds=number % 2)
        other = await a_track(stage.sessions, kilo)
        await a_match(stage.sessions, own, other, **facts, first_seen_at=at)
    order = {"field": field, "direction": direction}
    whole = (await stage.ask(nova, LIST, orderBy=order))["reconMatches"]
    cursors = [edge["cursor"] for edge in whole["edges"]]
    assert len(set(cursors)) == 7
    assert await paged(stage, nova, order, "first", "after", "endCursor", "hasNextPage") == cursors
    assert await paged(stage, nova, order, "last", "before", "startCursor", "hasPreviousPage") == cursors


async def paged(
    stage: Stage, who: Person, order: Any, size: str, place: str, cursor: str, more: str
) -> list[str]:
    cursors: list[str] = []
    given: dict[str, Any] = {size: 3}
    while True:
        page = (await stage.ask(who, LIST, orderBy=order, **given))["reconMatches"]
        new = [edge["cursor"] for edge in page["edges"]]
        cursors = cursors + new if place == "after" else new + cursors
        if not page["pageInfo"][more]:
            return cursors
        given[place] = page["pageInfo"][cursor]


async def test_a_cursor_of_another_order_or_written_by_hand_is_refused(stage: Stage) -> None:
    nova, _ = await four_matches(stage)
    page = (await stage.ask(nova, LIST, first=1))["reconMatches"]["pageInfo"]
    by_time = {"field": "FIRST_SEEN_AT", "direction": "DESC"}
    assert await stage.fault(nova, LIST, after=page["endCursor"], orderBy=by_time) == "BAD_CURSOR"
    for anchor in ('"a","b"', '1,"b"', "true,true", '0.5,"b",1'):
        assert await stage.fault(nova, LIST, after=forged(anchor)) == "BAD_CURSOR"


def forged(anchor: str) -> str:
    text = f'["matches:SIMILARITY:DESC",{anchor}]'
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


async def test_a_match_is_there_for_verified_credited_producers_and_staff_alone(stage: Stage) -> None:
    sessions = stage.sessions
    nova, cora, pat = [await a_verified_producer(sessions, name) for name in ("Nova", "Cora", "Pat")]
    uma, ari, sam = await a_producer(sessions, "Uma"), await a_listener(sessions), await staff(sessions)
    own, other = await a_track(sessions, nova, credited=[cora, uma]), await a_track(sessions, pat)
    match, mirrored = await a_match(sessions, own, other), await a_match(sessions, other, own)
    scan = await a_scan(sessions, nova, track=own, matches=[match])
    seen = {"id": match}
    for who in (nova, cora, sam):
        assert await stage.ask(who, NODE, id=match) == {"node": seen}
        assert (await stage.ask(who, OF_TRACK, id=own))["track"]["reconMatches"]["nodes"] == [seen]
        assert (await stage.ask(who, OF_SCAN, id=scan))["reconScan"]["matches"]["nodes"] == [seen]
    for stranger in (pat, uma, ari, None):
        assert await stage.ask(stranger, NODE, id=match) == {"node": None}
        assert (await stage.ask(stranger, OF_TRACK, id=own))["track"]["reconMatches"] is None
        assert await stage.ask(stranger, OF_SCAN, id=scan) == {"reconScan": None}
    listed = {who.name: (await stage.ask(who, LIST))["reconMatches"] for who in (nova, cora, pat, uma, sam)}
    ids = {name: page and [node["id"] for node in page["nodes"]] for name, page in listed.items()}
    assert ids == {"Nova": [match], "Cora": [match], "Pat": [mirrored], "Uma": None, "Sam": None}


async def test_a_match_goes_with_its_own_track_and_outlives_the_other(stage: Stage) -> None:
    sessions = stage.sessions
    nova, pat, sam = (
        await a_verified_producer(sessions, "Nova"),
        await a_verified_producer(sessions, "Pat"),
        await staff(sessions),
    )
    own, other = await a_track(sessions, nova), await a_track(sessions, pat)
    match, mirrored = await a_match(sessions, own, other), await a_match(sessions, other, own)
    scan = await a_scan(sessions, nova, track=own, matches=[match])
    await stage.mutate(nova, "deleteTrack", id=own)
    for who in (nova, sam):
        assert await stage.ask(who, NODE, id=match) == {"node": None}
        assert await stage.ask(who, OF_SCAN, id=scan) == {"reconScan": None}
    assert (await stage.ask(nova, LIST))["reconMatches"]["totalCount"] == 0
    assert (await stage.ask(nova, SCANS))["reconScans"]["totalCount"] == 0
    query = "query($id: ID!) { node(id: $id) { ... on ReconMatch { track { id } found { title } } } }"
    shown = (await stage.ask(pat, query, id=mirrored))["node"]
    assert shown == {"track": None, "found": {"title": "Night Drive"}}


async def test_own_scans_are_those_one_asked_for_and_those_of_tracks_that_credit_one(stage: Stage) -> None:
    sessions = stage.sessions
    nova, cora, pat = [await a_verified_producer(sessions, name) for name in ("Nova", "Cora", "Pat")]
    sam = await staff(sessions)
    shared, alone = await a_track(sessions, nova, credited=[cora]), await a_track(sessions, nova)
    sample = await a_completed_upload(sessions, nova, UploadPurpose.RECON_SAMPLE)
    moment = now() - timedelta(days=1)
    at: list[dict[str, Any]] = [{"created_at": moment + timedelta(seconds=number)} for number in range(5)]
    by_cora = await a_scan(sessions, cora, track=shared, **at[0])
    scheduled = await a_scan(sessions, None, track=shared, **at[1])
    own = await a_scan(sessions, nova, track=alone, **at[2])
    of_sample = await a_scan(sessions, nova, upload=sample, **at[3])
    await a_scan(sessions, pat, track=await a_track(sessions, pat), **at[4])

    async def listed(who: Person, **where: Any) -> list[str] | None:
        page = (await stage.ask(who, SCANS, **where))["reconScans"]
        assert page is None or page["totalCount"] == len(page["nodes"])
        return page and [node["id"] for node in page["nodes"]]

    assert await listed(nova) == [of_sample, own, scheduled, by_cora]
    assert await listed(cora) == [scheduled, by_cora]
    assert await listed(sam) is None
    assert await listed(nova, where={"trackId": {"eq": shared}}) == [scheduled, by_cora]
    assert await listed(nova, where={"trackId": {"in": [alone, shared]}}) == [own, scheduled, by_cora]
    assert await stage.fault(nova, SCANS, where={"trackId": {"eq": nova.producer}}) == "WRONG_ID_TYPE"
    assert await stage.fault(nova, OF_SCAN, id=shared) == "WRONG_ID_TYPE"


async def test_scans_page_from_the_newest_to_the_oldest(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    track, moment = await a_track(stage.sessions, nova), now() - timedelta(days=1)
    made = [
        await a_scan(stage.sessions, nova, track=track, created_at=moment + timedelta(seconds=number // 2))
        for number in range(5)
    ]
    found: list[str] = []
    after = None
    while True:
        page = (await stage.ask(nova, SCANS, first=2, after=after))["reconScans"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    pairs = [set(found[:1]), set(found[1:3]), set(found[3:])]
    assert pairs == [{made[4]}, {made[2], made[3]}, {made[0], made[1]}]


async def test_a_waiting_scan_is_shown_as_it_is(stage: Stage) -> None:
    nova = await a_verified_producer(stage.sessions)
    scan = await a_scan(
        stage.sessions, nova, track=await a_track(stage.sessions, nova), status=ReconScanStatus.QUEUED
    )
    query = """query($id: ID!) { reconScan(id: $id) { status stage progress startedAt finishedAt error { message }
      trigger upload { id } } }"""
    assert (await stage.ask(nova, query, id=scan))["reconScan"] == {
        "status": "QUEUED",
        "stage": "WAITING",
        "progress": 0.0,
        "startedAt": None,
        "finishedAt": None,
        "error": None,
        "trigger": "MANUAL",
        "upload": None,
    }


async def test_matches_of_many_tracks_of_a_page_are_each_tracks_own(stage: Stage) -> None:
    nova, kilo = await a_verified_producer(stage.sessions, "Nova"), await a_producer(stage.sessions)
    made: dict[TrackId, ReconMatchId] = {}
    for _ in range(3):
        track = await a_track(stage.sessions, nova)
        made[track] = await a_match(stage.sessions, track, await a_track(stage.sessions, kilo))
    await a_track(stage.sessions, kilo, TrackStatus.PUBLISHED)
    query = "{ tracks(first: 10) { nodes { id reconMatches { nodes { id } } } } }"
    nodes = (await stage.ask(nova, query))["tracks"]["nodes"]
    shown = {node["id"]: node["reconMatches"] for node in nodes}
    assert {track: found and found["nodes"] for track, found in shown.items() if track in made} == {
        track: [{"id": match}] for track, match in made.items()
    }
    assert [found for track, found in shown.items() if track not in made] == [None] * 4
