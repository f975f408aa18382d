"""Every limit on an operation: refused above it with its code, let through at it."""

import time

import psycopg
import pytest
from sqlalchemy import make_url

from tests.graphql.people import an_api_token
from tests.tools.web import Web


def codes(web: Web, query: str) -> list[str]:
    return [error["extensions"]["code"] for error in web.answer(query).get("errors", [])]


def query_of_tokens(count: int) -> str:
    """A valid query of so many tokens: 12 around as many ids as are left."""
    return "{ nodes(ids: [" + '"x" ' * (count - 12) + "]) { id } }"


def test_2000_tokens_pass_and_2001_do_not(door: Web) -> None:
    assert codes(door, query_of_tokens(2000)) == ["OUT_OF_RANGE"]  # of a resolver: it was let in
    assert codes(door, query_of_tokens(2001)) == ["TOO_COMPLEX"]


def nested(levels: int) -> str:
    """A document of so many levels: producer → tracks → nodes → producer …, and a leaf."""
    around = ("producer {{ {} }}", "tracks {{ {} }}", "nodes {{ {} }}")
    inner = "id" if (levels - 2) % 3 != 2 else "totalCount"
    for level in range(levels - 2, 0, -1):
        inner = around[(level - 1) % 3].format(inner)
    return f'{{ track(id: "trk_x") {{ {inner} }} }}'


def test_twelve_levels_pass_and_thirteen_do_not(door: Web) -> None:
    assert codes(door, nested(12)) == []
    assert codes(door, nested(13)) == ["TOO_DEEP"]


def test_depth_is_counted_through_fragments(door: Web) -> None:
    query = nested(13).replace("producer {", "...deep } } fragment deep on Track { producer {", 1)[:-2]
    assert codes(door, query) == ["TOO_DEEP"]


@pytest.mark.parametrize("opening", ["{ me { ... ", "{ node(id: ["])
def test_nesting_beyond_what_python_can_follow_is_no_fault_of_ours(door: Web, opening: str) -> None:
    depth = 600
    deep = "{ a " * depth + "} " * depth if "me" in opening else "[" * depth
    assert codes(door, opening + deep)[0] in {"TOO_DEEP", "BAD_REQUEST", "TOO_COMPLEX"}


def test_thirty_aliases_pass_and_thirty_one_do_not(door: Web) -> None:
    def aliased(count: int) -> str:
        return "{ me { " + " ".join(f"a{n}: id" for n in range(count)) + " } }"

    assert codes(door, aliased(30)) == []
    assert codes(door, aliased(31)) == ["TOO_COMPLEX"]


def test_twenty_directives_pass_and_twenty_one_do_not(door: Web) -> None:
    def directed(count: int) -> str:
        return "{ me { " + " ".join("id @include(if: true)" for _ in range(count)) + " } }"

    assert codes(door, directed(20)) == []
    assert codes(door, directed(21)) == ["TOO_COMPLEX"]


def test_one_unknown_directive_stops_validation_at_once(door: Web) -> None:
    answer = door.answer("{ me { id @aa @aa @aa nothing nowhere } }")
    assert [error["message"] for error in answer["errors"]] == ["Unknown directive '@aa'."]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_twenty_root_fields_pass_and_twenty_one_do_not(door: Web) -> None:
    def rooted(count: int) -> str:
        return "{ " + " ".join(f"f{n}: me {{ id }}" for n in range(count)) + " }"

    assert codes(door, rooted(20)) == []
    assert codes(door, rooted(21)) == ["TOO_COMPLEX"]


def test_fragments_that_double_themselves_are_refused_quickly(door: Web) -> None:
    pairs = [f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60)]
    query = " ".join(["{ ...f0 }", *pairs, "fragment f60 on Query { __typename }"])
    began = time.monotonic()
    assert codes(door, query) == ["TOO_COMPLEX"]
    assert time.monotonic() - began < 2


def test_fragments_that_spread_themselves_are_refused(door: Web) -> None:
    assert codes(door, "{ ...a } fragment a on Query { ...a me { id } }") == ["BAD_REQUEST"]


@pytest.mark.parametrize("product", ["postgres"], indirect=True)
def test_an_operation_is_stopped_after_ten_seconds(web: Web) -> None:
    url = make_url(web.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE track IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert codes(web, "{ tracks { nodes { id } } }") == ["TIMED_OUT"]
        assert 10 <= time.monotonic() - began < 11
    assert codes(web, "{ tracks { nodes { id } } }") == []


def test_a_read_only_token_reads_and_changes_nothing(door: Web) -> None:
    token = an_api_token(door, "READ")
    assert door.ask("{ me { displayName } }", token) == {"me": {"displayName": "Ari"}}
    renaming = 'mutation { updateAccount(input: { displayName: "Eve" }) { account { id } } }'
    assert door.codes(renaming, token) == ["FORBIDDEN"]
    assert door.ask("{ me { displayName } }", token) == {"me": {"displayName": "Ari"}}


def test_pages_within_pages_may_bring_ten_thousand_objects_and_no_more(door: Web) -> None:
    def paged(outer: int) -> str:
        inner = "producer { tracks(first: 100) { nodes { id } } }"
        return f"{{ tracks(first: {outer}) {{ nodes {{ {inner} }} }} }}"

    assert codes(door, paged(100)) == []
    deeper = paged(100).replace("nodes { id }", "nodes { producer { tracks(first: 2) { nodes { id } } } }")
    assert codes(door, deeper) == ["QUERY_TOO_EXPENSIVE"]
    hidden = deeper.replace("first: 100", "first: $n").replace("{ tracks", "query($n: Int) { tracks", 1)
    assert codes(door, hidden) == ["QUERY_TOO_EXPENSIVE"]


def test_two_hundred_fields_side_by_side_pass_and_more_do_not(door: Web) -> None:
    def wide(count: int) -> str:
        return "{ me { " + "id " * count + "} }"

    assert codes(door, wide(200)) == []
    assert codes(door, wide(201)) == ["TOO_COMPLEX"]


def test_a_document_of_many_operations_is_refused_before_it_costs_anything(door: Web) -> None:
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(12))
    operations = " ".join(f"query q{n} {{ ...f0 }}" for n in range(100))
    started = time.process_time()
    assert codes(door, f"{operations} {doubling} fragment f12 on Query {{ __typename }}") == ["TOO_COMPLEX"]
    assert time.process_time() - started < 5
