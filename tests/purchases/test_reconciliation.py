"""MONEY 5.11: the ledger's cash is the provider's balance, and each movement of it concerns one thing of ours."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.earnings import reconciliation
from api.earnings.reconciliation import reconcile
from api.gateways.balance_payments import BalancePayments
from db import jobs
from db.bookkeeping import SUSPENSE
from db.clock import now
from db.ids import JobId
from db.models.jobs import Job
from db.models.ledger import Journal
from db.models.notices import Notification
from db.models.plans import Invoice
from db.models.reconciliation import BalanceMovement
from db.queries import ledger as books
from db.queries import reconciliation as queries
from db.queries.reconciliation import BreakRow, Difference
from db.vocabulary import JobKind, JobState, JournalSource
from schema.scalars import write_instant
from tests.earnings.books import a_journal, a_move, enter
from tests.factories import a_listener, a_producer, staff
from tests.purchases.market import Market
from tests.working import tools_of
from workers.actors import ledger
from workers.transaction import perform

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has moved a moment ago is looked at too."""
    monkeypatch.setattr(reconciliation, "_SETTLED_AFTER", timedelta(seconds=-1))


async def differences(market: Market) -> list[Difference]:
    payments = tools_of(market.stage).payments
    assert payments
    return await reconcile(market.stage.sessions, payments.balance)


async def movements(market: Market) -> dict[str, Any]:
    async with market.stage.sessions.reading() as session:
        rows = await session.execute(select(col(BalanceMovement.id), col(BalanceMovement.about)))
    return {str(one): about for one, about in rows}


async def test_everything_that_is_sold_refunded_and_disputed_agrees(market: Market) -> None:
    ari, sam = await a_listener(market.stage.sessions), await a_listener(market.stage.sessions)
    await market.subscribed(sam, "Classic")
    kept = await market.bought(ari, await market.on_sale())
    back = await market.bought(ari, await market.on_sale())
    await market.refund(ari, back)
    await market.hear()
    taken = await market.bought(sam, await market.on_sale())
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    await market.hear()
    assert await differences(market) == []
    market.seller.control("POST", f"/disputes/{dispute}/win")
    await market.hear()
    assert await differences(market) == []
    subjects = set((await movements(market)).values())
    assert {kept, back, taken} < subjects
    assert (len(subjects), None in subjects) == (4, False)


async def test_what_is_not_heard_of_is_a_break_until_it_is(market: Market) -> None:
    ari, boss = await a_listener(market.stage.sessions), await staff(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    payment = str((await market.row(purchase)).payment_reference)
    market.seller.stripe.v1.refunds.create({"payment_intent": payment, "amount": 1000})
    found = [Difference(purchase, "USD", 33_788 - 1010, 32_788 - 1010)]
    for _ in range(2):
        assert await differences(market) == found
    query = "{ staff { ledgerBreaks { reference ledger { amount currency } provider { amount } } } }"
    seen = (await market.stage.ask(boss, query))["staff"]["ledgerBreaks"]
    assert seen == [
        {
            "reference": purchase,
            "ledger": {"amount": "327.78", "currency": "USD"},
            "provider": {"amount": "317.78"},
        }
    ]
    assert await told(market) == ["Ledger and payment provider disagree"]
    await market.hear()
    assert await differences(market) == []
    assert (await market.stage.ask(boss, query))["staff"]["ledgerBreaks"] == []


def _without_subjects(usual: Any) -> Any:
    async def add_journals(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> Any:
        return await usual(session, [{**row, "about": None} for row in rows])

    return add_journals


async def of_an_earlier_release(market: Market, patch: pytest.MonkeyPatch) -> str:
    """A sale and a paid bill from when journals did not say what they concern, nor bills by what they were paid."""
    with patch.context() as earlier:
        earlier.setattr(books, "add_journals", _without_subjects(books.add_journals))
        ari = await a_listener(market.stage.sessions, "Old")
        await market.subscribed(ari, "Classic")
        purchase = await market.bought(ari, await market.on_sale())
        await market.hear()
    async with market.stage.sessions.writing() as session:
        await session.execute(update(Invoice).values(payment_reference=None))
    return purchase


async def test_what_an_earlier_release_entered_is_no_break_and_what_follows_is_compared(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, query = await staff(market.stage.sessions), "{ staff { ledgerComparedFrom } }"
    market.seller.control("POST", "/clock", to=int(now().timestamp()))
    old = await of_an_earlier_release(market, monkeypatch)
    assert await differences(market) == []
    market.seller.control("POST", "/clock", to=int(now().timestamp()) + 2)  # which stands, in whole seconds
    ari = await a_listener(market.stage.sessions)
    new = await market.bought(ari, await market.on_sale())
    await market.subscribed(await a_listener(market.stage.sessions, "Bo"), "Classic")
    await market.hear()
    assert await differences(market) == []
    async with market.stage.sessions.reading() as session:
        silent = select(func.max(col(Journal.posted_at))).where(col(Journal.about).is_(None))
        since = write_instant((await session.scalars(silent)).one())
    assert await market.stage.ask(boss, query) == {"staff": {"ledgerComparedFrom": since}}
    for purchase in (old, new):
        payment = str((await market.row(purchase)).payment_reference)
        market.seller.stripe.v1.refunds.create({"payment_intent": payment, "amount": 1000})
    assert [one.reference for one in await differences(market)] == [new]


async def test_where_every_journal_says_what_it_concerns_all_is_compared(market: Market) -> None:
    boss = await staff(market.stage.sessions)
    await market.bought(await a_listener(market.stage.sessions), await market.on_sale())
    market.seller.stripe.v1.payouts.create({"amount": 500, "currency": "usd"})
    assert await differences(market) == []
    assert await market.stage.ask(boss, "{ staff { ledgerComparedFrom } }") == {
        "staff": {"ledgerComparedFrom": None}
    }


async def test_a_journal_that_nothing_moved_for_is_a_break(market: Market) -> None:
    await enter(
        market.stage.sessions,
        a_journal("re_9", a_move(500, to_account=SUSPENSE), kind=JournalSource.LATE_PAYMENT),
    )
    assert await differences(market) == [Difference("re_9", "CAD", 500, None)]


async def test_what_the_platform_draws_for_itself_is_entered_and_comes_back(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    await market.bought(ari, await market.on_sale())
    market.seller.stripe.v1.payouts.create({"amount": 500, "currency": "usd"})
    for _ in range(2):
        assert await differences(market) == []
    assert await market.entries("PLATFORM_PAYOUT") == [
        ("PLATFORM_PAYOUT", "platform_fee", "stripe_cash", 500, "USD")
    ]


async def test_a_movement_that_nobody_knows_is_a_break_by_its_own_name(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    await market.bought(ari, await market.on_sale())
    price: Any = {"currency": "usd", "unit_amount": 700, "product_data": {"name": "A hat"}}
    sale: Any = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "https://x.test",
    }
    market.seller.pay(market.seller.stripe.v1.checkout.sessions.create(sale).id)
    [found] = await differences(market)
    assert (found.reference[:4], found.ledger_minor, found.provider_minor) == ("txn_", None, 700 - 50)


async def test_what_moved_lately_is_looked_at_next_time(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter(
        market.stage.sessions,
        a_journal("re_9", a_move(500, to_account=SUSPENSE), kind=JournalSource.LATE_PAYMENT),
    )
    monkeypatch.setattr(reconciliation, "_SETTLED_AFTER", timedelta(hours=2))
    assert await differences(market) == []


async def test_movements_that_were_lost_show_in_the_balance(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.bought(ari, await market.on_sale())
    assert await differences(market) == []
    async with market.stage.sessions.writing() as session:
        row = (await session.scalars(select(BalanceMovement))).one()
        row.net_minor -= 1
    found = await differences(market)
    assert found == [
        Difference(purchase, "USD", 32_778, 32_777),
        Difference("balance", "USD", 32_777, 32_778),
    ]


async def test_a_break_of_a_busy_balance_stays_the_same_break(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    ari = await a_listener(market.stage.sessions)
    await staff(market.stage.sessions)
    await market.bought(ari, await market.on_sale())
    await differences(market)
    async with market.stage.sessions.writing() as session:
        (await session.scalars(select(BalanceMovement))).one().net_minor -= 1
    await differences(market)
    before = await open_breaks(market)
    real, looks = BalancePayments.balances, count()

    async def busy(balance: BalancePayments) -> dict[str, int]:
        """Somebody pays between any two looks."""
        there, more = await real(balance), next(looks)
        return {currency: minor + more for currency, minor in there.items()}

    monkeypatch.setattr(BalancePayments, "balances", busy)
    await differences(market)
    monkeypatch.setattr(BalancePayments, "balances", real)
    await differences(market)
    assert await open_breaks(market) == before
    assert await told(market) == ["Ledger and payment provider disagree"]


async def open_breaks(market: Market) -> list[BreakRow]:
    async with market.stage.sessions.reading() as session:
        return await queries.open_breaks(session)


async def test_the_job_reconciles_and_runs_again(market: Market) -> None:
    await market.bought(
        await a_listener(market.stage.sessions), await market.on_sale(await a_producer(market.stage.sessions))
    )
    for key in ("one", "two"):
        async with market.stage.sessions.writing() as session:
            await jobs.add(session, JobKind.RECONCILE, key=key)
        async with market.stage.sessions.reading() as session:
            waits = col(Job.kind) == JobKind.RECONCILE, col(Job.state) == JobState.READY
            job = JobId((await session.scalars(select(col(Job.id)).where(*waits))).one())
        await perform(tools_of(market.stage), job, ledger.reconcile)
    async with market.stage.sessions.reading() as session:
        assert await queries.open_breaks(session) == []
    assert len(await movements(market)) == 1


async def told(market: Market) -> list[str]:
    async with market.stage.sessions.reading() as session:
        return list(
            await session.scalars(
                select(col(Notification.title)).where(col(Notification.title).like("Ledger%"))
            )
        )
