"""Journals a second: four writers on Postgres, one on SQLite; goals 1,500 and 4,000.

A journal is a paid invoice (two entries), one with a producer's earnings (three, and a balance that is kept), or a share of
the pool that the others filled (one, a turn at the pool, a fold of it, and a balance). One in a transaction, as webhooks come, and
many in one, as pools are shared out. Both databases are as in production: SQLite
with synchronous = NORMAL, Postgres with fsync, on the disk of the temporary folder. Each writer is a process of its own.
"""

import argparse
import asyncio
import multiprocessing
import tempfile
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from api.earnings.auditing import Finding, audit
from api.earnings.ledger import post
from api.earnings.subscription_journals import PaidInvoice, invoice_paid
from db.bookkeeping import Move, NewJournal, Source, payable_to, period_of, pool_of
from db.clock import now
from db.ids import ProducerId
from db.migrate import upgrade
from db.money import Amount
from db.session import Sessions
from db.vocabulary import CurrencyCode, JournalSource
from tests.factories import a_producer
from tests.tools import postgres

PRODUCERS: Final = 200
_CAD: Final = CurrencyCode.CAD


def invoices(writer: int) -> Iterator[NewJournal]:
    """As webhooks bring them."""
    moment = now()
    for number in range(10**9):
        amounts = Amount(4500, _CAD), Amount(585, _CAD)
        yield invoice_paid(PaidInvoice(f"in_{writer}_{number}_{uuid.uuid4().hex}", moment, *amounts))


def earnings(writer: int, producers: list[ProducerId]) -> Iterator[NewJournal]:
    """From the provider to producers, so that every journal changes a balance that is kept."""
    for number, invoice in enumerate(invoices(writer)):
        producer = producers[(number * 7 + writer) % len(producers)]
        share = Move(pool_of(period_of(invoice.happened_at)), payable_to(producer), Amount(4000, _CAD))
        yield NewJournal(
            Source(JournalSource.SUBSCRIPTION_INVOICE, invoice.source.id),
            invoice.happened_at,
            (*invoice.moves, share),
        )


def shares(writer: int, producers: list[ProducerId]) -> Iterator[NewJournal]:
    """Out of the pool that the others filled: each transaction takes its turn, and folds the pool."""
    moment = now()
    pool = pool_of(period_of(moment))
    for number in range(10**9):
        producer = producers[(number * 7 + writer) % len(producers)]
        source = Source(JournalSource.SUBSCRIPTION_REFUND, f"out_{writer}_{number}_{uuid.uuid4().hex}")
        yield NewJournal(source, moment, (Move(pool, payable_to(producer), Amount(1, _CAD)),))


async def write(url: str, journals: Iterator[NewJournal], at_once: int, seconds: float) -> float:
    """Journals a second, of one writer."""
    sessions, written = Sessions(url), 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        async with sessions.writing() as session:
            await post(session, *islice(journals, at_once))
        written += at_once
    spent = time.perf_counter() - started
    await sessions.close()
    return written / spent


def writer(task: tuple[str, int, str, list[ProducerId], int, float]) -> float:
    url, number, what, producers, at_once, seconds = task
    made = {
        "invoices": invoices(number),
        "earnings": earnings(number, producers),
        "shares": shares(number, producers),
    }
    journals = made[what]
    return asyncio.run(write(url, journals, at_once, seconds))


def measure(url: str, name: str, writers: int, seconds: float) -> None:
    producers = asyncio.run(_producers(url))
    for what in ("invoices", "earnings", "shares"):
        for at_once in (1, 20, 200):
            tasks = [(url, number, what, producers, at_once, seconds) for number in range(writers)]
            with multiprocessing.get_context("spawn").Pool(writers) as pool:
                rate = sum(pool.map(writer, tasks))
            print(f"{name}, {writers} writer(s), {what}, {at_once} in a transaction: {rate:,.0f} journals/s")
    started = time.perf_counter()
    findings = asyncio.run(_audited(url))
    assert not any(one.broken_by for one in findings), findings
    print(f"{name}: audit of all of that in {time.perf_counter() - started:.1f} s, nothing found")


async def _producers(url: str) -> list[ProducerId]:
    sessions = Sessions(url)
    made = [(await a_producer(sessions)).producer for _ in range(PRODUCERS)]
    await sessions.close()
    return made


async def _audited(url: str) -> list[Finding]:
    sessions = Sessions(url)
    found = await audit(sessions)
    await sessions.close()
    return found


def on_postgres(writers: int, seconds: float) -> None:
    with postgres.postgres_server(durable=True) as server, postgres.database(server, "bench") as url:
        upgrade(url)
        measure(url, "Postgres", writers, seconds)


def on_sqlite(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'beatpass.db'}"
        upgrade(url)
        measure(url, "SQLite", 1, seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=4, help="on Postgres")
    parser.add_argument("--seconds", type=float, default=5, help="for each figure")
    given = parser.parse_args()
    on_sqlite(given.seconds)
    on_postgres(given.writers, given.seconds)
