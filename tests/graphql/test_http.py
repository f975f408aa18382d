"""GraphQL over HTTP, by the specification's own audits and by what hostile clients send."""

import json
from urllib.parse import urlencode

import httpx
import pytest

from tests.graphql.people import an_api_token
from tests.tools.node import Node
from tests.tools.web import Web

ME = '{"query": "{ me { id } }"}'
GRAPHQL_RESPONSE = "application/graphql-response+json"
LIMIT = 256 * 1024


@pytest.mark.parametrize("mode", ["demo", "door"])
def test_all_61_audits_of_graphql_over_http_pass(
    node: Node, mode: str, request: pytest.FixtureRequest
) -> None:
    web: Web = request.getfixturevalue(mode)
    done = node.run("audits.mjs", web.graphql, *([] if mode == "demo" else [an_api_token(web)]))
    assert done.returncode == 0, done.stderr
    audits = json.loads(done.stdout)
    assert [one for one in audits if one["status"] != "ok"] == []
    assert len(audits) == 61


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, application/json;q=0.9", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, application/json;q=0.9", "application/json"),
        (f"{GRAPHQL_RESPONSE};q=0, */*", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ("text/html, application/json;q=0.1", "application/json"),
    ],
)
def test_the_answer_is_of_the_type_that_the_client_likes_best(
    door: Web, accept: str | None, answered: str
) -> None:
    headers = {"content-type": "application/json", "accept": accept or ""}
    answer = httpx.post(door.graphql, content=ME, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{answered}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/csv", "application/json;q=0"])
def test_a_client_that_takes_none_of_our_types_is_told_which_there_are(door: Web, accept: str) -> None:
    answer = door.post(ME, accept=accept)
    assert answer.status_code == 406
    assert GRAPHQL_RESPONSE in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        "null",
        '"a string"',
        "[]",
        "[{}]",
        "7",
        "true",
        "",
        "{",
        '{"query": null}',
        '{"query": ""}',
        '{"query": 7}',
        '{"query": ["{ me { id } }"]}',
        '{"operations": null}',
        '{"query": "{ me { id } }", "variables": []}',
        '{"query": "{ me { id } }", "variables": "{}"}',
        '{"query": "{ me { id } }", "variables": 0}',
        '{"query": "{ me { id } }", "operationName": {}}',
        '{"query": "{ me { id } }", "operationName": 1}',
        '{"query": "{ me { id } }", "extensions": "x"}',
        '{"query": "{ me { id } }", "operationName": "Other"}',
        b'{"query": "{ me { id } } \xff"}',
        b"\xff\xfe\x00",
        '{"query": "\\ud800"}',
        '{"query": ' + "[" * 100_000,
    ],
)
def test_a_body_that_is_no_operation_is_refused_with_400(door: Web, body: str | bytes) -> None:
    answer = door.post(body)
    assert answer.status_code == 400
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_REQUEST"]


def test_a_multipart_body_is_refused_unread(door: Web) -> None:
    answer = httpx.post(door.graphql, files={"operations": (None, "null"), "map": (None, "{}")})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/graphql", "application/json; charset=utf-16", ""]
)
def test_another_content_type_is_refused_with_415(door: Web, content_type: str) -> None:
    assert door.post(ME, content_type=content_type).status_code == 415


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=UTF-8", 'application/json;charset="utf-8"', "APPLICATION/JSON"],
)
def test_json_in_utf_8_may_be_named_in_any_way(door: Web, content_type: str) -> None:
    assert door.post(ME, content_type=content_type).json() == {"data": {"me": None}}


def test_a_body_over_256_kib_is_refused_whether_it_says_its_length_or_not(door: Web) -> None:
    longest = ME.ljust(LIMIT)
    assert door.post(longest).status_code == 200
    assert door.post(longest + " ").status_code == 413
    in_pieces = (piece.encode() for piece in (longest, " "))
    headers = {"content-type": "application/json"}
    assert httpx.post(door.graphql, content=in_pieces, headers=headers).status_code == 413


def test_a_batch_is_not_taken(door: Web) -> None:
    assert door.post(f"[{ME}, {ME}]").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused_with_what_is_allowed(door: Web, method: str) -> None:
    answer = httpx.request(method, door.graphql)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


def by_get(web: Web, query: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{web.graphql}?{urlencode({'query': query})}", headers=headers)


def test_a_query_may_come_by_get_and_a_mutation_may_not(door: Web) -> None:
    assert by_get(door, "{ me { id } }").json() == {"data": {"me": None}}
    refused = by_get(door, "mutation { signOut { sessionId } }")
    assert refused.status_code == 405
    assert "mutation" in refused.text.lower()


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed; subscriptionSpec=1.0"])
def test_a_mutation_does_not_slip_in_by_get_as_a_stream(door: Web, accept: str) -> None:
    answer = by_get(door, "mutation { signOut { sessionId } }", accept=f"{accept}, application/json;q=0.1")
    assert "UNAUTHENTICATED" not in answer.text
    assert "BAD_REQUEST" in answer.text


def test_head_answers_as_get_without_a_body(door: Web) -> None:
    query = urlencode({"query": "{ me { id } }"})
    answer = httpx.head(f"{door.graphql}?{query}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert httpx.head(door.graphql, headers={"accept": "text/html"}).status_code == 200


def test_a_browser_gets_the_explorer_and_every_asset_that_it_names(demo: Web) -> None:
    page = httpx.get(demo.graphql, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "Bearer demo-producer" in page.text
    named = [part.partition('"')[0] for part in page.text.split('="/explorer-assets/')[1:]]
    assert len(named) == 11
    for name in named:
        assert httpx.get(f"{demo.url}/explorer-assets/{name}").status_code == 200


def test_the_explorer_of_production_knows_no_token(door: Web) -> None:
    page = httpx.get(door.graphql, headers={"accept": "text/html"}).text
    assert "demo-" not in page
    assert "Bearer" not in page
