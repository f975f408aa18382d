"""How long a job waits, from its commit to its start: the real relay, Valkey and Dramatiq worker; the goal is 30 ms."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Select, select
from sqlmodel import col

from api.gateways.pubsub import PubSub
from api.telling import telling
from db import jobs
from db.migrate import upgrade
from db.models.jobs import Job
from db.session import Sessions
from db.vocabulary import JobKind, JobState
from tests.tools.valkey import valkey_server

ROUNDS: Final = 40
GOAL_MS: Final = 30
_IDLE_S: Final = 0.25


async def main(url: str, redis_url: str) -> None:
    """Add jobs one at a time to an idle system, and read from their rows when they began."""
    live = PubSub(redis_url)
    sessions = Sessions(url, after_commit=telling(live))
    await _once(sessions, "warm")
    waits = [await _once(sessions, str(number)) for number in range(ROUNDS)]
    await live.close()
    await sessions.close()
    median, worst = statistics.median(waits), max(waits)
    print(
        f"{ROUNDS} jobs: median {median:.1f} ms, p90 {statistics.quantiles(waits, n=10)[8]:.1f} ms, worst {worst:.1f} ms; goal {GOAL_MS} ms"
    )


async def _once(sessions: Sessions, key: str) -> float:
    """Milliseconds from the commit to the claim."""
    async with sessions.writing() as session:
        await jobs.add(session, JobKind.DELETE_FILES, key=f"bench-{key}", keys=[], folders=[])
    committed = time.time()
    deadline = committed + 60
    while time.time() < deadline:
        async with sessions.reading() as session:
            row = (await session.execute(_job(key))).one()
        if row.state is JobState.DONE:
            await asyncio.sleep(_IDLE_S)
            assert row.started_at
            return 1000 * float(row.started_at.timestamp() - committed)
        await asyncio.sleep(0.02)
    raise TimeoutError(key)


def _job(key: str) -> Select[JobState, datetime | None]:
    return select(col(Job.state), col(Job.started_at)).where(
        col(Job.key) == f"{JobKind.DELETE_FILES}:bench-{key}"
    )


def _environment(url: str, redis_url: str, folder: str) -> dict[str, str]:
    """As `bp run` and the Procfile set it."""
    return {
        **os.environ,
        "BEATPASS_DATABASE_URL": url,
        "BEATPASS_REDIS_URL": redis_url,
        "BEATPASS_BROKER_URL": redis_url.replace("db=0", "db=1"),
        "BEATPASS_SECRET_KEY": "k" * 40,
        "BEATPASS_DATA_DIR": folder,
        "dramatiq_worker_timeout": "30",
        "dramatiq_queue_prefetch": "1",
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, valkey_server() as redis_url:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}"
        upgrade(url)
        environment = _environment(url, redis_url, folder)
        parts = (
            ["workers.relay"],
            ["dramatiq", "workers.main", "--queues", "default", "--processes", "1", "--threads", "4"],
        )
        running = [
            subprocess.Popen([sys.executable, "-m", *part], env=environment, stderr=subprocess.DEVNULL)
            for part in parts
        ]
        try:
            asyncio.run(main(url, redis_url))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()
