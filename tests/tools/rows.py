"""Every row of a database, read in one go past SQLAlchemy: tests look at all of it before and after a refusal."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final, cast

import psycopg

from db.models.all import METADATA
from db.session import Sessions

Tables = dict[str, list[Any]]
_SELECTS: Final[Mapping[str, str]] = {
    table.name: f'SELECT * FROM "{table.name}"' for table in METADATA.sorted_tables
}
_SQLITE: Final = "sqlite+aiosqlite:///"


async def every_row(sessions: Sessions, database_url: str) -> Tables:
    """The rows of every table as text, sorted."""
    if database_url.startswith(_SQLITE):
        return _from_sqlite(database_url.removeprefix(_SQLITE))
    async with sessions.reading() as session:
        pooled = await (await session.connection()).get_raw_connection()
        return await _from_postgres(cast("psycopg.AsyncConnection[Any]", pooled.driver_connection))


def _from_sqlite(file: str) -> Tables:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("BEGIN")  # one snapshot
        return {name: _as_text(connection.execute(select).fetchall()) for name, select in _SELECTS.items()}


async def _from_postgres(connection: psycopg.AsyncConnection[Any]) -> Tables:
    """All statements are sent at once: it is the way to and fro that takes the time."""
    cursors = {name: connection.cursor() for name in _SELECTS}
    async with connection.pipeline():
        for name, cursor in cursors.items():
            await cursor.execute(_SELECTS[name].encode())
    return {name: _as_text(await cursor.fetchall()) for name, cursor in cursors.items()}


def _as_text(rows: list[Any]) -> list[str]:
    return sorted(map(repr, rows))
