"""What must always be true of payouts is looked at, and whatever breaks it is found (MONEY 5.3 to 5.6)."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api.earnings.auditing import audit
from db.bookkeeping import PAYOUT_CLEARING, STRIPE_CASH, payable_to
from db.clock import now
from db.ids import PayoutId
from db.models.payouts import Payout, PayoutAccount
from db.session import Sessions
from db.vocabulary import JobKind, JournalSource, PayoutAccountStatus, PayoutStatus
from tests.earnings.books import a_journal, a_move, earned, enter, looked
from tests.factories import Beatmaker, a_producer
from tests.payouts.begun import a_payout

pytestmark = pytest.mark.anyio


class Books:
    """A producer who has earned 50.00, and 20.00 of it on its way."""

    def __init__(self, sessions: Sessions, nova: Beatmaker, payout: PayoutId) -> None:
        self.sessions, self.nova, self.payout = sessions, nova, payout
        self.owed = payable_to(nova.producer)

    async def move(self, kind: JournalSource, came: Any, went: Any, minor: int = 2_000) -> None:
        journal = a_journal(self.payout, a_move(minor, from_account=came, to_account=went), kind=kind)
        await enter(self.sessions, journal)

    async def put(self, table: Any = Payout, **columns: Any) -> None:
        async with self.sessions.writing() as session:
            await session.execute(update(table).values(**columns))

    async def broken(self) -> dict[str, tuple[str, ...]]:
        return {one.invariant.name: one.broken_by for one in await audit(self.sessions) if one.broken_by}


@pytest.fixture
async def books(database_url: str) -> AsyncGenerator[Books]:
    sessions = Sessions(database_url)
    nova = await a_producer(sessions)
    made = Books(sessions, nova, await a_payout(sessions, nova.producer, 2_000))
    await enter(sessions, earned("sale", nova.producer, 5_000))
    await made.move(JournalSource.PAYOUT_BEGUN, made.owed, PAYOUT_CLEARING)
    yield made
    await sessions.close()


async def test_a_payout_on_each_step_of_its_way_breaks_nothing(books: Books) -> None:
    assert await books.broken() == {}
    await books.put(status=PayoutStatus.SENT, transfer_reference="tr_1", sent_at=now())
    await books.move(JournalSource.PAYOUT_SENT, PAYOUT_CLEARING, STRIPE_CASH)
    assert await books.broken() == {}
    await books.put(status=PayoutStatus.SETTLED, settled_at=now())
    assert await books.broken() == {}
    await books.put(status=PayoutStatus.FAILED, ended_at=now())
    assert await books.broken() == {}
    await books.put(returned_at=now())
    await books.move(JournalSource.PAYOUT_RETURNED, STRIPE_CASH, books.owed)
    assert await books.broken() == {}


async def test_what_is_on_its_way_in_the_books_alone_is_found(books: Books) -> None:
    await books.put(status=PayoutStatus.REQUESTED, begun_at=None)
    broken = await books.broken()
    assert broken["payouts-in-flight"] == ("payout_clearing has 2000 CAD, and 0 CAD are being sent",)
    line = f"PAYOUT_BEGUN: 2000 CAD from {books.owed} to payout_clearing"
    assert broken["payouts-entered"] == (f"{books.payout} is REQUESTED, and the books have ['{line}']",)
    assert broken["earned-less-paid"] == (
        f"{books.owed} has paid out 2000 CAD in the books, and 0 by its payouts",
    )


async def test_a_payout_of_another_amount_than_in_the_books_is_found(books: Books) -> None:
    await books.put(amount_minor=2_001)
    broken = await books.broken()
    assert set(broken) == {"payouts-in-flight", "payouts-entered", "earned-less-paid"}


async def test_what_the_books_sent_and_nobody_did_is_found(books: Books) -> None:
    await books.move(JournalSource.PAYOUT_SENT, PAYOUT_CLEARING, STRIPE_CASH)
    assert set(await books.broken()) == {"payouts-in-flight", "payouts-entered"}


async def test_a_transfer_of_what_was_not_sent_is_found(books: Books) -> None:
    await books.put(transfer_reference="tr_1")
    broken = await books.broken()
    assert broken["payouts-entered"] == (f"{books.payout} is SENDING, and its transfer is tr_1",)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (Payout, {"account_ready": False}),
        (Payout, {"destination": "acct_other"}),
        (PayoutAccount, {"ready_at": None}),
        (PayoutAccount, {"ready_at": now() + timedelta(days=1)}),
    ],
)
async def test_what_was_paid_to_who_was_not_ready_is_found(
    books: Books, table: Any, columns: dict[str, Any]
) -> None:
    await books.put(table, **columns)
    broken = await books.broken()
    assert [name for name in broken if name == "payouts-to-the-ready"] == ["payouts-to-the-ready"]
    assert books.payout in broken["payouts-to-the-ready"][0]


async def test_an_account_that_is_restricted_since_breaks_nothing(books: Books) -> None:
    await books.put(PayoutAccount, status=PayoutAccountStatus.RESTRICTED)
    assert await books.broken() == {}


async def test_a_payout_that_does_not_end_is_found(books: Books) -> None:
    await looked(books.sessions, JobKind.FOLLOW_PAYOUTS, timedelta(hours=1, minutes=1))
    await books.put(PayoutAccount, ready_at=now() - timedelta(days=30))
    await books.put(begun_at=now() - timedelta(hours=7))
    assert await books.broken() == {}
    await books.put(begun_at=now() - timedelta(hours=8))
    [line] = (await books.broken())["payouts-end"]
    assert line.startswith(f"{books.payout} is SENDING since ")


async def test_a_payout_that_nobody_looked_after_is_not_late_until_somebody_has(books: Books) -> None:
    await books.put(PayoutAccount, ready_at=now() - timedelta(days=30))
    await books.put(begun_at=now() - timedelta(days=20))
    assert await books.broken() == {}
    await looked(books.sessions, JobKind.FOLLOW_PAYOUTS, timedelta(days=20))
    await looked(books.sessions, JobKind.FOLLOW_PAYOUTS, timedelta(minutes=59))
    await looked(books.sessions, JobKind.EXPIRE_PURCHASES, timedelta(hours=2))
    assert await books.broken() == {}
    await looked(books.sessions, JobKind.FOLLOW_PAYOUTS, timedelta(minutes=61))
    assert set(await books.broken()) == {"payouts-end"}
