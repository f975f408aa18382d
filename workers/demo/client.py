"""GraphQL as a client of BeatPass speaks it: HTTP by the standard library, subscriptions over a WebSocket.

Subscriptions send the present state first, so a lost connection is simply opened again.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_ANSWERS_WITHIN_S: Final = 60
_BETWEEN_CONNECTIONS_S: Final = 0.5
_PIECE_BYTES: Final = 1 << 18
"""Small enough that a progress display moves, large enough that it costs nothing."""

Tell = Callable[[str], None]
"""Shows how far something is."""


class Unanswered(Exception):  # noqa: N818 -- what happened, in a word
    """Nobody answers at the address."""


class Fault(Exception):  # noqa: N818 -- what happened, in a word
    """An operation as a whole was not answered: a wrong token, a limit, a field that is not there."""

    def __init__(self, errors: list[Mapping[str, Any]]) -> None:
        super().__init__(_sentences(errors))


class Refusal(Exception):  # noqa: N818 -- what happened, in a word
    """The API said no to a file or an input, in sentences for a person.

    Attributes:
        errors: As the payload has them.
    """

    def __init__(self, errors: list[Mapping[str, Any]]) -> None:
        super().__init__(_sentences(errors))
        self.errors = errors


def _sentences(errors: list[Mapping[str, Any]]) -> str:
    return " ".join(str(error["message"]) for error in errors)


class OutOfPatience(Exception):  # noqa: N818 -- what happened, in a word
    """What was watched did not come to its end in time."""


class Client:
    """Speaks to the API as one account, or as a visitor without a token."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = f"{url}/graphql"
        self._token = token

    def ask(self, operation: str, **variables: Any) -> Any:
        """The data of an operation.

        Raises:
            Fault: It was not answered.
            Unanswered: Nobody was there.
        """
        body = json.dumps({"query": operation, "variables": variables}).encode()
        headers = {"content-type": "application/json", **self._authorization}
        answer = _answer(Request(self._url, body, headers))  # noqa: S310 -- the address is http(s) by construction
        if answer.get("errors"):
            raise Fault(answer["errors"])
        return answer["data"]

    def do(self, mutation: str, **variables: Any) -> Any:
        """The payload of a mutation.

        Raises:
            Refusal: Something in the input has to be put right.
        """
        [payload] = self.ask(mutation, **variables).values()
        if payload["errors"]:
            raise Refusal(payload["errors"])
        return payload

    def watch(self, subscription: str, *, patience_s: float, **variables: Any) -> Iterator[Any]:
        """What a subscription tells, from the present state on, over as many connections as it takes.

        Raises:
            Fault: It was not answered.
            OutOfPatience: The caller still listened after so long.
        """
        deadline = time.monotonic() + patience_s
        subscribe = {
            "id": "1",
            "type": "subscribe",
            "payload": {"query": subscription, "variables": variables},
        }
        while time.monotonic() < deadline:
            with suppress(OSError, WebSocketException, TimeoutError):
                yield from self._events(subscribe, deadline)
            time.sleep(_BETWEEN_CONNECTIONS_S)
        raise OutOfPatience(f"It was not over within {patience_s:g} s.")

    def _events(self, subscribe: Mapping[str, Any], deadline: float) -> Iterator[Any]:
        address = self._url.replace("http", "ws", 1)
        with connect(address, subprotocols=[_PROTOCOL], max_size=None) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": self._authorization}))
            _receive(socket, deadline)
            socket.send(json.dumps(subscribe))
            while (message := _receive(socket, deadline))["type"] == "next":
                if message["payload"].get("errors"):
                    raise Fault(message["payload"]["errors"])
                [event] = message["payload"]["data"].values()
                yield event
            if message["type"] == "error":
                raise Fault(message["payload"])

    @property
    def _authorization(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"} if self._token else {}


def is_there(url: str) -> bool:
    """Whether a BeatPass answers at the address."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310 -- the address is http(s) by construction
            return int(answer.status) == 200
    except (OSError, HTTPException):
        return False


def send_file(url: str, file: Path, tell: Tell) -> None:
    """Send a whole file by PUT. What came of it is in the upload: a refused one is cut off in the middle."""
    size = file.stat().st_size
    with file.open("rb") as source, suppress(ConnectionError):
        _put(url, _pieces(source, size, tell), size)


def send_bytes(url: str, content: bytes) -> None:
    """Send a file that is in memory by PUT."""
    _put(url, iter([content]), len(content))


def _put(url: str, body: Iterator[bytes], size: int) -> None:
    where = urlsplit(url)
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.netloc, timeout=_ANSWERS_WITHIN_S)
    headers = {"content-type": "application/octet-stream", "content-length": str(size)}
    try:
        connection.request("PUT", f"{where.path}?{where.query}", body, headers)
        connection.getresponse().read()
    finally:
        connection.close()


def _pieces(source: BinaryIO, size: int, tell: Tell) -> Iterator[bytes]:
    sent = 0
    while piece := source.read(_PIECE_BYTES):
        yield piece
        sent += len(piece)
        tell(f"{sent / size:.0%}")


def _answer(request: Request) -> Any:
    try:
        with urlopen(request, timeout=_ANSWERS_WITHIN_S) as answer:  # noqa: S310 -- as above
            return json.load(answer)
    except HTTPError as refused:
        return _errors_in(refused)
    except (OSError, HTTPException) as problem:
        raise Unanswered(f"Nobody answers at {request.full_url}.") from problem


def _errors_in(refused: HTTPError) -> Any:
    """The GraphQL errors of an answer that is not 200; a proxy's page has none."""
    with refused:
        content = refused.read()
    try:
        return json.loads(content)
    except ValueError as problem:
        raise Unanswered(f"{refused.url} answers {refused.code} {refused.reason}.") from problem


def _receive(socket: ClientConnection, deadline: float) -> Any:
    """The next message that is no ping."""
    while True:
        message = json.loads(socket.recv(timeout=max(0.0, deadline - time.monotonic())))
        if message["type"] != "ping":
            return message
        socket.send(json.dumps({"type": "pong"}))
