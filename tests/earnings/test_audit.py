"""MONEY 5: what must always be true is looked at, and whatever breaks it is found and heard of."""

import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from sqlalchemy import select, text
from sqlmodel import col

from api.audit import compared, report
from api.earnings.auditing import audit
from api.earnings.platform_journals import own_movement
from api.earnings.return_journals import Return, refunded
from api.earnings.subscription_journals import (
    Bill,
    PaidInvoice,
    fee_kept,
    invoice_paid,
)
from db import jobs
from db.bookkeeping import PAYOUT_CLEARING, PLATFORM_FEE, STRIPE_CASH, LedgerAccount, payable_to
from db.ids import InvoiceId, JobId
from db.models.jobs import Job
from db.models.ledger import Entry, Journal, ProducerBalance
from db.models.notices import Notification
from db.models.plans import Invoice, Plan, PlanSubscription
from db.queries.invariants import INVARIANTS
from db.queries.reconciliation import compared_from
from db.session import Sessions
from db.vocabulary import CurrencyCode, JobKind, JobState, JournalSource, NotificationKind
from tests.earnings.books import (
    MOMENT,
    NOVEMBER,
    a_journal,
    a_move,
    cad,
    earned,
    enter,
    paid_into_the_pool,
    shared_out,
)
from tests.factories import Beatmaker, a_listener, a_producer, staff
from tests.payouts.begun import a_payout
from tests.stage import Stage
from tests.tools.databases import on_sqlite
from tests.working import tools_of
from workers.actors import ledger
from workers.transaction import perform

pytestmark = pytest.mark.anyio
INVOICE: Final = PaidInvoice("in_1", MOMENT, cad(2900), cad(377))


@dataclass(frozen=True)
class Books:
    """A database, its engine, and a producer who has earned."""

    sessions: Sessions
    on_postgres: bool
    nova: Beatmaker

    async def execute(self, *statements: str) -> None:
        async with self.sessions.writing() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def without_checks(self, *statements: str) -> None:
        """As somebody would who has taken the table's checks away."""
        if self.on_postgres:
            await self.execute(
                "ALTER TABLE entry DROP CONSTRAINT amount_positive, DROP CONSTRAINT accounts_differ,"
                " DROP CONSTRAINT from_account_is_one, DROP CONSTRAINT to_account_is_one",
                *statements,
            )
        else:
            await self.execute("PRAGMA ignore_check_constraints = ON", *statements)
            await self.execute("PRAGMA ignore_check_constraints = OFF")

    async def plant(self, row: Any) -> None:
        async with self.sessions.writing() as session:
            session.add(row)

    async def broken(self) -> dict[str, tuple[str, ...]]:
        return {one.invariant.name: one.broken_by for one in await audit(self.sessions) if one.broken_by}


@pytest.fixture
async def books(database_url: str, database_engine: str) -> AsyncGenerator[Books]:
    """Books in which everything is as it should be, with something of all that there is."""
    sessions = Sessions(database_url)
    nova = await a_producer(sessions)
    refund = Return("re_1", cad(500), cad(0), MOMENT)
    late = Return("re_2", cad(500), cad(500), datetime(2026, 12, 1, tzinfo=UTC))
    await a_payout(sessions, nova.producer, 400, id="pot_1")
    await enter(
        sessions,
        invoice_paid(INVOICE),
        fee_kept(INVOICE, cad(125)),
        refunded(Bill(INVOICE, late=False), refund, JournalSource.SUBSCRIPTION_REFUND),
        refunded(Bill(INVOICE, late=True), late, JournalSource.SUBSCRIPTION_REFUND),
        shared_out("share", nova.producer, 1000),
        a_journal(
            "pot_1",
            a_move(400, from_account=payable_to(nova.producer), to_account=PAYOUT_CLEARING),
            kind=JournalSource.PAYOUT_BEGUN,
        ),
        earned("sale", nova.producer, 29_900, currency=CurrencyCode.EUR),
    )
    yield Books(sessions, database_engine == "postgres", nova)
    await sessions.close()


async def the_journal(books: Books, source: str) -> str:
    """Of an invoice, and not of its fee."""
    named = col(Journal.source_id) == source, col(Journal.source_kind) != JournalSource.SUBSCRIPTION_FEE
    async with books.sessions.reading() as session:
        return (await session.scalars(select(col(Journal.id)).where(*named))).one()


def an_entry(journal: str, from_account: str, to_account: str, minor: int = 5) -> Entry:
    values = {"from_account": from_account, "to_account": to_account, "amount_minor": minor}
    return Entry(journal_id=journal, position=9, currency=CurrencyCode.CAD, **values)  # type: ignore[arg-type]


async def test_nothing_is_found_in_books_that_are_right(books: Books) -> None:
    findings = await audit(books.sessions)
    assert [one.invariant for one in findings] == list(INVARIANTS)
    assert await books.broken() == {}


async def test_an_entry_that_moves_nothing_is_found(books: Books) -> None:
    journal = await the_journal(books, "share")
    entry = (
        "INSERT INTO entry (journal_id, position, from_account, to_account, amount_minor, currency) VALUES"
    )
    await books.without_checks(
        f"{entry} ('{journal}', 7, 'stripe_cash', 'suspense', 0, 'CAD')",
        f"{entry} ('{journal}', 8, 'suspense', 'suspense', 5, 'CAD')",
    )
    broken = await books.broken()
    assert broken.pop("unchanged-journals") == (f"{journal} is not what was entered",)
    assert broken == {
        "sound-entries": (f"entry 7 of {journal} moves nothing", f"entry 8 of {journal} moves nothing")
    }


async def test_an_account_that_the_books_do_not_have_is_found(books: Books) -> None:
    await enter(
        books.sessions,
        a_journal("one", a_move(5, from_account=STRIPE_CASH, to_account=LedgerAccount("sub_pool:2026-13"))),
    )
    broken = await books.broken()
    assert broken["sound-entries"] == ("'sub_pool:2026-13' is no account of the books",)


async def test_a_kept_balance_that_is_another_is_found(books: Books) -> None:
    await books.execute(
        "UPDATE producer_balance SET balance_minor = balance_minor + 1 WHERE currency = 'EUR'"
    )
    account = f"producer:{books.nova.producer}:payable"
    assert await books.broken() == {
        "cached-balances": (f"{account} is kept as 29901 EUR, and its entries come to 29900",)
    }


async def test_a_kept_balance_without_an_entry_and_an_entry_without_one_are_found(books: Books) -> None:
    kilo = await a_producer(books.sessions, "Kilo")
    await books.plant(ProducerBalance(producer_id=kilo.producer, currency=CurrencyCode.CAD, balance_minor=7))
    await books.execute("DELETE FROM producer_balance WHERE currency = 'EUR'")
    found = (await books.broken())["cached-balances"]
    assert set(found) == {
        f"producer:{kilo.producer}:payable is kept as 7 CAD, and its entries come to 0",
        f"producer:{books.nova.producer}:payable is kept as 0 EUR, and its entries come to 29900",
    }


async def test_a_cause_that_was_entered_twice_is_found(books: Books) -> None:
    await books.execute("DROP INDEX journal_once")
    await enter_past_the_index(books, "in_1")
    broken = await books.broken()
    assert broken["one-journal-per-source"] == ("SUBSCRIPTION_INVOICE in_1 has 2 journals",)


async def enter_past_the_index(books: Books, source: str) -> None:
    await books.plant(
        Journal(
            source_kind=JournalSource.SUBSCRIPTION_INVOICE,
            source_id=source,
            content_sha256="x",
            happened_at=MOMENT,
        )
    )


async def test_a_change_past_the_triggers_is_found_and_so_is_their_absence(books: Books) -> None:
    on = " ON entry" if books.on_postgres else ""
    await books.execute(
        f"DROP TRIGGER entry_never_update{on}",
        "UPDATE entry SET amount_minor = amount_minor + 1 WHERE to_account = 'payout_clearing'",
    )
    broken = await books.broken()
    assert broken["unchangeable-tables"] == ("the trigger entry_never_update is gone, or off",)
    assert broken["unchanged-journals"] == (f"{await the_journal(books, 'pot_1')} is not what was entered",)


async def test_an_entry_that_joined_a_journal_later_is_found(books: Books) -> None:
    journal = await the_journal(books, "in_1")
    await books.plant(an_entry(journal, "stripe_cash", "platform_fee"))
    assert await books.broken() == {"unchanged-journals": (f"{journal} is not what was entered",)}


async def test_a_pool_and_a_clearing_below_zero_are_found(books: Books) -> None:
    journal = await the_journal(books, "pot_1")
    await books.plant(an_entry(journal, PAYOUT_CLEARING, STRIPE_CASH, 401))
    await books.plant(an_entry(await the_journal(books, "in_1"), NOVEMBER, STRIPE_CASH, 1459))
    found = (await books.broken())["uncovered-accounts"]
    assert found == ("payout_clearing has -1 CAD", "sub_pool:2026-11 has -1 CAD")


async def test_earnings_of_nobody_are_found(books: Books) -> None:
    await books.plant(
        an_entry(await the_journal(books, "in_1"), "stripe_cash", "producer:pro_nobody:payable")
    )
    broken = await books.broken()
    assert broken["known-payees"] == ("pro_nobody has earned money, and there is no such producer",)


async def test_money_in_the_pool_of_another_month_is_found(books: Books) -> None:
    wrong_month = a_journal("in_2", a_move(5), happened_at=datetime(2026, 12, 1, tzinfo=UTC))
    wrong_cause = a_journal("re_3", a_move(5), kind=JournalSource.SUBSCRIPTION_REFUND)
    await enter(books.sessions, wrong_month, wrong_cause)
    found = (await books.broken())["pools-by-month"]
    assert set(found) == {
        "SUBSCRIPTION_INVOICE in_2 of 2026-12-01 went to sub_pool:2026-11",
        "SUBSCRIPTION_REFUND re_3 of 2026-11-15 went to sub_pool:2026-11",
    }


async def a_bill(books: Books, name: str, base: int, tax: int, *, paid: bool = True) -> None:
    """Of a plan that an account of its own has."""
    ari = await a_listener(books.sessions)
    async with books.sessions.writing() as session:
        plan = (await session.scalars(select(col(Plan.id)).where(col(Plan.price_minor) > 0))).first()
        assert plan
        had = PlanSubscription(account_id=ari.account, plan_id=plan, idempotency_key=name, return_path="/")
        session.add(had)
        await session.flush()
        said: dict[str, Any] = {
            "base_minor": base,
            "tax_minor": tax,
            "total_minor": base + tax,
            "paid_base_minor": base if paid else 0,
            "paid_tax_minor": tax if paid else 0,
            "currency": CurrencyCode.CAD,
            "issued_at": MOMENT,
            "paid_at": MOMENT if paid else None,
        }
        session.add(Invoice(id=InvoiceId(name), subscription_id=had.id, reference=name, number=name, **said))


async def test_a_paid_bill_that_the_books_do_not_have_as_it_is_is_found(books: Books) -> None:
    await a_bill(books, "in_1", 2900, 377)
    await a_bill(books, "inv_free", 0, 0)
    await a_bill(books, "inv_open", 2900, 377, paid=False)
    assert await books.broken() == {}
    await a_bill(books, "inv_lost", 2900, 377)
    await enter(books.sessions, invoice_paid(replace(INVOICE, id="inv_less", base=cad(2899))))
    await a_bill(books, "inv_less", 2900, 377)
    assert await books.broken() == {
        "paid-invoices": (
            "inv_less of 2026-11-15 is 2900 and 377 CAD of tax, and the books have 2899 and 377",
            "inv_lost of 2026-11-15 is 2900 and 377 CAD of tax, and the books have 0 and 0",
        )
    }


async def test_money_of_others_that_the_platform_draws_is_found(books: Books) -> None:
    at = datetime(2026, 12, 2, tzinfo=UTC)
    fee = a_journal("fee", a_move(2_000, to_account=PLATFORM_FEE), kind=JournalSource.EXCLUSIVE_SALE)
    own, more = (
        own_movement(name, "payout", cad(-minor), at) for name, minor in (("txn_1", 1_000), ("txn_2", 500))
    )
    assert own
    assert more
    await enter(books.sessions, fee, own)
    assert await books.broken() == {}
    await enter(books.sessions, more)
    assert await books.broken() == {"own-money": ("0.68 CAD were drawn that belong to others",)}


async def test_every_invariant_has_a_test_that_breaks_it() -> None:
    here = Path(__file__)
    elsewhere = (
        "purchases/test_books.py",
        "plays/test_at_once.py",
        "pool/test_books.py",
        "payouts/test_books.py",
        "earnings/test_statements.py",
    )
    files = (here, *(here.parents[1] / one for one in elsewhere))
    planted = "".join(one.read_text("utf-8") for one in files)
    assert [one.name for one in INVARIANTS if planted.count(f'"{one.name}"') == 0] == []


async def test_a_report_shows_what_is_wrong_and_how_much_more_there_is(books: Books) -> None:
    await books.execute("DROP INDEX journal_once")
    for number in range(25):
        await enter_past_the_index(books, f"in_{number:02}")
        await enter_past_the_index(books, f"in_{number:02}")
    lines = report(await audit(books.sessions)).splitlines()
    assert "BROKEN  one-journal-per-source: Nothing was entered twice. (57 journals)" in lines
    assert "        - SUBSCRIPTION_INVOICE in_00 has 2 journals" in lines
    assert "        - and 5 more" in lines
    assert f"holds   known-payees: {INVARIANTS[6].sentence} (2 balances)" in lines


async def by_night(stage: Stage) -> Job:
    """relay's job, done by the actor."""
    async with stage.sessions.writing() as session:
        await jobs.add(session, JobKind.AUDIT, key="tonight")
    async with stage.sessions.reading() as session:
        job = JobId((await session.scalars(select(col(Job.id)).where(col(Job.kind) == JobKind.AUDIT))).one())
    await perform(tools_of(stage), job, ledger.audit)
    async with stage.sessions.reading() as session:
        return await session.get_one(Job, job)


async def told(stage: Stage) -> list[Notification]:
    async with stage.sessions.reading() as session:
        return list(await session.scalars(select(Notification)))


async def test_a_night_without_findings_is_quiet(stage: Stage) -> None:
    await staff(stage.sessions)
    await enter(stage.sessions, paid_into_the_pool("one", 100))
    with structlog.testing.capture_logs() as logs:
        assert (await by_night(stage)).state is JobState.DONE
    assert [one["event"] for one in logs if one["log_level"] == "critical"] == []
    assert await told(stage) == []


async def test_whatever_is_wrong_at_night_is_in_the_log_and_told_to_staff_alone(stage: Stage) -> None:
    sam, nova = await staff(stage.sessions), await a_producer(stage.sessions)
    await a_listener(stage.sessions)
    await enter(stage.sessions, earned("one", nova.producer, 100))
    async with stage.sessions.writing() as session:
        await session.execute(text("UPDATE producer_balance SET balance_minor = 99"))
    with structlog.testing.capture_logs() as logs:
        assert (await by_night(stage)).state is JobState.DONE
    line = f"producer:{nova.producer}:payable is kept as 99 CAD, and its entries come to 100"
    [alarm] = [one for one in logs if one["log_level"] == "critical"]
    assert (alarm["event"], alarm["invariant"], alarm["count"], alarm["broken_by"]) == (
        "the books are wrong: a person must look",
        "cached-balances",
        1,
        [line],
    )
    [notice] = await told(stage)
    assert (notice.account_id, notice.kind, notice.title) == (
        sam.account,
        NotificationKind.SECURITY,
        "The books are wrong",
    )
    assert line in notice.body


def test_the_command_says_since_when_the_books_are_compared() -> None:
    assert compared(None) == ""
    said = compared(datetime(2026, 11, 5, 9, 30, tzinfo=UTC))
    assert said == "Ledger and payment provider are compared since 2026-11-05 09:30 UTC.\n"


@on_sqlite
async def test_the_command_says_what_it_found_and_ends_with_it(books: Books, database_url: str) -> None:
    given = {"BEATPASS_DATABASE_URL": database_url}
    done = run(given)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines(keepends=True)
    assert [line.partition(" ")[0] for line in lines[: len(INVARIANTS)]] == ["holds"] * len(INVARIANTS)
    async with books.sessions.reading() as session:
        since = await compared_from(session)
    assert "".join(lines[len(INVARIANTS) :]) == compared(since)
    await books.execute("UPDATE producer_balance SET balance_minor = 0 WHERE currency = 'EUR'")
    done = run(given)
    assert done.returncode == 1
    assert f"producer:{books.nova.producer}:payable is kept as 0 EUR" in done.stdout


def run(given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "api.audit"]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)


def test_the_database_of_bp_run_is_looked_at_where_none_is_named(tmp_path: Path) -> None:
    done = run({"BEATPASS_DATA_DIR": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no database")
    (tmp_path / "beatpass.db").touch()
    done = run({"BEATPASS_DATA_DIR": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be audited: no such table: entry" in done.stderr
