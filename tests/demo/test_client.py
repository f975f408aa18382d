"""The demo's client against servers that do not behave."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.tools.web import free_port
from workers.demo.client import Client, Fault, OutOfPatience, Refusal, Unanswered, is_there, send_file


@contextmanager
def a_server(status: int, body: bytes) -> Generator[str]:
    """Answers everything alike, without reading what it was sent."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 -- the library's names
        do_PUT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answering(content: Any, status: int = 200) -> Any:
    return a_server(status, json.dumps(content).encode())


def test_data_is_given_back() -> None:
    with answering({"data": {"me": None}}) as url:
        assert Client(url).ask("{ me { id } }") == {"me": None}
        assert is_there(url)


def test_top_level_errors_are_a_fault_with_their_sentences() -> None:
    with (
        answering({"errors": [{"message": "One."}, {"message": "Two."}]}, 400) as url,
        pytest.raises(Fault, match=r"^One\. Two\.$"),
    ):
        Client(url).ask("{ me { id } }")


def test_payload_errors_are_a_refusal() -> None:
    answer = {"data": {"signUp": {"token": None, "errors": [{"message": "Too short."}]}}}
    with answering(answer) as url, pytest.raises(Refusal, match=r"^Too short\.$"):
        Client(url).do("mutation { signUp }")


def test_the_page_of_a_proxy_is_no_answer() -> None:
    with (
        a_server(502, b"<html>Bad gateway</html>") as url,
        pytest.raises(Unanswered, match="answers 502 Bad Gateway"),
    ):
        Client(url).ask("{ me { id } }")


def test_nobody_at_the_address_is_said_in_a_sentence() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert not is_there(url)
    with pytest.raises(Unanswered, match=r"^Nobody answers at"):
        Client(url).ask("{ me { id } }")


def test_a_watch_tries_again_until_its_patience_ends() -> None:
    with (
        a_server(404, b"") as url,
        pytest.raises(OutOfPatience, match=r"^It was not over within 0\.8 s\.$"),
    ):
        next(Client(url).watch("subscription { x }", patience_s=0.8))


def test_a_file_that_is_cut_off_by_the_server_is_no_fault_of_the_client(tmp_path: Path) -> None:
    """What became of it is in the upload; the connection is only how it was learnt."""
    file = tmp_path / "big.wav"
    file.write_bytes(bytes(30_000_000))
    told: list[str] = []
    with answering({"code": "NOT_WAV"}, 415) as url:
        send_file(f"{url}/uploads/x?token=y", file, told.append)
    assert told
