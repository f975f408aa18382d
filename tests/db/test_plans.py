"""What is asked for all the time is found by an index; SQLite says how it goes about it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from db import jobs
from db.models.tracks import Track
from db.queries.paging import Slice, sliced
from db.queries.rows import select_row
from db.queries.tracks import TrackFilter, TrackRow, matching, order_keys
from db.session import Sessions
from db.vocabulary import OrderDirection, TrackOrderField
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]
_INDEXED = [
    (TrackOrderField.PUBLISHED_AT, "track_by_publication"),
    (TrackOrderField.CREATED_AT, "track_by_creation"),
    (TrackOrderField.TITLE, "track_by_title"),
    (TrackOrderField.BPM, "track_by_bpm"),
]


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


async def plan(sessions: Sessions, statement: Any) -> str:
    """How SQLite would answer it, with the parameters bound as they are in the product."""
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    async with sessions.reading() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(_bound(compiled)))
        return " | ".join(str(tuple(row)[-1]) for row in rows)


def _bound(compiled: Any) -> list[Any]:
    return [compiled.params[name] for name in compiled.positiontup]


@pytest.mark.parametrize(("by", "index"), _INDEXED)
@pytest.mark.parametrize("direction", list(OrderDirection))
async def test_a_page_of_the_catalogue_is_read_along_an_index(
    sessions: Sessions, by: TrackOrderField, index: str, direction: OrderDirection
) -> None:
    statement = matching(select_row(TrackRow, Track), TrackFilter())
    told = await plan(sessions, sliced(statement, order_keys(by, direction), Slice(20)))
    assert index in told, told
    assert "TEMP B-TREE" not in told


async def test_the_poll_of_the_job_table_reads_waiting_jobs_alone(sessions: Sessions) -> None:
    told = await plan(sessions, jobs.next_waiting())
    assert "job_waiting" in told, told
    assert "TEMP B-TREE" not in told
