"""The clients nobody here wrote: each is there and does its one thing."""

import json
import subprocess
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from tests.tools.node import Node


class TusServer(BaseHTTPRequestHandler):
    """As little of tus as resuming needs; it keeps one upload."""

    received: ClassVar[bytearray] = bytearray()

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_PATCH(self) -> None:
        assert int(self.headers["Upload-Offset"]) == len(self.received)
        self.received.extend(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Upload-Offset", str(len(self.received)))
        self.send_header("Upload-Length", "300000")
        self.send_header("Tus-Resumable", "1.0.0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def tus_url() -> Generator[str]:
    TusServer.received.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), TusServer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/uploads/one"
        server.shutdown()
        thread.join()


def test_tus_js_client_is_cut_off_and_a_new_one_resumes(node: Node, tus_url: str, tmp_path: Path) -> None:
    content = bytes(range(250)) * 1200
    (tmp_path / "beat.wav").write_bytes(content)
    done = node.run("upload_tus.mjs", tus_url, str(tmp_path / "beat.wav"), "token", "150000", "50000")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert 100_000 <= told["resumedAt"] < 300_000
    assert told["sent"] == 300_000
    assert bytes(TusServer.received) == content


def test_the_graphql_audits_run_and_report(node: Node, tus_url: str) -> None:
    done = node.run("audits.mjs", tus_url)
    audits = json.loads(done.stdout)
    assert len(audits) == 61
    assert {audit["status"] for audit in audits} <= {"ok", "notice", "warn", "error"}


@pytest.mark.parametrize("script", ["watch_ws.mjs", "watch_sse.mjs"])
def test_a_subscription_client_says_why_it_could_not_watch(node: Node, script: str, tus_url: str) -> None:
    url = tus_url.replace("http", "ws") if script == "watch_ws.mjs" else tus_url
    done = node.run(script, url, "token", "subscription { x }", "{}", "x=1")
    assert done.returncode == 1
    assert done.stderr


def test_fpcalc_of_debian_runs(fpcalc: tuple[Path, dict[str, str]]) -> None:
    binary, environment = fpcalc
    done = subprocess.run([binary, "-version"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("fpcalc version 1.5.1")
