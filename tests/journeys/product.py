"""The whole product as real processes on a real database, each of which a test can kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.launcher.product import free_port

_ROOT = Path(__file__).parents[2]
_PARTS = {
    "web": ("uvicorn", "api.demo.app:create_demo_app", "--factory", "--no-access-log", "--port"),
    "relay": ("workers.relay",),
    "worker": ("dramatiq", "workers.main", "--queues", "default", "--processes", "1", "--threads", "2"),
    "audio": (
        "dramatiq",
        "workers.main",
        "--queues",
        "audio",
        "preview",
        "--processes",
        "1",
        "--threads",
        "1",
    ),
    "analysis": ("dramatiq", "workers.main", "--queues", "analysis", "--processes", "1", "--threads", "1"),
}
_USUAL = tuple(part for part in _PARTS if part != "analysis")
"""Without the one whose imports take seconds of CPU: a journey that needs it starts it."""


@dataclass
class Product:
    """Processes of one installation.

    Attributes:
        settings: Of its environment, besides the usual ones.
        log: What all of them print, for a failed test to show.
    """

    database_url: str
    valkey_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-8000:]

    def start(self, *parts: str) -> None:
        """Start these parts, or the usual ones."""
        for part in parts or _USUAL:
            port = [str(self.port)] if part == "web" else []
            command = [sys.executable, "-m", *_PARTS[part], *port]
            with (self.folder / "log").open("ab") as log:
                self.running[part] = subprocess.Popen(
                    command,
                    cwd=_ROOT,
                    env=self._environment(),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def kill(self, *parts: str) -> None:
        """Kill -9 these parts with everything they have started, all at once."""
        for part in parts or tuple(self.running):
            with suppress(ProcessLookupError):
                os.killpg(self.running[part].pid, signal.SIGKILL)
        for part in parts or tuple(self.running):
            self.running.pop(part).wait()

    def await_ready(self) -> None:
        """Until the web process says that it is."""
        await_that(lambda: _status(f"{self.url}/readyz") == 200, within_s=60, otherwise=lambda: self.log)

    def ask(self, token: str, query: str, **variables: Any) -> Any:
        """The data of an operation."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        with urlopen(Request(f"{self.url}/graphql", body, headers), timeout=30) as answer:
            content = json.load(answer)
        assert "errors" not in content, content
        return content["data"]

    def _environment(self) -> Mapping[str, str]:
        broker = self.valkey_url.replace("db=0", "db=1")
        return {
            **os.environ,
            "BEATPASS_MODE": "demo",
            "dramatiq_worker_timeout": "30",
            "dramatiq_queue_prefetch": "1",
            "BEATPASS_DATABASE_URL": self.database_url,
            "BEATPASS_REDIS_URL": self.valkey_url,
            "BEATPASS_BROKER_URL": broker,
            "BEATPASS_DATA_DIR": str(self.folder),
            "BEATPASS_PUBLIC_URL": self.url,
            "BEATPASS_SECRET_KEY": "a key of the tests that is long enough",
            **self.settings,
        }


@contextmanager
def a_product(
    database_url: str, valkey_url: str, folder: Path, *, settings: Mapping[str, str] | None = None
) -> Generator[Product]:
    """The product, ready; gone at the end of the block."""
    product = Product(database_url, valkey_url, folder, settings=settings or {})
    try:
        product.start()
        product.await_ready()
        yield product
    finally:
        product.kill()


def await_that(holds: Callable[[], bool], *, within_s: float, otherwise: Callable[[], object]) -> None:
    """Wait until it holds.

    Raises:
        AssertionError: It did not in time; says what `otherwise` answers.
    """
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)


def _status(url: str) -> int | None:
    try:
        with urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return None
