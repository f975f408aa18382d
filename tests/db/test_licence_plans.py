"""Licences are found by an index; SQLite says how it goes about it."""

import pytest

from db.ids import AccountId, TrackId, UploadId
from db.queries import licences
from db.queries.paging import Slice
from db.session import Sessions
from db.vocabulary import LicenceKind
from tests.db.test_plans import plan, sessions
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]
__all__ = ["sessions"]


@pytest.mark.parametrize("kinds", [None, frozenset({LicenceKind.STANDARD})])
async def test_a_page_of_licences_is_read_along_an_index(
    sessions: Sessions, kinds: frozenset[LicenceKind] | None
) -> None:
    told = await plan(sessions, licences.page_statement(AccountId("acc_x"), Slice(20), kinds=kinds))
    assert "licence_of (account_id=?)" in told, told
    assert "TEMP B-TREE" not in told


async def test_whether_an_audio_or_a_track_is_licensed_is_looked_up(sessions: Sessions) -> None:
    for index, statement in (
        ("licence_with (upload_id=?)", licences.holding(upload=UploadId("upl_x"))),
        ("licence_to (track_id=?)", licences.holding(track=TrackId("trk_x"))),
    ):
        told = await plan(sessions, statement)
        assert index in told, told
