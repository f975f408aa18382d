"""Versions of a track are found by indexes: by what it is known to be like, and among the tracks of its producer."""

from collections.abc import AsyncGenerator

import pytest

from api.recon.rules import VERSION_CLASSES
from db.ids import TrackId
from db.queries.versions import versions_statement
from db.session import Sessions
from tests.db.test_plans import plan
from tests.db.test_postgres_plans import unguided
from tests.tools.databases import on_postgres, on_sqlite

pytestmark = pytest.mark.anyio
STATEMENT = versions_statement([TrackId("trk_x"), TrackId("trk_y")], classes=VERSION_CLASSES, most=50)


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


@on_sqlite
async def test_no_table_is_read_whole_for_them(sessions: Sessions) -> None:
    told = await plan(sessions, STATEMENT)
    for index in ("recon_match_of_track (track_id=?", "track_of_producer (producer_id=?)"):
        assert index in told, told
    tables = ("SCAN track", "SCAN recon_match", "SCAN fingerprint")
    assert [step for step in told.split(" | ") if step.startswith(tables)] == [], told


@on_postgres
@pytest.mark.parametrize("table", ["track", "recon_match", "fingerprint"])
async def test_postgres_is_led_to_them_by_an_index(sessions: Sessions, table: str) -> None:
    assert await unguided(sessions, table, STATEMENT) == []
