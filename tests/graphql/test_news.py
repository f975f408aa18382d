"""Live news over real sockets: connections break while several processes tell, and nothing is lost."""

import asyncio
import json
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import httpx

from api.gateways.pubsub import PubSub
from api.notices import Notice, notify
from api.telling import telling
from db.ids import AccountId
from db.session import Sessions
from db.vocabulary import NotificationKind
from tests.factories import Person, a_listener
from tests.graphql.conftest import Product
from tests.graphql.test_sockets import INIT, heard, say, socket, subscribe
from tests.graphql.test_streams import stream
from tests.tools import valkey
from tests.tools.web import Web

ADDED = "subscription($after: String) { notificationAdded(after: $after) { id title } }"
_TELLERS = 3
_EACH = 20
_DROPPED_EVERY = 9


async def _tell(
    database_url: str, valkey_url: str, account: AccountId, teller: int, *, pause_s: float
) -> None:
    """As a worker process does it: with connections of its own."""
    live = PubSub(valkey_url)
    sessions = Sessions(database_url, after_commit=telling(live))
    try:
        for number in range(_EACH):
            notice = Notice(
                NotificationKind.CASE_DECIDED, f"{teller}-{number}", f"{teller}-{number}", "B", "/x"
            )
            async with sessions.writing() as session:
                await notify(session, [account], notice)
                await asyncio.sleep(pause_s * teller)  # they commit in another order than they began
    finally:
        await sessions.close()
        await live.close()


@contextmanager
def tellers(
    product: Product, valkey_url: str, account: AccountId, *, pause_s: float = 0.004
) -> Generator[None]:
    """Several who tell the account at the same time."""
    database_url = product.web.database_url

    def run(teller: int) -> None:
        asyncio.run(_tell(database_url, valkey_url, account, teller, pause_s=pause_s))

    threads = [threading.Thread(target=run, args=(teller,)) for teller in range(_TELLERS)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def everything() -> set[str]:
    return {f"{teller}-{number}" for teller in range(_TELLERS) for number in range(_EACH)}


def one_before(product: Product, ari: Person) -> str:
    """The id of a notification that the account has seen."""

    async def make(sessions: Sessions) -> None:
        notice = Notice(NotificationKind.CASE_DECIDED, "seen", "seen", "B", "/x")
        async with sessions.writing() as session:
            await notify(session, [ari.account], notice)

    product.make(make)
    query = "{ me { notifications { nodes { id } } } }"
    return str(product.web.ask(query, ari.token)["me"]["notifications"]["nodes"][0]["id"])


def test_nothing_is_lost_when_a_socket_breaks_again_and_again(product: Product, valkey_server: str) -> None:
    ari = product.make(a_listener)
    last, seen, connections = one_before(product, ari), list[str](), 0
    with tellers(product, valkey_server, ari.account):
        while not everything() <= set(seen):
            connections += 1
            assert connections < 200
            with socket(product.web) as connection:
                say(connection, {**INIT, "payload": {"authorization": f"Bearer {ari.token}"}})
                assert heard(connection) == {"type": "connection_ack"}
                say(connection, subscribe(ADDED, variables={"after": last}))
                for _ in range(_DROPPED_EVERY):
                    if everything() <= set(seen):
                        break
                    message = heard(connection)
                    assert message["type"] == "next", message
                    news = message["payload"]["data"]["notificationAdded"]
                    seen.append(news["title"])
                    last = news["id"]
                connection.socket.close()  # without a word, as a phone in a tunnel
    assert set(seen) - {"seen"} == everything()
    assert connections > 1


def test_an_event_stream_that_is_opened_again_goes_on_where_it_was(
    product: Product, valkey_server: str
) -> None:
    ari = product.make(a_listener)
    last, seen = one_before(product, ari), list[str]()
    with tellers(product, valkey_server, ari.account):
        for _ in range(200):
            for news in read_some(product.web, ari.token, last):
                seen.append(news["title"])
                last = news["id"]
                if everything() <= set(seen):
                    break
            else:
                continue
            break
    assert set(seen) - {"seen"} == everything()


def read_some(web: Web, token: str, after: str) -> Iterator[dict[str, str]]:
    """What one connection brings before it is dropped."""
    with stream(web, "text/event-stream", ADDED, token, after=after) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        for _, line in zip(range(_DROPPED_EVERY), lines, strict=False):
            yield json.loads(line.removeprefix("data: "))["data"]["notificationAdded"]


def test_who_listens_from_now_on_hears_all_that_comes_each_once(product: Product, valkey_server: str) -> None:
    ari = product.make(a_listener)
    one_before(product, ari)
    with socket(product.web) as connection:
        say(connection, {**INIT, "payload": {"authorization": f"Bearer {ari.token}"}})
        assert heard(connection) == {"type": "connection_ack"}
        say(connection, subscribe(ADDED), {"type": "ping"})
        assert heard(connection)["type"] == "pong"
        _until_it_listens(valkey_server, ari.account)
        with tellers(product, valkey_server, ari.account):
            came = [heard(connection)["payload"]["data"]["notificationAdded"]["title"] for _ in everything()]
    assert sorted(came) == sorted(everything())


def _until_it_listens(valkey_url: str, account: str) -> None:
    topic = f"beatpass:notices:{account}"
    deadline = time.monotonic() + 10
    while valkey.ask(valkey_url, "PUBSUB", "NUMSUB", topic) != [topic.encode(), 1]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_log_does_not_hold_what_lets_somebody_unsubscribe(door: Web) -> None:
    assert httpx.get(f"{door.url}/unsubscribe/acc_x.DIGEST.secret").status_code == 404
    deadline = time.monotonic() + 10  # the line is written once the answer is on its way
    while "/unsubscribe/…" not in (paths := [line.get("path", "") for line in door.log()]):
        assert time.monotonic() < deadline, paths
        time.sleep(0.02)
    assert not any("secret" in path for path in paths)


def test_who_is_not_signed_in_hears_nothing(door: Web) -> None:
    with socket(door) as connection:
        say(connection, INIT, subscribe(ADDED))
        assert heard(connection) == {"type": "connection_ack"}
        [error] = heard(connection)["payload"]["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
