"""Webhooks accepted at 200 a second by one web process on one core: p99 under 20 ms is the goal.

The web process is started as the Procfile starts it and pinned to a core; whoever sends is a process of its own on the
other, where the databases and Valkey are, too. It sends on schedule, whatever comes back, and times every answer from the
moment when the webhook was due, so a server that falls behind is not spared. Bodies are of the sandbox's real events, each
under an id of its own, signed as the provider signs. Afterwards every one has to be in the inbox with its job.

Two peers answer in the same run: `/healthz` of the same process, and a bare Starlette that checks the same signatures
and keeps nothing. Webhooks come evenly, and as strangers come, at random (Poisson): then several are there at once.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import psutil  # type: ignore[import-untyped]  # mypy wants a stubs package; pyright reads its own
import stripe
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.migrate import upgrade
from db.models.jobs import Job
from db.models.payments import PaymentEvent
from db.session import Sessions
from tests.sandbox.shop import a_price, subscribed
from tests.tools import postgres
from tests.tools.stripe_sandbox import signature, stripe_sandbox
from tests.tools.valkey import valkey_server
from tests.tools.web import free_port

GOAL_MS: Final = 20
WEB_CORE: Final = 0
OTHER_CORE: Final = 1
_ROOT: Final = Path(__file__).parents[1]
_SECRET: Final = "whsec_of_the_benchmark"
_WARM: Final = 100
_BARE: Final = "benchmarks.webhooks:bare"


class Figures(NamedTuple):
    """Of one run, in milliseconds; `late` is how much after its moment the generator sent, at p99."""

    p50: float
    p95: float
    p99: float
    most: float
    errors: int
    cpu: float
    late: float


@dataclass(frozen=True)
class Web:
    """A web process that runs on a core of its own."""

    port: int
    pid: int


@dataclass(frozen=True)
class Load:
    """What is sent.

    Attributes:
        moments: When, in seconds from the start.
    """

    port: int
    requests: Sequence[bytes]
    moments: Sequence[float]


def bare() -> Starlette:
    """The least that an endpoint does that takes nobody else's webhooks: it keeps nothing."""

    async def take(request: Request) -> Response:
        given = request.headers.get("stripe-signature", "")
        stripe.WebhookSignature.verify_header(await request.body(), given, _SECRET)
        return Response(status_code=204)

    return Starlette(routes=[Route("/stripe/webhooks", take, methods=["POST"])])


# ---- what is sent ---------------------------------------------------------------------------------
def real_events() -> list[bytes]:
    """Bodies of what the sandbox tells of a plan that is bought and renewed."""
    with stripe_sandbox() as sandbox, sandbox.seller() as seller:
        seller.control("POST", "/webhooks/endpoints", url="https://api.beatpass.test/", secret=_SECRET)
        subscribed(seller, a_price(seller, "Plus", 4500))
        seller.advance(days=31)
        return [letter["body"].encode() for letter in seller.letters()]


def signed(body: bytes, number: int) -> bytes:
    """A whole request, with an event that was never there before."""
    body = re.sub(rb'"evt_\w+"', b'"evt_%d_%s"' % (number, os.urandom(8).hex().encode()), body, count=1)
    head = (
        "POST /stripe/webhooks HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Stripe-Signature: {signature(body, _SECRET)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def evenly(count: int, rate: float) -> list[float]:
    return [number / rate for number in range(count)]


def at_random(count: int, rate: float) -> list[float]:
    chance = random.Random(6)
    return list(itertools.accumulate(chance.expovariate(rate) for _ in range(count)))


# ---- who sends ------------------------------------------------------------------------------------
class Sender:
    """Sends each request at its moment, on a connection that is free, or on a new one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def send(self, request: bytes) -> int:
        """The status of the answer."""
        head, _ = await self._exchange(request)
        return int(head.split(b" ", 2)[1])

    async def exchange(self, request: bytes) -> bytes:
        """The body of the answer."""
        _, body = await self._exchange(request)
        return body

    async def _exchange(self, request: bytes) -> tuple[bytes, bytes]:
        reader, writer = self._free.popleft() if self._free else await self._connect()
        writer.write(request)
        head, body = await reader.readuntil(b"\r\n\r\n"), b""
        if length := re.search(rb"content-length: (\d+)", head, re.IGNORECASE):
            body = await reader.readexactly(int(length[1]))
        self._free.append((reader, writer))
        return head, body

    async def close(self) -> None:
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)


async def send_all(load: Load) -> tuple[list[float], list[float], int]:
    """Milliseconds from each one's moment to its answer, and to its sending; how many were not taken."""
    sender, waits, lates, statuses = Sender(load.port), list[float](), list[float](), list[int]()
    start = time.perf_counter() + 0.1

    async def one(request: bytes, due: float) -> None:
        lates.append((time.perf_counter() - due) * 1000)
        statuses.append(await sender.send(request))
        waits.append((time.perf_counter() - due) * 1000)

    async with asyncio.TaskGroup() as sending:
        for request, moment in zip(load.requests, load.moments, strict=True):
            await asyncio.sleep(start + moment - time.perf_counter())
            sending.create_task(one(request, start + moment))
    await sender.close()
    return waits, lates, sum(status not in {200, 204} for status in statuses)


def generate(load: Load) -> tuple[list[float], list[float], int]:
    os.sched_setaffinity(0, {OTHER_CORE})
    return asyncio.run(send_all(load))


def timed(web: Web, requests: Sequence[bytes], moments: Sequence[float]) -> Figures:
    """Some to warm up, then all of them by a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(generate, [Load(web.port, requests[:_WARM], evenly(_WARM, 50))])
        before = cpu_s(web.pid)
        rest = Load(web.port, requests[_WARM:], moments)
        [(waits, lates, errors)] = pool.map(generate, [rest])
    cpu = (cpu_s(web.pid) - before) / len(rest.requests) * 1000
    p50, p95, p99 = (percentile(waits, of) for of in (50, 95, 99))
    return Figures(p50, p95, p99, max(waits), errors, cpu, percentile(lates, 99))


def percentile(values: Sequence[float], of: int) -> float:
    return statistics.quantiles(values, n=100)[of - 1]


def cpu_s(pid: int) -> float:
    """Time of the process in user and system mode."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


# ---- who answers ----------------------------------------------------------------------------------
@contextmanager
def serving(app: str, database_url: str, redis_url: str, folder: Path) -> Generator[Web]:
    """The web process of the Procfile, on one core, with everything that it is told of in its environment."""
    port = free_port()
    [line] = [one for one in (_ROOT / "Procfile").read_text().splitlines() if one.startswith("web: ")]
    command = line.removeprefix("web: ").replace("api.app:create_app", app)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BEATPASS_DATABASE_URL": database_url,
        "BEATPASS_REDIS_URL": redis_url,
        "BEATPASS_SECRET_KEY": "k" * 40,
        "BEATPASS_DATA_DIR": str(folder),
        "BEATPASS_STRIPE_SECRET_KEY": "sk_test_of_the_benchmark",
        "BEATPASS_STRIPE_WEBHOOK_SECRET": _SECRET,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"], cwd=_ROOT, env=environment, stdout=log, stderr=log
        )
    os.sched_setaffinity(process.pid, {WEB_CORE})
    try:
        _await(port, process, folder / "log")
        yield Web(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except httpx.TransportError:
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.05)
        else:
            return


# ---- what comes of it -----------------------------------------------------------------------------
def measure(name: str, url: str, redis_url: str, options: argparse.Namespace) -> None:
    """Both ways to come, each beside the peers."""
    bodies = real_events()
    count = int(options.rate * options.seconds)
    health = [b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"] * (count + _WARM)
    numbers = itertools.count()

    def fresh() -> list[bytes]:
        return [signed(bodies[number % len(bodies)], next(numbers)) for number in range(count + _WARM)]

    for how, moments in (
        ("evenly", evenly(count, options.rate)),
        ("at random", at_random(count, options.rate)),
    ):
        with tempfile.TemporaryDirectory(prefix="beatpass-bench-") as folder:
            with serving("api.app:create_app", url, redis_url, Path(folder)) as web:
                ours = timed(web, fresh(), moments)
                healthz = timed(web, health, moments)
            with serving(_BARE, url, redis_url, Path(folder)) as web:
                least = timed(web, fresh(), moments)
        print(f"{name}, {options.rate}/s {how}, {count} webhooks, load {os.getloadavg()[0]:.1f}")
        for who, figures in (
            ("accepted and kept", ours),
            ("checked, not kept", least),
            ("/healthz", healthz),
        ):
            say(who, figures)
        print(
            f"  kept ÷ checked: p50 {ours.p50 / least.p50:.1f}, p99 {ours.p99 / least.p99:.1f}, CPU {ours.cpu / least.cpu:.1f}"
        )
        print(f"  goal p99 < {GOAL_MS} ms: {'met' if ours.p99 < GOAL_MS else 'missed'}")
    kept, waiting = asyncio.run(_kept(url))
    assert (kept, waiting) == (2 * (count + _WARM),) * 2, (kept, waiting)
    print(f"  {kept} events in the inbox, {waiting} jobs")


def say(who: str, figures: Figures) -> None:
    p50, p95, p99, most, errors, cpu, late = figures
    print(
        f"  {who:<18} p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  max {most:6.1f} ms   {errors} errors   "
        f"CPU {cpu:.2f} ms each   sent late by {late:.2f} ms at p99"
    )


async def _kept(url: str) -> tuple[int, int]:
    sessions = Sessions(url)
    async with sessions.reading() as session:
        events = await session.scalar(select(func.count()).select_from(PaymentEvent))
        jobs = await session.scalar(select(func.count()).select_from(Job))
    await sessions.close()
    return events or 0, jobs or 0


def main() -> None:
    options = _options()
    os.sched_setaffinity(0, {OTHER_CORE})  # databases and Valkey are started from here, and stay here
    if options.first:  # children are as their parents are
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    with valkey_server() as redis_url:
        if "sqlite" in options.engines:
            with tempfile.TemporaryDirectory() as folder:
                url = f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}"
                upgrade(url)
                measure("SQLite", url, redis_url, options)
        if "postgres" in options.engines:
            with postgres.postgres_server(durable=True) as server, postgres.database(server, "bench") as url:
                upgrade(url)
                measure("Postgres", url, redis_url, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200, help="a second")
    parser.add_argument("--seconds", type=float, default=20, help="for each figure")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    parser.add_argument(
        "--first", action="store_true", help="as root: run before all other work of this machine (SCHED_RR)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
