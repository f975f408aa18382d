"""D-56, MONEY 5.7: a month's account is made once, holds what was entered in it, and never changes."""

import csv
import io
from datetime import UTC, datetime
from itertools import product
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.applications import Starlette

from api.documents.press import Press
from api.earnings import ledger as posting
from api.earnings import statements as making
from api.earnings.auditing import audit
from api.earnings.links import FinanceLinks
from api.earnings.statements import make_statements
from api.http.finances import FinanceDoor
from db.bookkeeping import PAYOUT_CLEARING, STRIPE_CASH, payable_to
from db.models.statements import Statement
from db.vocabulary import CurrencyCode, JournalSource
from schema.paging import write_cursor
from tests.earnings.books import a_journal, a_move, enter
from tests.factories import Beatmaker, Person, a_producer, staff
from tests.stage import Stage

pytestmark = pytest.mark.anyio
SALE = JournalSource.EXCLUSIVE_SALE
ASKED = """{ finances { statements { totalCount nodes { id period opening { amount currency } closing { amount }
  lines { kind text amount { amount } enteredAt source { id } } pdf { url } } } } }"""


def at(monkeypatch: pytest.MonkeyPatch, month: int, day: int = 1, hour: int = 12) -> None:
    """It is that day of 2026, or of January after it."""
    moment = datetime(2026 + (month - 1) // 12, (month - 1) % 12 + 1, day, hour, tzinfo=UTC)
    for module in (posting, making):
        monkeypatch.setattr(module, "now", lambda: moment)


async def kept(_: AsyncSession) -> None:
    """The work is still ours."""


async def sold(
    stage: Stage, nova: Beatmaker, name: str, minor: int, currency: CurrencyCode = CurrencyCode.CAD
) -> None:
    move = a_move(minor, to_account=payable_to(nova.producer), currency=currency)
    await enter(stage.sessions, a_journal(name, move, kind=SALE))


async def refunded(stage: Stage, nova: Beatmaker, name: str, minor: int) -> None:
    move = a_move(minor, from_account=payable_to(nova.producer), to_account=STRIPE_CASH)
    await enter(stage.sessions, a_journal(name, move, kind=JournalSource.EXCLUSIVE_REFUND))


async def statements(stage: Stage) -> list[tuple[str, str, int, int]]:
    """Month, currency, opening, closing of all there are."""
    async with stage.sessions.reading() as session:
        rows = await session.scalars(
            select(Statement).order_by(col(Statement.period), col(Statement.currency))
        )
        return [(row.period, row.currency.value, row.opening_minor, row.closing_minor) for row in rows]


async def seen(stage: Stage, who: Person) -> list[Any]:
    return list((await stage.ask(who, ASKED))["finances"]["statements"]["nodes"])


async def test_each_month_begins_with_what_the_one_before_ended_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9, 30)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 1)
    await refunded(stage, nova, "re_1", 12_500)
    await sold(stage, nova, "pur_2", 700, CurrencyCode.EUR)
    at(monkeypatch, 12, 31)
    await sold(stage, nova, "pur_3", 5_000)
    at(monkeypatch, 13, 1)
    for _ in range(2):
        await make_statements(stage.sessions, keep=kept)
    assert await statements(stage) == [
        ("2026-09", "CAD", 0, 10_000),
        ("2026-10", "CAD", 10_000, -2_500),
        ("2026-10", "EUR", 0, 700),
        ("2026-12", "CAD", -2_500, 2_500),
    ]


async def test_a_month_that_is_not_over_or_only_just_has_none(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9, 30)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 1, hour=0)
    await make_statements(stage.sessions, keep=kept)
    assert await statements(stage) == []
    at(monkeypatch, 10, 1, hour=1)
    await make_statements(stage.sessions, keep=kept)
    assert await statements(stage) == [("2026-09", "CAD", 0, 10_000)]


async def test_nobody_changes_a_statement(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    for change in (update(Statement).values(closing_minor=1), delete(Statement)):
        with pytest.raises(DBAPIError, match="never changed"):
            async with stage.sessions.writing() as session:
                await session.execute(change)
    assert await statements(stage) == [("2026-09", "CAD", 0, 10_000)]


async def test_work_that_is_not_ours_any_more_writes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 2)

    async def lost(_: AsyncSession) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await make_statements(stage.sessions, keep=lost)
    assert await statements(stage) == []


async def test_its_owner_sees_every_line_and_nobody_else_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova, other, boss = (
        await a_producer(stage.sessions),
        await a_producer(stage.sessions),
        await staff(stage.sessions),
    )
    at(monkeypatch, 9, 3)
    await sold(stage, nova, "pur_1", 10_000)
    await refunded(stage, nova, "re_1", 2_500)
    at(monkeypatch, 9, 9)
    payout = a_move(7_000, from_account=payable_to(nova.producer), to_account=PAYOUT_CLEARING)
    await enter(stage.sessions, a_journal("pot_1", payout, kind=JournalSource.LATE_REFUND))
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    [month] = await seen(stage, nova)
    assert (month["period"], month["opening"], month["closing"]) == (
        "2026-09",
        {"amount": "0.00", "currency": "CAD"},
        {"amount": "5.00"},
    )
    assert [(line["kind"], line["text"], line["amount"]["amount"]) for line in month["lines"]] == [
        ("EXCLUSIVE_SALE", "Exclusive sale", "100.00"),
        ("REFUND", "Refund of the exclusive sale", "-25.00"),
        ("ADJUSTMENT", "Adjustment", "-70.00"),
    ]
    assert await seen(stage, other) == []
    one = "query($id: ID!) { node(id: $id) { id } }"
    for who, found in ((nova, True), (boss, True), (other, False), (None, False)):
        assert ((await stage.ask(who, one, id=month["id"]))["node"] is not None) is found


async def test_lines_of_several_months_are_not_mixed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    nova = await a_producer(stage.sessions)
    for month in (7, 8, 9):
        at(monkeypatch, month, 5)
        await sold(stage, nova, f"pur_{month}", month * 100)
        await sold(stage, nova, f"pur_{month}_eur", month, CurrencyCode.EUR)
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    found = [
        (one["period"], [line["amount"]["amount"] for line in one["lines"]])
        for one in await seen(stage, nova)
    ]
    assert found == [
        ("2026-09", ["0.09"]),
        ("2026-09", ["9.00"]),
        ("2026-08", ["0.08"]),
        ("2026-08", ["8.00"]),
        ("2026-07", ["0.07"]),
        ("2026-07", ["7.00"]),
    ]


PAGED = """query($first: Int, $after: String, $last: Int, $before: String) { finances {
  statements(first: $first, after: $after, last: $last, before: $before) {
    nodes { period closing { currency } } pageInfo { endCursor hasNextPage startCursor hasPreviousPage } } } }"""


async def test_every_statement_is_on_some_page_whichever_way_they_are_turned(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    for month, currency in product((8, 9), (CurrencyCode.CAD, CurrencyCode.EUR, CurrencyCode.USD)):
        at(monkeypatch, month, 5)
        await sold(stage, nova, f"pur_{month}{currency}", 1000, currency)
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    forward, backward = await turned(stage, nova, "after"), await turned(stage, nova, "before")
    assert forward == [(month, one) for month in ("2026-09", "2026-08") for one in ("USD", "EUR", "CAD")]
    assert backward == forward[::-1]


async def turned(stage: Stage, who: Person, way: str) -> list[tuple[str, str]]:
    """All of them, a page of one after the other."""
    size, end, more = (
        ("first", "endCursor", "hasNextPage")
        if way == "after"
        else ("last", "startCursor", "hasPreviousPage")
    )
    found: list[tuple[str, str]] = []
    asked: dict[str, Any] = {size: 1}
    while True:
        page = (await stage.ask(who, PAGED, **asked))["finances"]["statements"]
        found += [(one["period"], one["closing"]["currency"]) for one in page["nodes"]]
        if not page["pageInfo"][more]:
            return found
        asked[way] = page["pageInfo"][end]


@pytest.mark.parametrize("anchor", [("2026-09", "AUD"), ("2026-09", "cad"), (1, 2), ("2026-09",)])
async def test_a_cursor_that_somebody_wrote_by_hand_is_refused(stage: Stage, anchor: tuple[Any, ...]) -> None:
    nova = await a_producer(stage.sessions)
    assert await stage.fault(nova, PAGED, first=1, after=write_cursor("statements", anchor)) == "BAD_CURSOR"


async def test_a_line_that_comes_too_late_for_its_statement_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9, 30)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    at(monkeypatch, 9, 30, hour=23)  # a worker whose clock is behind
    await sold(stage, nova, "pur_2", 500)
    broken = {one.invariant.name: one.broken_by for one in await audit(stage.sessions) if one.broken_by}
    assert broken["statement-sums"] == (
        f"{nova.producer} in 2026-09 has lines of 10500 CAD, and a statement that says 10000",
        f"{nova.producer} has 10500 CAD, and what is stated and came since is 10000",
    )


async def get(stage: Stage, url: str) -> httpx.Response:
    press = Press()
    try:
        app = Starlette(routes=FinanceDoor(stage.sessions, press, FinanceLinks(stage.settings)).routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get(url)
    finally:
        await press.close()


async def test_a_statement_is_the_same_paper_whenever_it_is_printed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    at(monkeypatch, 9, 3)
    await sold(stage, nova, "pur_1", 10_000)
    at(monkeypatch, 10, 2)
    await make_statements(stage.sessions, keep=kept)
    [month] = await seen(stage, nova)
    at(monkeypatch, 11)
    await sold(stage, nova, "pur_2", 10_000)
    first, second = [await get(stage, month["pdf"]["url"]) for _ in range(2)]
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.content == second.content
    assert (await get(stage, month["pdf"]["url"].replace("stm_", "stm_0"))).status_code == 403


async def spreadsheet(stage: Stage, who: Person, first: str, last: str) -> list[list[str]]:
    query = "query($from: Date!, $to: Date!) { finances { csv(from: $from, to: $to) { url } } }"
    url = (await stage.ask(who, query, **{"from": first, "to": last}))["finances"]["csv"]["url"]
    answer = await get(stage, url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["access-control-allow-origin"] == "*"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_spreadsheet_has_the_lines_of_the_days_that_were_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nova = await a_producer(stage.sessions)
    for day in (3, 4, 5):
        at(monkeypatch, 9, day)
        await sold(stage, nova, f"pur_{day}", 10_000 + day)
    at(monkeypatch, 9, 6)
    await refunded(stage, nova, "re_1", 50)
    head, *rows = await spreadsheet(stage, nova, "2026-09-04", "2026-09-06")
    assert head == ["entered_at", "happened_at", "kind", "text", "amount", "currency", "journal", "source"]
    assert [(row[0], row[2], row[4], row[5]) for row in rows] == [
        ("2026-09-04T12:00:00+00:00", "EXCLUSIVE_SALE", "100.04", "CAD"),
        ("2026-09-05T12:00:00+00:00", "EXCLUSIVE_SALE", "100.05", "CAD"),
        ("2026-09-06T12:00:00+00:00", "REFUND", "-0.50", "CAD"),
    ]
    assert len(await spreadsheet(stage, await a_producer(stage.sessions), "2026-09-04", "2026-09-06")) == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-09-06", "2026-09-04"), ("0001-01-01", "2026-09-04"), ("2026-09-06", "9999-12-31")],
)
async def test_days_in_the_wrong_order_or_out_of_any_calendar_are_refused(
    stage: Stage, first: str, last: str
) -> None:
    nova = await a_producer(stage.sessions)
    query = "query($from: Date!, $to: Date!) { finances { csv(from: $from, to: $to) { url } } }"
    assert await stage.fault(nova, query, **{"from": first, "to": last}) == "OUT_OF_RANGE"


async def test_an_address_of_a_spreadsheet_is_good_for_nothing_else(stage: Stage) -> None:
    nova = await a_producer(stage.sessions)
    query = '{ finances { csv(from: "2026-09-01", to: "2026-09-30") { url } } }'
    url = (await stage.ask(nova, query))["finances"]["csv"]["url"]
    for false in (
        url.replace("2026-09-30", "2026-10-30"),
        url.replace("pro_", "pro_0"),
        url.split("?")[0],
        f"{url}&x=1",
    ):
        assert (await get(stage, false)).status_code == 403
