"""Errors beside the data: each has its code, and none shows how we are made."""

import base64
import json

import pytest

from db.ids import TrackId
from db.session import Sessions
from tests.factories import a_producer, a_track
from tests.graphql.conftest import Product
from tests.graphql.people import an_account
from tests.tools.web import Web


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NEWEST = "tracks:PUBLISHED_AT:DESC"
BPM = "tracks:BPM:DESC"
FORGED = {
    "empty": "",
    "no base64": "ä!",
    "a fifth of base64": "AAAAA",
    "no JSON": base64.urlsafe_b64encode(b"{").decode(),
    "no UTF-8": base64.urlsafe_b64encode(b'["\xff"]').decode(),
    "another form": base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    "nothing": cursor(),
    "another list": cursor("cases", "2026-11-23T00:00:00.000Z", "req_x"),
    "another order": cursor("tracks:TITLE:ASC", "a", "trk_x"),
    "too short": cursor(NEWEST, "2026-11-23T00:00:00.000Z"),
    "too long": cursor(NEWEST, "2026-11-23T00:00:00.000Z", "trk_x", "more"),
    "no instant": cursor(NEWEST, "yesterday", "trk_x"),
    "an instant without a zone": cursor(NEWEST, "2026-11-23T00:00:00", "trk_x"),
    "before the first instant": cursor(NEWEST, "0001-01-01T00:00:00+14:00", "trk_x"),
    "a number for an instant": cursor(NEWEST, 7, "trk_x"),
    "U+0000 in the id": cursor(NEWEST, "2026-11-23T00:00:00.000Z", "trk_\0"),
    "null": cursor(NEWEST, None, "trk_x"),
    "nested": cursor(NEWEST, ["2026-11-23T00:00:00.000Z"], "trk_x"),
}
FORGED_BPM = {
    "text for a number": cursor(BPM, "140", "trk_x"),
    "a truth for a number": cursor(BPM, True, "trk_x"),
    "a fraction": cursor(BPM, 140.5, "trk_x"),
    "more than 64 bits": cursor(BPM, 2**63, "trk_x"),
    "less than 64 bits": cursor(BPM, -(2**63), "trk_x"),
    "a number for an id": cursor(BPM, 140, 7),
}


@pytest.mark.parametrize("end", ["first: 5, after", "last: 5, before"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cursor_is_refused(web: Web, forged: str, end: str) -> None:
    query = f"query($c: String!) {{ tracks({end}: $c) {{ nodes {{ id }} }} }}"
    assert web.codes(query, c=forged) == ["BAD_CURSOR"]


@pytest.mark.parametrize("forged", FORGED_BPM.values(), ids=FORGED_BPM.keys())
def test_a_cursor_forged_for_numbers_is_refused(web: Web, forged: str) -> None:
    query = "query($c: String!) { tracks(after: $c, orderBy: { field: BPM }) { nodes { id } } }"
    assert web.codes(query, c=forged) == ["BAD_CURSOR"]


def test_a_bad_cursor_is_named_by_its_argument(door: Web) -> None:
    [error] = door.answer('{ tracks(after: "x") { nodes { id } } }')["errors"]
    assert error["extensions"] == {"code": "BAD_CURSOR", "argument": "after"}
    assert error["path"] == ["tracks"]


@pytest.mark.parametrize("size", ["first: 0", "first: -1", "first: 101", "last: 0", "last: 101"])
def test_a_page_has_1_to_100_items(door: Web, size: str) -> None:
    [error] = door.answer(f"{{ tracks({size}) {{ nodes {{ id }} }} }}")["errors"]
    assert error["extensions"] == {"code": "OUT_OF_RANGE", "argument": size.partition(":")[0]}


@pytest.mark.parametrize(
    ("query", "argument"),
    [
        ('{ track(id: "acc_01m84c7bhkv25yh45tj6rv882j") { id } }', "id"),
        ('{ producer(by: { id: "trk_01m84c7bhkv25yh45tj6rv882j" }) { id } }', "by"),
        ('{ tracks(where: { id: { eq: "pro_01m84c7bhkv25yh45tj6rv882j" } }) { nodes { id } } }', "where.id"),
    ],
)
def test_an_id_of_another_type_is_refused(door: Web, query: str, argument: str) -> None:
    [error] = door.answer(query)["errors"]
    assert error["extensions"] == {"code": "WRONG_ID_TYPE", "argument": argument}


@pytest.mark.parametrize("by", ["{}", '{ id: "pro_x", handle: "x" }', "{ id: null }"])
def test_one_of_two_ways_must_be_given_and_not_both(door: Web, by: str) -> None:
    assert set(door.codes(f"{{ producer(by: {by}) {{ id }} }}")) == {"BAD_REQUEST"}


def test_one_of_two_ways_must_be_given_in_variables_too(door: Web) -> None:
    query = "query($by: ProducerBy!) { producer(by: $by) { id } }"
    for by in ({}, {"id": "pro_x", "handle": "x"}, {"id": None}, {"handle": None, "id": "pro_x"}):
        assert set(door.codes(query, by=by)) == {"BAD_REQUEST"}
    assert door.ask(query, by={"handle": "nobody"}) == {"producer": None}


def test_who_is_not_signed_in_is_told_so(door: Web) -> None:
    mutation = 'mutation { createApiToken(input: { name: "x", scope: READ }) { secret } }'
    for token in ("", "nonsense", "ses_nonsense", "Bearer", "demo-producer"):
        assert door.codes(mutation, token) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    "query",
    [
        '{ track(id: "trk_\\u0000") { id } }',
        '{ tracks(where: { title: { contains: "\\u{0}" } }) { nodes { id } } }',
        "query($t: String) { tracks(where: { title: { eq: $t } }) { nodes { id } } }",
    ],
)
def test_what_postgres_cannot_store_is_refused_on_both_engines(web: Web, query: str) -> None:
    assert web.codes(query, t="a\0b") == ["BAD_REQUEST"]


@pytest.mark.parametrize("amount", ["1E+999999", "9E+999999999", "1E-999999", "NaN", "Infinity", "0E+99"])
def test_an_amount_without_end_is_refused(door: Web, amount: str) -> None:
    query = """query($a: Decimal) {
      tracks(where: { exclusivePrice: { currency: USD, gte: $a } }) { nodes { id } } }"""
    assert door.codes(query, a=amount) == ["BAD_REQUEST"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now"])
def test_an_instant_beyond_the_calendar_is_refused(door: Web, moment: str) -> None:
    query = "query($m: DateTime) { tracks(where: { publishedAt: { gte: $m } }) { nodes { id } } }"
    assert door.codes(query, m=moment) == ["BAD_REQUEST"]


async def _a_track_without_a_cover(sessions: Sessions) -> TrackId:
    """Such a row cannot be made by the API: whoever reads it meets a bug of ours."""
    return await a_track(sessions, await a_producer(sessions), cover_preset_id="cvr_gone", title="SECRET")


def test_a_bug_is_answered_with_an_id_that_is_in_the_log_and_nothing_else(product: Product) -> None:
    track = product.make(_a_track_without_a_cover)
    answer = product.web.answer("query($id: ID!) { track(id: $id) { title cover { url } } }", id=track)
    [error] = answer["errors"]
    error_id = error["extensions"]["errorId"]
    assert error["extensions"] == {"code": "INTERNAL", "errorId": error_id}
    assert error["message"] == f"Something went wrong on our side. Quote {error_id} to support."
    assert answer["data"] == {"track": None}
    logged = [line for line in product.web.log() if line.get("error_id") == error_id]
    assert [line["event"] for line in logged] == ["resolver failed"]
    assert "AssertionError" in json.dumps(logged)
    assert logged[0]["request_id"].startswith("rqu_")


def test_the_log_of_a_bug_names_the_request_that_the_answer_names(product: Product) -> None:
    track = product.make(_a_track_without_a_cover)
    answer = product.web.post(json.dumps({"query": f'{{ track(id: "{track}") {{ cover {{ url }} }} }}'}))
    error_id = answer.json()["errors"][0]["extensions"]["errorId"]
    [line] = [line for line in product.web.log() if line.get("error_id") == error_id]
    assert line["request_id"] == answer.headers["x-request-id"]


def test_what_is_there_and_not_yours_looks_like_what_is_not_there(web: Web) -> None:
    one, other = an_account(web), an_account(web)
    ids = [one["account"]["id"], one["account"]["sessions"][0]["id"], "acc_01m84c7bhkv25yh45tj6rv882j", "x"]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert web.ask(query, other["token"], ids=ids) == {"nodes": [None, None, None, None]}
    assert web.ask(query, one["token"], ids=ids)["nodes"][:2] == [{"id": ids[0]}, {"id": ids[1]}]
    assert web.codes(query, ids=["x"] * 101) == ["OUT_OF_RANGE"]
