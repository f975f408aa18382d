"""Subscriptions, by clients nobody here wrote: the present state, each change, and the end."""

import json
import subprocess
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from db.ids import TrackId
from db.session import Sessions
from tests.factories import Beatmaker, a_producer, a_track
from tests.graphql.conftest import Product
from tests.graphql.test_sockets import INIT, heard, say, socket, subscribe
from tests.tools import valkey
from tests.tools.databases import SqliteTemplate
from tests.tools.node import Node
from tests.tools.web import PRODUCTION, Web, signed_in, web_process

WATCH = "subscription($id: ID!) { trackChanged(id: $id) { title } }"
RENAME = (
    "mutation($id: ID!, $t: String!) { updateTrack(id: $id, input: { title: $t }) { errors { message } } }"
)
CLIENTS = ["watch_ws.mjs", "watch_sse.mjs"]
MULTIPART = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'


async def _a_beat(sessions: Sessions) -> tuple[Beatmaker, TrackId]:
    producer = await a_producer(sessions)
    return producer, await a_track(sessions, producer, title="Before")


@contextmanager
def watching(node: Node, script: str, web: Web, token: str, track: str, until: str) -> Generator[IO[str]]:
    """What a client prints, an event a line; it must end by itself, and well."""
    url = web.socket if "ws" in script else web.graphql
    command = node.command(script, url, token, WATCH, json.dumps({"id": track}), until)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
        assert client.stdout
        assert client.stderr
        kill = threading.Timer(20, client.kill)
        kill.start()
        yield client.stdout
        said = client.stderr.read()
        kill.cancel()
    assert client.returncode == 0, said


@pytest.mark.parametrize("script", CLIENTS)
def test_the_present_state_comes_first_and_then_each_change(
    product: Product, node: Node, script: str
) -> None:
    producer, track = product.make(_a_beat)
    with watching(node, script, product.web, producer.token, track, "trackChanged.title=Third") as lines:
        assert json.loads(lines.readline()) == {"data": {"trackChanged": {"title": "Before"}}}
        for title in ("Second", "Third"):
            product.web.ask(RENAME, producer.token, id=track, t=title)
            assert json.loads(lines.readline()) == {"data": {"trackChanged": {"title": title}}}
        assert lines.readline() == ""


@pytest.mark.parametrize("script", CLIENTS)
def test_a_session_that_ends_ends_its_subscription(product: Product, node: Node, script: str) -> None:
    producer, track = product.make(_a_beat)
    with watching(node, script, product.web, producer.token, track, "nothing=1") as lines:
        assert json.loads(lines.readline())["data"]
        product.web.ask("mutation { signOut { sessionId } }", producer.token)
        [error] = json.loads(lines.readline())["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert lines.readline() == ""


@contextmanager
def stream(web: Web, accept: str, query: str, token: str = "", **variables: str) -> Generator[httpx.Response]:
    body = {"query": query, "variables": variables}
    headers = {"accept": accept, **signed_in(token)}
    with httpx.stream("POST", web.graphql, json=body, headers=headers, timeout=20) as answer:
        yield answer


def test_multipart_subscriptions_send_the_same(product: Product) -> None:
    producer, track = product.make(_a_beat)
    with stream(product.web, MULTIPART, WATCH, producer.token, id=track) as answer:
        kind = answer.headers["content-type"]
        assert kind == 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'
        text = answer.iter_text()
        received = until(text, "Before")
        product.web.ask(RENAME, producer.token, id=track, t="After")
        received += until(text, "After")
    parts = [part.partition("\r\n\r\n")[2] for part in received.split("--graphql")[1:-1]]
    sent = [json.loads(part) for part in parts]
    titles = [one["payload"]["data"]["trackChanged"]["title"] for one in sent if one]
    assert titles == ["Before", "After"]


def until(text: Iterator[str], word: str) -> str:
    received = ""
    while word not in received or not received.endswith("--graphql"):
        received += next(text)
    return received


@pytest.mark.parametrize("accept", ["text/event-stream", MULTIPART])
def test_a_subscription_to_nothing_says_why_and_completes(door: Web, accept: str) -> None:
    with stream(door, accept, WATCH, id="trk_01m84c7bhkv25yh45tj6rv882j") as answer:
        text = answer.read().decode()
    assert '"code":"BAD_REQUEST"' in text
    assert text.endswith("event: complete\ndata:\n\n" if "event" in accept else "--graphql--\r\n")


def test_a_query_that_accepts_multipart_is_answered_as_one_result(door: Web) -> None:
    with stream(door, MULTIPART, "{ me { id } }") as answer:
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert json.loads(answer.read()) == {"data": {"me": None}}


def test_a_query_over_an_event_stream_is_one_event(door: Web) -> None:
    with stream(door, "text/event-stream", "{ me { id } }") as answer:
        text = answer.read().decode()
    assert (
        text.removeprefix(":\n\n") == 'event: next\ndata: {"data":{"me":null}}\n\nevent: complete\ndata:\n\n'
    )


def test_a_subscription_without_a_stream_is_told_how(door: Web) -> None:
    answer = door.post(json.dumps({"query": WATCH, "variables": {"id": "trk_x"}}))
    assert answer.status_code == 400
    assert "text/event-stream" in answer.text


@pytest.mark.parametrize("accept", ["text/event-stream", MULTIPART])
def test_a_client_that_goes_leaves_nothing_behind(product: Product, valkey_server: str, accept: str) -> None:
    producer, track = product.make(_a_beat)
    with stream(product.web, accept, WATCH, producer.token, id=track) as answer:
        received = answer.iter_text()
        while "Before" not in next(received):
            pass
        assert listeners(valkey_server, track) == 1
    deadline = time.monotonic() + 5
    while listeners(valkey_server, track):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def listeners(url: str, track: str) -> int:
    """How many connections listen to news of the track."""
    told: Any = valkey.ask(url, "PUBSUB", "NUMSUB", f"beatpass:track:{track}")
    return int(told[1])


def test_open_streams_end_with_the_process(
    sqlite_template: SqliteTemplate, valkey_server: str, tmp_path: Path
) -> None:
    with (
        sqlite_template.fresh(tmp_path) as database_url,
        web_process(PRODUCTION, database_url, valkey_server, tmp_path) as web,
    ):
        producer, track = Product(web).make(_a_beat)
        query = WATCH.replace("($id: ID!)", "").replace("$id", f'"{track}"')
        with (
            stream(web, "text/event-stream", WATCH, producer.token, id=track) as events,
            stream(web, MULTIPART, WATCH, producer.token, id=track) as parts,
            socket(web) as connection,
        ):
            say(connection, INIT, subscribe(query))
            assert [heard(connection)["type"], heard(connection)["type"]] == ["connection_ack", "next"]
            web.stop()
            assert web.process.returncode in {0, -15}
            said = events.read().decode() + parts.read().decode()  # both ended whole, neither as complete
            assert said.count("Before") == 2
            assert "complete" not in said
            assert "--graphql--" not in said
            with pytest.raises(ConnectionClosed) as closed:
                connection.recv(timeout=5)
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 1012
        errors = [line for line in web.log() if line.get("level") in {"error", "critical"}]
        assert errors == []
