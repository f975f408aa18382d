"""graphql-transport-ws: what closes a connection, and with which code."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.graphql.people import an_account
from tests.tools.web import Web

OURS = Subprotocol("graphql-transport-ws")
INIT = {"type": "connection_init"}
HANG = 'subscription { trackChanged(id: "trk_01m84c7bhkv25yh45tj6rv882j") { id } }'


@contextmanager
def socket(web: Web, *, protocol: str = OURS, **options: Any) -> Generator[ClientConnection]:
    asked: dict[str, Any] = {"subprotocols": [Subprotocol(protocol)], "open_timeout": 5, **options}
    connecting: Any = connect
    with connecting(web.socket, **asked) as connection:
        yield connection


def say(connection: ClientConnection, *messages: object) -> None:
    for message in messages:
        connection.send(message if isinstance(message, str | bytes) else json.dumps(message))


def heard(connection: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(connection.recv(timeout=5))
    return message


def code_of(connection: ClientConnection) -> int:
    """The code that the server closes with, whatever it says before."""
    try:
        while True:
            connection.recv(timeout=5)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0


def subscribe(query: str, name: object = "1", **more: object) -> dict[str, object]:
    return {"type": "subscribe", "id": name, "payload": {"query": query, **more}}


@pytest.mark.parametrize(
    "message",
    [
        "no JSON",
        b"{}",
        "null",
        "[]",
        '"connection_init"',
        "7",
        {},
        {"type": "nothing"},
        {"type": ["subscribe"]},
        {"type": "connection_init", "payload": []},
        {"type": "subscribe"},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": None},
        {"type": "subscribe", "id": "1", "payload": "{ me { id } }"},
        {"type": "subscribe", "id": "1", "payload": {}},
        {"type": "complete"},
        {"type": "complete", "id": {}},
        subscribe("{ me { id } }", name=7),
        subscribe("{ me { id } }", name=["1"]),
        subscribe("{ me { id } }", variables="{}"),
        subscribe("{ me { id } }", operationName=1),
        subscribe(""),
    ],
    ids=str,
)
def test_a_message_of_the_wrong_form_closes_with_4400(door: Web, message: object) -> None:
    with socket(door) as connection:
        say(connection, message)
        assert code_of(connection) == 4400


def test_a_message_over_256_kib_closes_with_4400(door: Web) -> None:
    with socket(door) as connection:
        say(connection, INIT, subscribe("{ me { id } }".ljust(256 * 1024)))
        assert code_of(connection) == 4400


def test_who_subscribes_before_the_greeting_is_closed_with_4401(door: Web) -> None:
    with socket(door) as connection:
        say(connection, subscribe("{ me { id } }"))
        assert code_of(connection) == 4401


@pytest.mark.parametrize("token", ["Bearer nonsense", "demo-staff", "Bearer bps_nonsense"])
def test_a_token_that_opens_nothing_is_closed_with_4403(door: Web, token: str) -> None:
    with socket(door) as connection:
        say(connection, {**INIT, "payload": {"authorization": token}})
        assert code_of(connection) == 4403


def test_an_id_that_is_in_use_is_closed_with_4409(product_track: tuple[Web, str]) -> None:
    web, track = product_track
    with socket(web) as connection:
        query = f'subscription {{ trackChanged(id: "{track}") {{ id }} }}'
        say(connection, INIT, subscribe(query), subscribe(query))
        assert code_of(connection) == 4409


def test_a_second_greeting_is_closed_with_4429(door: Web) -> None:
    with socket(door) as connection:
        say(connection, INIT, INIT)
        assert code_of(connection) == 4429


def test_the_legacy_protocol_is_refused(door: Web) -> None:
    with socket(door, protocol="graphql-ws") as connection:
        assert code_of(connection) == 4406


def test_a_page_of_another_origin_is_refused(door: Web) -> None:
    with pytest.raises(InvalidStatus) as refused, socket(door, origin="https://elsewhere.example"):
        pass
    assert refused.value.response.status_code == 403


def test_queries_and_mutations_travel_over_the_socket_too(web: Web) -> None:
    entered = an_account(web)
    with socket(web) as connection:
        say(connection, {**INIT, "payload": {"Authorization": f"Bearer {entered['token']}"}})
        assert heard(connection) == {"type": "connection_ack"}
        assert asked(connection, "{ me { displayName } }") == {"data": {"me": {"displayName": "Ari"}}}
        renaming = 'mutation { updateAccount(input: { displayName: "Eve" }) { errors { message } } }'
        assert asked(connection, renaming) == {"data": {"updateAccount": {"errors": []}}}
        assert asked(connection, "{ me { displayName } }") == {"data": {"me": {"displayName": "Eve"}}}


def test_an_operation_never_sees_what_an_earlier_one_has_read(web: Web) -> None:
    entered = an_account(web)
    with socket(web) as connection:
        say(connection, {**INIT, "payload": {"authorization": f"Bearer {entered['token']}"}})
        assert heard(connection) == {"type": "connection_ack"}
        assert asked(connection, "{ me { displayName } }")["data"] == {"me": {"displayName": "Ari"}}
        elsewhere = 'mutation { updateAccount(input: { displayName: "Eve" }) { errors { message } } }'
        web.ask(elsewhere, entered["token"])
        assert asked(connection, "{ me { displayName } }")["data"] == {"me": {"displayName": "Eve"}}


def test_an_operation_after_the_session_has_ended_is_refused(web: Web) -> None:
    entered = an_account(web)
    with socket(web) as connection:
        say(connection, {**INIT, "payload": {"authorization": f"Bearer {entered['token']}"}})
        assert heard(connection) == {"type": "connection_ack"}
        web.ask("mutation { signOut { sessionId } }", entered["token"])
        say(connection, subscribe("{ me { displayName } }"))
        [error] = heard(connection)["payload"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


def test_faults_carry_their_codes_over_the_socket(door: Web) -> None:
    with socket(door) as connection:
        say(connection, INIT)
        assert heard(connection) == {"type": "connection_ack"}
        aliases = " ".join(f"a{n}: id" for n in range(31))
        for query, code in (
            (f"{{ me {{ {aliases} }} }}", "TOO_COMPLEX"),
            ("{ __schema { description } }", "FORBIDDEN"),
        ):
            say(connection, subscribe(query))
            assert [error["extensions"]["code"] for error in heard(connection)["payload"]] == [code]


def asked(connection: ClientConnection, query: str) -> dict[str, Any]:
    """The one result of a query or mutation."""
    say(connection, subscribe(query))
    result = heard(connection)
    assert result["type"] == "next", result
    assert heard(connection) == {"type": "complete", "id": "1"}
    payload: dict[str, Any] = result["payload"]
    return payload
