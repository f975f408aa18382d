"""What `bp run` starts, in which order, and how each part says that it is ready."""

import asyncio
import hashlib
import hmac
import sqlite3
import sys
from collections.abc import Coroutine, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from workers.launcher.embedded import Address, valkey_command
from workers.launcher.supervise import Child

_PROBE_SECONDS = 2.0
_ROOT = Path(__file__).parents[2]
_MIGRATIONS = _ROOT / "db" / "migrations" / "versions"
_COMPILED = _ROOT / ".cache" / "numba"
"""What numba compiled: beside the checkout, so that another data folder does not compile it again."""


@dataclass(frozen=True)
class Place:
    """Where this installation lives."""

    address: Address
    data: Path
    socket: Path
    secret: str
    sandbox: Address | None = None
    """Of the Stripe sandbox; null where somebody brings keys of Stripe."""


def environment(place: Place, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of every part: the settings of `api.settings`, and nothing lost of what was there."""
    socket = quote(str(place.socket))
    return {
        **inherited,
        "BEATPASS_MODE": "demo",
        "BEATPASS_DATABASE_URL": f"sqlite+aiosqlite:///{database(place)}",
        "BEATPASS_REDIS_URL": f"unix://{socket}?db=0",
        "BEATPASS_BROKER_URL": f"unix://{socket}?db=1",
        "BEATPASS_DATA_DIR": str(place.data),
        "BEATPASS_HOST": place.address.host,
        "BEATPASS_PORT": str(place.address.port),
        "BEATPASS_PUBLIC_URL": place.address.url,
        "BEATPASS_SECRET_KEY": place.secret,
        "BEATPASS_SMTP_URL": inherited.get("BEATPASS_SMTP_URL") or mail(place.data).as_uri(),
        "NUMBA_CACHE_DIR": inherited.get("NUMBA_CACHE_DIR", str(_COMPILED)),
        "PYTHONUNBUFFERED": "1",
        "dramatiq_worker_timeout": "30",  # ms between the looks of an idle worker, at most: with 100 a job waits 54 ms
        "dramatiq_queue_prefetch": "1",
        **(_payments(place, place.sandbox) if place.sandbox else {}),
    }


def _payments(place: Place, sandbox: Address) -> dict[str, str]:
    """The Stripe sandbox and its keys: secrets of this installation, the same after a restart."""
    return {
        "BEATPASS_SANDBOX_FILE": str(place.data / "sandbox.db"),
        "BEATPASS_STRIPE_API_URL": sandbox.url,
        "BEATPASS_STRIPE_SECRET_KEY": f"sk_test_{_derived(place, 'stripe key')}",
        "BEATPASS_STRIPE_WEBHOOK_SECRET": f"whsec_{_derived(place, 'stripe webhooks')}",
        "BEATPASS_STRIPE_CONNECT_WEBHOOK_SECRET": f"whsec_{_derived(place, 'stripe connect webhooks')}",
    }


def _derived(place: Place, what: str) -> str:
    return hmac.new(place.secret.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]


def database(place: Place) -> Path:
    """The SQLite file of the installation."""
    return place.data / "beatpass.db"


def mail(data: Path) -> Path:
    """Where e-mails are laid, each a file: there is no SMTP server to be counted on."""
    return data / "mail"


def seeded(data: Path) -> Path:
    """The mark that says: this installation has its demo data."""
    return data / "demo-data"


def is_current(file: Path) -> bool:
    """Whether every migration has been run on the database: asked without loading what runs them, which takes a second."""
    versions = (path.name.partition("_")[0] for path in _MIGRATIONS.glob("[0-9]*.py"))
    newest = max(versions, default="")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
    except sqlite3.Error:
        return False


def stages(place: Place) -> tuple[tuple[Child, ...], ...]:
    """Each stage starts when the one before it is ready; within a stage the order does not matter."""
    host, port = place.address.host, str(place.address.port)
    web = (
        "uvicorn",
        "api.demo.app:create_demo_app",
        "--factory",
        "--no-access-log",
        "--ws-max-size",
        "262144",
        "--host",
        host,
        "--port",
        port,
    )
    return (
        (
            Child("valkey", valkey_command(place.socket), ready=lambda: valkey_answers(place.socket)),
            *(() if is_current(database(place)) else (Child("migrate", _python("db.migrate"), runs="once"),)),
        ),
        (
            Child("web", _python(*web), ready=lambda: web_answers(place.address)),
            *_sandbox(place.sandbox),
            Child("relay", _python("workers.relay")),
            Child("worker", _python(*_dramatiq("default", threads=4))),
            Child("audio", _python(*_dramatiq("audio", "preview", threads=1))),
        ),
        (  # nobody waits for these: they begin behind the web
            Child("seed", _python("workers.demo.seed"), runs="aside"),
            Child("analysis", _python(*_dramatiq("analysis", threads=1))),
        ),
    )


def _sandbox(where: Address | None) -> tuple[Child, ...]:
    """The stand-in for Stripe, where one is wanted."""
    if where is None:
        return ()
    return (Child("stripe", _python("api.sandbox"), ready=lambda: web_answers(where)),)


async def valkey_answers(socket: Path) -> bool:
    """Whether it answers PING."""
    return await _asked(asyncio.open_unix_connection(socket), b"PING\r\n", expecting=b"+PONG")


async def web_answers(where: Address) -> bool:
    """Whether `GET /readyz` is answered with 200."""
    request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return await _asked(
        asyncio.open_connection(where.reachable, where.port), request, expecting=b"HTTP/1.1 200"
    )


_Connecting = Coroutine[None, None, tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def _asked(connecting: _Connecting, request: bytes, *, expecting: bytes) -> bool:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            reader, writer = await connecting
            writer.write(request)
            answer = await reader.read(len(expecting))
            writer.close()
    except (OSError, TimeoutError):
        return False
    return answer == expecting


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _dramatiq(*queues: str, threads: int) -> tuple[str, ...]:
    return ("dramatiq", "workers.main", "--queues", *queues, "--processes", "1", "--threads", str(threads))
