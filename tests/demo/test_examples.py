"""Every example of the explorer, run as a newcomer runs it: one tab after the other, as whom it is for."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Union

import pytest
from graphql import (
    DocumentNode,
    OperationDefinitionNode,
    OperationType,
    parse,
    print_ast,
    separate_operations,
)

from api.demo.accounts import EXPLORER_TOKENS
from api.http.explorer import Example, dated, example_operations, questions
from db.clock import now
from tests.journeys.beats import a_wav, announce, send
from tests.journeys.paid import a_paid_product
from tests.journeys.product import Product
from tests.tools.databases import SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox
from tests.tools.valkey import valkey_server
from workers.demo.client import Client, OutOfPatience
from workers.demo.money import Sandbox as Provider
from workers.demo.money import fill_with_money
from workers.demo.seed import Seeding

Json = Union[dict[str, "Json"], list["Json"], str, float, bool, None]  # noqa: UP007 -- it names itself
_NOT_READY = {"MALFORMED", "NOT_FOUND", "WRONG_ID_TYPE", "REQUIRED", "OUT_OF_RANGE", "STAFF_REQUIRED"}
"""Codes of an example whose variables or token do not fit it. Others tell of a state, such as an application that waits."""


@pytest.fixture
def changing(sqlite_template: SqliteTemplate, tmp_path: Path, sandbox: Sandbox) -> Generator[Product]:
    """A demo of this test's own, as `./bp run` has it on its first day: examples review, appeal, publish and buy."""
    with (
        sqlite_template.fresh(tmp_path) as database_url,
        valkey_server() as valkey_url,
        a_paid_product(database_url, valkey_url, tmp_path, sandbox) as (product, seller),
    ):
        seeding = Seeding(product.url)
        seeding.fill()
        here = Provider(seller.url, seller.key)
        fill_with_money(product.url, here, database_url, seeding.listened_to)
        yield product


def test_every_example_runs(changing: Product, tmp_path: Path) -> None:
    """In the order of the tabs; what one of them makes, such as an appeal, the next ones find."""
    for example in example_operations():
        client = Client(changing.url, EXPLORER_TOKENS.get(example.who, ""))
        variables = filled_in(client, example, changing, tmp_path)
        for answer in answers(client, example, variables):
            assert not [error for error in errors_in(answer) if error["code"] in _NOT_READY], (
                example,
                answer,
            )


def test_every_word_for_an_id_is_found_in_a_filled_demo(filled: Product) -> None:
    """`apl_` has an id once somebody appealed, `pur_` once somebody buys, which the walk through the examples sees to.

    Notices of rights-holders (`tkd_`) are there where months were remembered.
    """
    for word in {word for word in questions() if word not in {"apl_", "pur_", "tkd_", "tkd_own"}}:
        found = [
            first_leaf(Client(filled.url, token).ask(questions()[word])) for token in EXPLORER_TOKENS.values()
        ]
        assert [one for one in found if one and one.startswith(word[:4])], word


def test_every_id_of_an_example_is_a_word_that_can_be_filled_in() -> None:
    for example in example_operations():
        given = json.loads(example.variables or "{}")
        words = {value for value in leaves(given) if isinstance(value, str) and value[3:4] == "_"}
        assert words <= {*questions(), "upl_"}, example


def filled_in(client: Client, example: Example, product: Product, folder: Path) -> dict[str, Any]:
    """As the page does it; an upload is made, because nothing can be asked for one."""
    text = dated(example.variables, now().date()) or "{}"
    for word, question in questions().items():
        if f'"{word}"' in text and (found := first_leaf(client.ask(question))):
            text = text.replace(f'"{word}"', json.dumps(found))
    if '"upl_"' in text:
        wav = a_wav(folder, seed=616, seconds=12)
        upload = announce(product, "demo-producer", wav)
        send(upload["url"], wav)
        text = text.replace('"upl_"', json.dumps(upload["id"]))
    variables: dict[str, Any] = json.loads(text)
    return variables


def answers(client: Client, example: Example, variables: dict[str, Any]) -> list[Any]:
    """Data of every operation; of a subscription the first event, where something happens."""
    alone = separate_operations(parse(example.query))
    return [answer for document in alone.values() for answer in _answers(client, document, variables)]


def _answers(client: Client, document: DocumentNode, variables: dict[str, Any]) -> list[Any]:
    [operation] = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if operation.operation is not OperationType.SUBSCRIPTION:
        return [client.ask(print_ast(document), **variables)]
    try:
        return [next(client.watch(print_ast(document), patience_s=3, **variables))]
    except OutOfPatience:
        return []


def errors_in(answer: dict[str, Any]) -> list[Any]:
    """The errors of payloads."""
    payloads: list[Any] = [value for value in answer.values() if isinstance(value, dict)]
    return [error for payload in payloads for error in payload.get("errors", [])]


def leaves(value: Json) -> list[Json]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def first_leaf(value: Any) -> Any:
    return next((leaf for leaf in leaves(value) if leaf is not None), None)
