"""Events, ties, the directory and tickets are read along indexes; SQLite says how it goes about it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from db.clock import now
from db.ids import AccountId, EventId, ProducerId, SupportContactId
from db.queries import events, network, support
from db.queries.network import DirectoryFilter
from db.queries.paging import Slice
from db.queries.support import TicketChoice
from db.queries.tracks import TextChoice
from db.session import Sessions
from db.vocabulary import TicketStatus
from tests.db.test_plans import plan
from tests.tools.databases import on_sqlite

pytestmark = [pytest.mark.anyio, on_sqlite]
OWN = ProducerId("pro_x")
ONE = TextChoice(any_of=frozenset({"riga"}))


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    made = Sessions(database_url)
    yield made
    await made.close()


async def test_coming_events_are_read_in_their_order_without_those_that_are_long_over(
    sessions: Sessions,
) -> None:
    told = await plan(sessions, events.page_statement(now(), Slice(20)))
    assert "event_by_start (starts_at>?" in told, told
    assert "TEMP B-TREE" not in told


async def test_a_place_in_the_line_is_counted_along_the_line(sessions: Sessions) -> None:
    told = await plan(sessions, events.rsvps_statement(AccountId("acc_x"), [EventId("evn_x")]))
    assert "event_rsvp_line (event_id=? AND status=? AND number<?" in told, told
    assert "SCAN " not in told


async def test_guests_are_read_some_at_a_time(sessions: Sessions) -> None:
    told = await plan(sessions, events.guests_after(EventId("evn_x"), AccountId("acc_x"), 200))
    assert "SCAN " not in told, told


async def test_the_directory_is_read_in_the_order_of_names(sessions: Sessions) -> None:
    told = await plan(sessions, network.directory_statement(DirectoryFilter(OWN), Slice(20)))
    assert "producer_label_word (kind=?" in told, told
    assert "TEMP B-TREE" not in told
    assert "SCAN " not in told


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"city": ONE}, "producer_label_word (kind=? AND folded=?"),
    ({"role": ONE}, "producer_label_word (kind=? AND folded=?"),
    ({"genre": ONE}, "track_label_word (status=? AND kind=? AND folded=?"),
    ({"words": ("nova",)}, "producer_term"),
]


@pytest.mark.parametrize(("chosen", "index"), FILTERS)
async def test_a_filter_of_the_directory_has_an_index(
    sessions: Sessions, chosen: dict[str, Any], index: str
) -> None:
    told = await plan(sessions, network.directory_statement(DirectoryFilter(OWN, **chosen), Slice(20)))
    assert index in told, told
    assert "SCAN " not in told


async def test_own_ties_are_read_from_both_sides(sessions: Sessions) -> None:
    told = await plan(sessions, network.contacts_statement(OWN, None, Slice(20)))
    for side in ("low", "high"):
        assert f"contact_of_{side}" in told or "contact_of_pair" in told, told
    assert "SCAN " not in told


OPEN = frozenset({TicketStatus.OPEN})
LINES: list[tuple[TicketChoice, str]] = [
    (TicketChoice(), "support_ticket_queue"),
    (TicketChoice(OPEN), "support_ticket_queue_of_status (status=?"),
    (TicketChoice(proved=True), "support_ticket_queue"),
    (TicketChoice(proved=False), "support_ticket_queue (line>?"),
    (TicketChoice(OPEN, proved=False), "support_ticket_queue_of_status (status=? AND line>?"),
]


@pytest.mark.parametrize(("choice", "index"), LINES)
async def test_the_line_of_tickets_is_read_in_its_order(
    sessions: Sessions, choice: TicketChoice, index: str
) -> None:
    after = (0, now().isoformat(), "tkt_x")
    told = await plan(sessions, support.queue_statement(choice, Slice(20, after=after)))
    assert index in told, told
    assert "TEMP B-TREE" not in told


async def test_own_tickets_are_read_newest_first(sessions: Sessions) -> None:
    told = await plan(sessions, support.own_statement(AccountId("acc_x"), TicketChoice(), Slice(20)))
    assert "support_ticket_of_account (account_id=?" in told, told
    assert "TEMP B-TREE" not in told


async def test_tickets_of_a_day_are_counted_along_an_index(sessions: Sessions) -> None:
    for owner, account in ((AccountId("acc_x"), True), (SupportContactId("spc_x"), False)):
        told = await plan(sessions, support.opened_since_statement(owner, now(), account=account))
        assert "COVERING INDEX support_ticket_of_" in told, told
        assert "opened_at>?" in told, told
        told = await plan(sessions, support.newest_statement(owner, now(), account=account))
        assert "INDEX support_ticket_of_" in told, told
        assert "TEMP B-TREE FOR ORDER BY" not in told
