"""Transactions: the only file that commits.

`reading()` never writes (the database refuses it); `writing()` takes SQLite's one write lock at its BEGIN, because a
deferred transaction that turns writer half-way loses races. Neither may be held across a network call or DSP.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

_SQLITE_BUSY_TIMEOUT_MS: Final = 5_000
"""Shorter than a job's lease, so that a worker who has to wait keeps its job."""
_SQLITE_READERS: Final = 8
_POSTGRES_CONNECTIONS: Final = 10
_TOPICS: Final = "topics"
_JOBS: Final = "jobs"


@dataclass(frozen=True)
class Committed:
    """What the world should hear of once a transaction is durable: ids and a poke, never data."""

    topics: frozenset[str]
    jobs_added: bool

    def __bool__(self) -> bool:
        return bool(self.topics) or self.jobs_added


AfterCommit = Callable[[Committed], Awaitable[None]]


async def _tell_nobody(committed: Committed) -> None:
    """For processes and tests that have no one to tell."""


def announce(session: AsyncSession, topic: str) -> None:
    """Publish `topic` once this transaction has committed; nothing is published if it does not."""
    session.info.setdefault(_TOPICS, set()).add(topic)


def jobs_were_added(session: AsyncSession) -> None:
    """Poke relay once this transaction has committed."""
    session.info[_JOBS] = True


def sqlalchemy_url(url: str) -> str:
    """A database's URL as SQLAlchemy wants it; hosting platforms write `postgres://`."""
    scheme, separator, rest = url.partition("://")
    driver = {
        "postgres": "postgresql+psycopg",
        "postgresql": "postgresql+psycopg",
        "sqlite": "sqlite+aiosqlite",
    }
    return f"{driver.get(scheme, scheme)}{separator}{rest}"


class Sessions:
    """Opens transactions on one database.

    Args:
        url: SQLAlchemy URL, `sqlite+aiosqlite:///…` or `postgresql+psycopg://…`.
        after_commit: Told after each commit that has something to tell.
        info: What every writing session knows of the installation, in its `info`.
    """

    def __init__(
        self,
        url: str,
        *,
        after_commit: AfterCommit = _tell_nobody,
        info: Mapping[str, object] | None = None,
    ) -> None:
        self._after_commit = after_commit
        self._info = dict(info or {})
        self._reader, self._writer = _engines(url)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """One snapshot for SELECTs; the database refuses writes."""
        async with AsyncSession(self._reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back if the block raises."""
        async with AsyncSession(self._writer, expire_on_commit=False, info=dict(self._info)) as session:
            yield session
            await session.commit()
        if committed := _committed(session.info):
            await self._after_commit(committed)

    async def close(self) -> None:
        """Give all connections back."""
        await self._reader.dispose()
        await self._writer.dispose()


def _committed(info: dict[Any, Any]) -> Committed:
    return Committed(frozenset(info.get(_TOPICS, ())), bool(info.get(_JOBS)))


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    return _sqlite(url) if url.startswith("sqlite") else _postgres(url)


def _postgres(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    engine = create_async_engine(url, pool_size=_POSTGRES_CONNECTIONS, pool_pre_ping=True)
    reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return engine.execution_options(**reading), engine


def _sqlite(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    reader = create_async_engine(url, pool_size=_SQLITE_READERS)
    writer = create_async_engine(url, pool_size=1, max_overflow=0)
    _prepare_sqlite(reader, begin="BEGIN", query_only=True)
    _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False)
    return reader, writer


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, query_only: bool) -> None:
    """Take transactions out of the driver's hands: it would begin late and deferred."""

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:  # pyright: ignore[reportUnusedFunction] -- the event calls it
        connection.isolation_level = None  # pyright: ignore[reportAttributeAccessIssue] -- sqlite3 has it
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "recursive_triggers = ON",  # or INSERT OR REPLACE would pass by the ledger's
            f"busy_timeout = {_SQLITE_BUSY_TIMEOUT_MS}",
            f"query_only = {int(query_only)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] -- the event calls it
        connection.exec_driver_sql(begin)
