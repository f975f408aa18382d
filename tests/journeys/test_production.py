"""The Procfile's processes, as a hosting platform starts them: DATABASE_URL, REDIS_URL, PORT and a secret."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.journeys.product import await_that
from tests.launcher.product import free_port
from tests.tools.databases import PostgresTemplate
from tests.tools.valkey import valkey_server

_ROOT = Path(__file__).parents[2]
_ME = "{ me { email roles } }"
_SIGN_UP = """mutation { signUp(input: {
  email: "nova@example.org", password: "correct horse", displayName: "Nova" }) { token errors { code } } }"""


def test_the_procfile_serves_people_and_knows_no_demo_tokens(
    postgres_template: PostgresTemplate, tmp_path: Path
) -> None:
    with postgres_template.fresh(tmp_path) as database_url, valkey_server() as valkey_url:
        port = free_port()
        with _platform(database_url, valkey_url, tmp_path, port) as running:
            log = tmp_path / "log"
            await_that(lambda: _answers(port), within_s=60, otherwise=lambda: log.read_text(errors="replace"))
            assert _ask(port, "demo-staff", _ME) == {"data": {"me": None}}
            token = _ask(port, "", _SIGN_UP)["data"]["signUp"]["token"]
            _run(running, "python -m api.staff nova@example.org")
            me = _ask(port, token, _ME)["data"]["me"]
            assert me == {"email": "nova@example.org", "roles": ["LISTENER", "STAFF"]}


@contextmanager
def _platform(database_url: str, valkey_url: str, folder: Path, port: int) -> Generator[dict[str, str]]:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "DATABASE_URL": re.sub(r"^postgresql\+psycopg", "postgres", database_url),
        "REDIS_URL": valkey_url,
        "PORT": str(port),
        "BEATPASS_SECRET_KEY": "a key of the tests that is long enough",
        "BEATPASS_DATA_DIR": str(folder),
    }
    lines = dict(line.split(": ", 1) for line in (_ROOT / "Procfile").read_text().splitlines())
    _run(environment, lines.pop("release"))
    with (folder / "log").open("wb") as log:
        processes = [_started(environment, line, log) for line in lines.values()]
    try:
        yield environment
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(environment: dict[str, str], line: str, log: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        line, shell=True, cwd=_ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )


def _run(environment: dict[str, str], line: str) -> None:
    done = subprocess.run(line, shell=True, cwd=_ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _ask(port: int, token: str, query: str) -> Any:
    body = json.dumps({"query": query}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    with urlopen(Request(f"http://127.0.0.1:{port}/graphql", body, headers), timeout=30) as answer:
        return json.load(answer)
