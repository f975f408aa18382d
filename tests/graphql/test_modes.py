"""What production hides, and what exists in the demo alone."""

import ast
import importlib.util
from pathlib import Path

import httpx
import pytest

from tests.graphql.people import an_account, an_api_token
from tests.tools.web import Web

SCHEMA = "{ __schema { queryType { name } } }"
TYPE = '{ __type(name: "Track") { name } }'
TOKENS = ["demo-staff", "demo-producer", "demo-producer-2", "demo-newcomer", "demo-artist"]


@pytest.mark.parametrize(
    "query", [SCHEMA, TYPE, "{ ...a } fragment a on Query { __schema { queryType { name } } }"]
)
def test_production_shows_its_schema_to_api_tokens_only(door: Web, query: str) -> None:
    assert door.codes(query) == ["FORBIDDEN"]
    assert door.codes(query, an_account(door)["token"]) == ["FORBIDDEN"]
    assert "errors" not in door.answer(query, an_api_token(door, "READ"))
    assert door.ask("{ __typename }") == {"__typename": "Query"}


def test_the_demo_shows_its_schema_to_everybody(demo: Web) -> None:
    assert demo.ask(SCHEMA) == {"__schema": {"queryType": {"name": "Query"}}}


@pytest.mark.parametrize(
    "query",
    [
        "{ trac { nodes { id } } }",
        "{ tracks(wher: {}) { nodes { id } } }",
        "{ tracks(where: { bp: {} }) { nodes { id } } }",
    ],
)
def test_production_guesses_no_names_and_the_demo_does(door: Web, demo: Web, query: str) -> None:
    assert "Did you mean" not in str(door.answer(query))
    assert "Did you mean" in str(demo.answer(query))


@pytest.mark.parametrize("token", TOKENS)
def test_a_demo_token_is_nobody_in_production(door: Web, demo: Web, token: str) -> None:
    assert door.ask("{ me { id } }", token) == {"me": None}
    assert demo.ask("{ me { email } }", token) == {"me": {"email": f"{token}@beatpass.example"}}


@pytest.mark.parametrize(
    "host", ["beatpass.example", "192.0.2.7:8000", "localhost.beatpass.example", "127.0.0.1.nip.io"]
)
def test_a_demo_token_is_nobody_under_another_name_of_the_machine(demo: Web, host: str) -> None:
    answer = demo.post('{"query": "{ me { id } }"}', "demo-staff", host=host)
    assert answer.json() == {"data": {"me": None}}


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-forwarded-host"])
def test_a_demo_token_is_nobody_behind_a_proxy(demo: Web, header: str) -> None:
    value = "for=192.0.2.7" if header == "forwarded" else "192.0.2.7"
    headers = {"content-type": "application/json", "authorization": "Bearer demo-staff", header: value}
    answer = httpx.post(demo.graphql, content='{"query": "{ me { id } }"}', headers=headers)
    assert answer.json() == {"data": {"me": None}}


def test_nothing_of_production_imports_the_demo() -> None:
    reached = _reached("api.app", set())
    assert "api.http.graphql" in reached
    assert [name for name in reached if name.startswith("api.demo")] == []


def _reached(module: str, seen: set[str]) -> set[str]:
    """Every module of ours that importing this one imports."""
    found = importlib.util.find_spec(module) if module not in seen else None
    seen.add(module)
    if found and found.origin and module.partition(".")[0] in {"api", "schema", "db"}:
        for name in _imported(Path(found.origin)):
            _reached(name, seen)
    return seen


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in plain | modules if name.partition(".")[0] in {"api", "schema", "db"}}
