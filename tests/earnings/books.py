"""Books to test with: journals in few words, and what is in the ledger."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlmodel import col

from api.earnings.ledger import post
from db import jobs
from db.bookkeeping import (
    PAYOUT_CLEARING,
    STRIPE_CASH,
    LedgerAccount,
    Move,
    NewJournal,
    Place,
    Source,
    payable_to,
    pool_of,
)
from db.clock import now
from db.ids import ProducerId, new_id
from db.models.jobs import Job
from db.models.ledger import Entry, Journal
from db.money import Amount
from db.queries import ledger
from db.session import Sessions
from db.vocabulary import CurrencyCode, JobKind, JobState, JournalSource

NOVEMBER: Final = pool_of("2026-11")
MOMENT: Final = datetime(2026, 11, 15, 12, 30, tzinfo=UTC)
CAD: Final = CurrencyCode.CAD


def cad(minor: int) -> Amount:
    return Amount(minor, CAD)


def a_move(
    minor: int,
    *,
    from_account: LedgerAccount = STRIPE_CASH,
    to_account: LedgerAccount = NOVEMBER,
    currency: CurrencyCode = CAD,
) -> Move:
    return Move(from_account, to_account, Amount(minor, currency))


def a_journal(
    name: str,
    *moves: Move,
    kind: JournalSource = JournalSource.SUBSCRIPTION_INVOICE,
    happened_at: datetime = MOMENT,
) -> NewJournal:
    return NewJournal(Source(kind, name), happened_at, moves, about=name)


def paid_into_the_pool(name: str, minor: int) -> NewJournal:
    return a_journal(name, a_move(minor))


def earned(name: str, producer: ProducerId, minor: int, *, currency: CurrencyCode = CAD) -> NewJournal:
    return a_journal(name, a_move(minor, to_account=payable_to(producer), currency=currency))


def shared_out(name: str, producer: ProducerId, minor: int) -> NewJournal:
    """Out of November's pool, to a producer."""
    return a_journal(name, a_move(minor, from_account=NOVEMBER, to_account=payable_to(producer)))


def sent_off(name: str, producer: ProducerId, minor: int) -> NewJournal:
    """On its way to a producer."""
    return a_journal(name, a_move(minor, from_account=payable_to(producer), to_account=PAYOUT_CLEARING))


async def enter(sessions: Sessions, *journals: NewJournal) -> None:
    async with sessions.writing() as session:
        await post(session, *journals)


async def balances(sessions: Sessions) -> dict[Place, int]:
    async with sessions.reading() as session:
        return await ledger.balances(session)


async def kept(sessions: Sessions) -> dict[tuple[ProducerId, CurrencyCode], int]:
    """What is kept of producers' balances."""
    async with sessions.reading() as session:
        rows = await ledger.producer_balances(session)
    return {(row.producer_id, row.currency): row.balance_minor for row in rows}


async def entered(sessions: Sessions) -> tuple[int, int]:
    """How many journals and entries there are."""
    counts: Counter[str] = Counter()
    async with sessions.reading() as session:
        for table in (Journal, Entry):
            counts[table.__name__] = (
                await session.execute(select(func.count()).select_from(table))
            ).scalar_one()
    return counts["Journal"], counts["Entry"]


async def looked(sessions: Sessions, kind: JobKind, ago: timedelta) -> None:
    """A job that looks after what comes to an end, done so long ago."""
    async with sessions.writing() as session:
        await jobs.add(session, kind, key=new_id("evt"))
        done = {"state": JobState.DONE, "finished_at": now() - ago}
        await session.execute(
            update(Job).where(col(Job.kind) == kind, col(Job.state) == JobState.READY).values(**done)
        )
