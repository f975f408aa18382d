"""A web process as an installation runs it: uvicorn on a loopback port, its log in a file."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).parents[2]
PRODUCTION = "api.app:create_app"
DEMO = "api.demo.app:create_demo_app"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Web:
    """A web process that runs.

    Attributes:
        folder: Where it keeps files, and its log.
    """

    url: str
    database_url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def graphql(self) -> str:
        return f"{self.url}/graphql"

    @property
    def socket(self) -> str:
        return self.graphql.replace("http", "ws")

    def log(self) -> list[dict[str, Any]]:
        """What it has said so far, as far as it is structured."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def post(self, content: bytes | str, token: str = "", **headers: str) -> httpx.Response:
        """Send a body as it is; header names are written with underscores."""
        usual = {"content-type": "application/json", **signed_in(token)}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(self.graphql, content=content, headers=usual | given, timeout=30)

    def answer(self, query: str, token: str = "", **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        body = json.dumps({"query": query, "variables": variables})
        answer: dict[str, Any] = self.post(body, token).json()
        return answer

    def ask(self, query: str, token: str = "", **variables: Any) -> Any:
        """The data of an operation that has no top-level errors."""
        answer = self.answer(query, token, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def codes(self, query: str, token: str = "", **variables: Any) -> list[str]:
        """The codes of the top-level errors of an operation."""
        return [error["extensions"]["code"] for error in self.answer(query, token, **variables)["errors"]]

    def stop(self) -> float:
        """Ask it to end, as a supervisor does; answers how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began


def signed_in(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


@contextmanager
def web_process(app: str, database_url: str, valkey_url: str, folder: Path) -> Generator[Web]:
    """Start `app`, wait until it is ready, and be sure that it is gone afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "BEATPASS_MODE": "demo" if app == DEMO else "production",
        "BEATPASS_DATABASE_URL": database_url,
        "BEATPASS_REDIS_URL": valkey_url,
        "BEATPASS_BROKER_URL": valkey_url.replace("db=0", "db=1"),
        "BEATPASS_SECRET_KEY": "a key of the tests that is long enough",
        "BEATPASS_DATA_DIR": str(folder),
        "BEATPASS_PUBLIC_URL": url,
        "BEATPASS_SIGN_IN_ATTEMPTS": "1000",
    }
    command = [sys.executable, "-m", "uvicorn", app, "--factory", "--no-access-log", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=_ROOT, env={**os.environ, **settings}, stdout=log, stderr=log)
    web = Web(url, database_url, folder, process)
    try:
        _await_ready(web)
        yield web
    finally:
        process.kill()
        process.wait()


def _await_ready(web: Web) -> None:
    deadline = time.monotonic() + 30
    while not _is_ready(web.url):
        said = (web.folder / "log").read_text(errors="replace")[-4000:]
        assert web.process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
