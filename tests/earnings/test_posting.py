"""MONEY 1: journals are entered once, never changed, and take from nobody what is not there."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.earnings.errors import AccountOverdrawn, JournalChanged
from api.earnings.ledger import post
from db.bookkeeping import (
    BAD_DEBT,
    PAYOUT_CLEARING,
    STRIPE_CASH,
    STRIPE_FEES,
    TAX_PAYABLE,
    LedgerAccount,
    NewJournal,
    payable_to,
)
from db.ids import ProducerId
from db.session import Sessions
from db.vocabulary import CurrencyCode, JournalSource
from tests.earnings.books import (
    CAD,
    MOMENT,
    NOVEMBER,
    a_journal,
    a_move,
    balances,
    earned,
    enter,
    entered,
    kept,
    paid_into_the_pool,
    sent_off,
    shared_out,
)
from tests.factories import a_producer
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
REFUSED = [
    "UPDATE journal SET source_id = 'other'",
    "UPDATE entry SET amount_minor = 1",
    "DELETE FROM journal",
    "DELETE FROM entry",
]


@pytest.fixture
async def sessions(database_url: str) -> AsyncGenerator[Sessions]:
    opened = Sessions(database_url)
    yield opened
    await opened.close()


async def test_a_journal_moves_what_it_says(sessions: Sessions) -> None:
    await enter(
        sessions,
        a_journal(
            "in_1",
            a_move(2900),
            a_move(377, to_account=TAX_PAYABLE),
            a_move(125, from_account=STRIPE_FEES, to_account=STRIPE_CASH),
        ),
    )
    assert await balances(sessions) == {
        (STRIPE_CASH, CAD): -3152,
        (NOVEMBER, CAD): 2900,
        (TAX_PAYABLE, CAD): 377,
        (STRIPE_FEES, CAD): -125,
    }
    assert await entered(sessions) == (1, 3)
    assert await kept(sessions) == {}


async def test_currencies_are_accounts_of_their_own(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, earned("one", nova, 100), earned("two", nova, 30, currency=CurrencyCode.EUR))
    assert await kept(sessions) == {(nova, CAD): 100, (nova, CurrencyCode.EUR): 30}
    assert (await balances(sessions))[payable_to(nova), CurrencyCode.EUR] == 30


async def test_a_replay_changes_nothing(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, earned("one", nova, 100))
    before = await balances(sessions), await kept(sessions), await entered(sessions)
    await enter(sessions, earned("one", nova, 100))
    await enter(sessions, earned("one", nova, 100), earned("one", nova, 100))
    assert (await balances(sessions), await kept(sessions), await entered(sessions)) == before


async def test_the_order_of_moves_is_no_change(sessions: Sessions) -> None:
    moves = a_move(100), a_move(20, to_account=TAX_PAYABLE)
    await enter(sessions, a_journal("one", *moves))
    await enter(sessions, a_journal("one", *reversed(moves)))
    assert await entered(sessions) == (1, 2)


CHANGED = {
    "amount": a_journal("one", a_move(101)),
    "account": a_journal("one", a_move(100, to_account=TAX_PAYABLE)),
    "currency": a_journal("one", a_move(100, currency=CurrencyCode.USD)),
    "one move more": a_journal("one", a_move(100), a_move(1)),
    "no move": a_journal("one"),
    "moment": a_journal("one", a_move(100), happened_at=MOMENT + timedelta(milliseconds=1)),
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
async def test_a_changed_replay_is_refused_with_all_that_came_with_it(
    sessions: Sessions, changed: NewJournal
) -> None:
    await enter(sessions, paid_into_the_pool("one", 100))
    with pytest.raises(JournalChanged, match="SUBSCRIPTION_INVOICE one was entered before"):
        await enter(sessions, paid_into_the_pool("two", 5), changed)
    assert await balances(sessions) == {(STRIPE_CASH, CAD): -100, (NOVEMBER, CAD): 100}
    assert await entered(sessions) == (1, 1)


async def test_one_call_cannot_say_two_things_of_one_cause(sessions: Sessions) -> None:
    with pytest.raises(JournalChanged):
        await enter(sessions, paid_into_the_pool("one", 100), paid_into_the_pool("one", 101))
    assert await entered(sessions) == (0, 0)


async def test_the_same_id_of_another_kind_is_another_cause(sessions: Sessions) -> None:
    back = a_journal(
        "one",
        a_move(40, from_account=NOVEMBER, to_account=STRIPE_CASH),
        kind=JournalSource.SUBSCRIPTION_REFUND,
    )
    await enter(sessions, paid_into_the_pool("one", 100), back)
    assert await balances(sessions) == {(STRIPE_CASH, CAD): -60, (NOVEMBER, CAD): 60}


async def test_a_cause_that_moved_nothing_is_known_as_well(sessions: Sessions) -> None:
    await enter(sessions, a_journal("free"))
    await enter(sessions, a_journal("free"))
    assert await entered(sessions) == (1, 0)


async def test_of_many_who_enter_the_same_at_once_one_does(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await asyncio.gather(*(enter(sessions, earned("one", nova, 100)) for _ in range(8)))
    assert await kept(sessions) == {(nova, CAD): 100}
    assert await entered(sessions) == (1, 1)


async def test_of_two_who_say_different_things_at_once_one_is_refused(sessions: Sessions) -> None:
    attempts = [enter(sessions, paid_into_the_pool("one", 100 + number)) for number in range(6)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["JournalChanged"] * 5 + [
        "NoneType"
    ]
    assert await entered(sessions) == (1, 1)


async def test_who_enters_many_in_any_order_at_once_waits_for_nobody_for_ever(sessions: Sessions) -> None:
    producers = [(await a_producer(sessions)).producer for _ in range(3)]
    all_of_them = [
        paid_into_the_pool("pool", 1000),
        *(shared_out(f"share-{place}", one, 50) for place, one in enumerate(producers)),
        *(sent_off(f"out-{place}", one, 20) for place, one in enumerate(producers)),
    ]
    turned = [all_of_them[place:] + all_of_them[:place] for place in range(len(all_of_them))]
    await asyncio.gather(*(enter(sessions, *some) for some in turned))
    assert await kept(sessions) == {(one, CAD): 30 for one in producers}
    assert (await balances(sessions))[PAYOUT_CLEARING, CAD] == 60
    assert await entered(sessions) == (7, 7)


async def test_a_pool_gives_what_it_has_and_not_a_cent_more(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, paid_into_the_pool("in", 100))
    with pytest.raises(AccountOverdrawn, match=r"sub_pool:2026-11 would have -1 CAD"):
        await enter(sessions, shared_out("too much", nova, 101))
    assert (await entered(sessions), await kept(sessions)) == ((1, 1), {})
    await enter(sessions, shared_out("all", nova, 100))
    assert (await balances(sessions))[NOVEMBER, CAD] == 0


async def test_money_in_another_currency_is_no_cover(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, a_journal("in", a_move(100, currency=CurrencyCode.USD)))
    with pytest.raises(AccountOverdrawn):
        await enter(sessions, shared_out("out", nova, 1))
    assert await entered(sessions) == (1, 1)


async def test_what_comes_in_with_the_same_call_is_cover(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, shared_out("a-out", nova, 70), paid_into_the_pool("b-in", 100))
    assert (await balances(sessions))[NOVEMBER, CAD] == 30


async def test_those_who_take_at_once_cannot_take_the_same(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, paid_into_the_pool("in", 100))
    attempts = [enter(sessions, shared_out(f"out-{number}", nova, 30)) for number in range(8)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(one) for one in outcomes if one is not None] == [AccountOverdrawn] * 5
    assert (await balances(sessions))[NOVEMBER, CAD] == 10
    assert await kept(sessions) == {(nova, CAD): 90}


async def test_what_is_on_its_way_is_never_less_than_nothing(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(sessions, sent_off("payout", nova, 50))
    too_much = a_journal("settled", a_move(51, from_account=PAYOUT_CLEARING, to_account=STRIPE_CASH))
    with pytest.raises(AccountOverdrawn):
        await enter(sessions, too_much)
    assert (await balances(sessions))[PAYOUT_CLEARING, CAD] == 50


async def test_a_producer_may_owe_us(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    await enter(
        sessions, a_journal("clawback", a_move(80, from_account=payable_to(nova), to_account=BAD_DEBT))
    )
    assert await kept(sessions) == {(nova, CAD): -80}


async def test_nobody_earns_who_is_no_producer(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError):
        await enter(sessions, earned("one", ProducerId("pro_nobody"), 100))
    assert await entered(sessions) == (0, 0)


@pytest.mark.parametrize("name", ["cash", "sub_pool:2026", "producer:acc_x:payable", "sub_pool:2026-111", ""])
async def test_the_database_knows_its_accounts(sessions: Sessions, name: str) -> None:
    with pytest.raises(IntegrityError):
        await enter(sessions, a_journal("one", a_move(1, to_account=LedgerAccount(name))))
    assert await entered(sessions) == (0, 0)


@pytest.mark.parametrize("statement", REFUSED)
async def test_nobody_changes_what_was_entered(sessions: Sessions, statement: str) -> None:
    await enter(sessions, paid_into_the_pool("one", 100))
    with pytest.raises(IntegrityError, match="never changed"):
        async with sessions.writing() as session:
            await session.execute(text(statement))
    assert await balances(sessions) == {(STRIPE_CASH, CAD): -100, (NOVEMBER, CAD): 100}


@pytest.mark.parametrize("table", ["journal", "entry"])
async def test_the_ledger_cannot_be_emptied(sessions: Sessions, database_engine: str, table: str) -> None:
    await enter(sessions, paid_into_the_pool("one", 100))
    statement = f"TRUNCATE {table} CASCADE" if database_engine == "postgres" else f"DELETE FROM {table}"
    with pytest.raises(DBAPIError, match="never changed"):
        async with sessions.writing() as session:
            await session.execute(text(statement))
    assert await entered(sessions) == (1, 1)


@on_sqlite
@pytest.mark.parametrize("table", ["journal", "entry"])
async def test_sqlite_replaces_no_row_of_it_either(sessions: Sessions, table: str) -> None:
    await enter(sessions, paid_into_the_pool("one", 100))
    with pytest.raises(IntegrityError, match="never changed"):
        async with sessions.writing() as session:
            await session.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
    assert await entered(sessions) == (1, 1)


async def test_what_was_rolled_back_was_never_entered(sessions: Sessions) -> None:
    nova = (await a_producer(sessions)).producer
    with pytest.raises(ZeroDivisionError):
        async with sessions.writing() as session:
            await post(session, earned("one", nova, 100))
            raise ZeroDivisionError
    assert (await entered(sessions), await kept(sessions)) == ((0, 0), {})
    await enter(sessions, earned("one", nova, 55))
    assert await kept(sessions) == {(nova, CAD): 55}


async def test_entering_nothing_is_nothing(sessions: Sessions) -> None:
    await enter(sessions)
    assert await entered(sessions) == (0, 0)
