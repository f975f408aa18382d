"""Lists of scans and matches as Postgres plans them: it cannot turn an OR of two subqueries into a way along indexes."""

from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from api.requests.wanted import seek
from db.clock import now
from db.ids import AccountId, BeatRequestId, ProducerId, ReconScanId, TrackId
from db.models.recon import ReconMatch, ReconScan
from db.queries import answers, mailing, notices, openings, recon, request_feed, requests, scans
from db.queries.answers import Suited
from db.queries.eyes import Eyes, sees_scan
from db.queries.matching import Asker, narrowed
from db.queries.paging import Slice
from db.queries.request_feed import RequestFilter, RequestOrder
from db.queries.rows import select_row
from db.session import Sessions
from db.vocabulary import BeatRequestOrderField, BeatRequestStatus, OrderDirection
from tests.requests.judged import ask
from tests.tools.databases import on_postgres

pytestmark = [pytest.mark.anyio, on_postgres]
EYES = Eyes(AccountId("acc_x"), ProducerId("pro_x"))
ARI = AccountId("acc_x")
ASKER = Asker(BeatRequestId("brq_x"), ARI)
_MATCHES = select_row(recon.ReconMatchRow, ReconMatch)
_SCANS = select_row(scans.ReconScanRow, ReconScan)
STATEMENTS = [
    ("recon_match", recon.matching(_MATCHES, recon.MatchFilter(of=TrackId("trk_x")), EYES)),
    ("recon_match", recon.matching(_MATCHES, recon.MatchFilter(crediting=ProducerId("pro_x")), EYES)),
    ("recon_match", recon.matching(_MATCHES, recon.MatchFilter(reported_by=ReconScanId("scn_x")), EYES)),
    ("recon_scan", scans.own_scans(_SCANS, EYES, None)),
    ("recon_scan", scans.own_scans(_SCANS, EYES, frozenset({"trk_x"}))),
    ("notification", notices.page_statement(ARI, Slice(20), unread=None, kinds=None)),
    ("notification", notices.page_statement(ARI, Slice(20), unread=True, kinds=None)),
    ("notification", notices.counting_unread([ARI])),
    ("notification", notices.live_after(ARI, (now().isoformat(), ""), 100)),
    ("notification", mailing.accounts_with_a_digest(before=now(), after=ARI, limit=200)),
    ("follow", notices.followers_after(ProducerId("pro_x"), ARI, 200)),
    ("track_label", narrowed(seek(ask("Trap", bpm=(138, 146), key="Am", moods=["Dark"])), ASKER)),
    ("track_traits", narrowed(seek(ask("Trap", bpm=(138, 146))), ASKER)),
    ("track_traits", narrowed(seek(ask(bpm=(138, 146))), ASKER)),
    ("track_traits", narrowed(seek(ask(key="Am")), ASKER)),
    ("track_label", narrowed(seek(ask(tags=["808"])), ASKER)),
    ("beat_request", answers.requests_suiting(Suited(frozenset({"trap"}), (140,), None, ARI), now())),
    *[
        ("beat_request", request_feed.page_statement(chosen, RequestOrder(by, way), Slice(20)))
        for chosen in (
            RequestFilter(at=now()),
            RequestFilter(at=now(), statuses=frozenset(BeatRequestStatus), deleted_of=ARI),
            RequestFilter(at=now(), requesters=frozenset({"acc_x"})),
        )
        for by in BeatRequestOrderField
        for way in OrderDirection
    ],
    ("request_opening", openings.spending([ARI], "2026-11")),
    ("request_opening", openings.closing(after=now(), until=now(), limit=20)),
    ("beat_request", requests.due(until=now(), limit=20)),
    ("fingerprint", scans.due_tracks(scanned_before=now(), not_tried_since=now(), limit=200)),
]


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


async def unguided(sessions: Sessions, table: str, statement: Any) -> list[str]:
    """How the table is read where no condition leads to its rows; reading it whole is made unattractive."""
    async with sessions.writing() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        connection = await session.connection()
        compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}")).scalar_one()
    reads = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == table]
    assert reads
    return [node["Node Type"] for node in reads if not {"Index Cond", "Recheck Cond"} & set(node)]


def nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.parametrize(("table", "statement"), STATEMENTS)
async def test_lists_and_rescans_are_led_to_their_rows_by_an_index(
    sessions: Sessions, table: str, statement: Any
) -> None:
    assert await unguided(sessions, table, statement) == []


async def test_a_way_that_no_index_leads_is_found_out(sessions: Sessions) -> None:
    either = _SCANS.where(*sees_scan(EYES))
    assert await unguided(sessions, "recon_scan", either) != []
