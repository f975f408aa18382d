"""Paid bills enter the books, whenever the provider says what it kept (MONEY 1)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.earnings.auditing import audit
from api.gateways.payment_facts import InvoiceFacts
from api.gateways.sale_facts import (
    DisputeFacts,
    DisputeState,
    MoneyState,
    Movement,
    RefundFacts,
    SaleFacts,
)
from api.plans.bills import keep_bill
from db.bookkeeping import BAD_DEBT, STRIPE_CASH, STRIPE_FEES, TAX_PAYABLE, Place, payable_to, pool_of
from db.ids import PlanSubscriptionId
from db.models.plans import Plan, PlanSubscription
from db.models.pools import PoolLateReturn
from db.vocabulary import CurrencyCode
from tests.earnings.books import balances, cad, entered
from tests.factories import Beatmaker, a_listener
from tests.pool.months import Catalogue, a_catalogue
from tests.stage import Stage

pytestmark = pytest.mark.anyio
CAD: Final = CurrencyCode.CAD
POOL: Final = pool_of("2026-05")
BILL: Final = InvoiceFacts(
    reference="in_1",
    subscription="sub_1",
    number="BP-0001",
    currency=CAD,
    total=3277,
    base=2900,
    tax=377,
    issued_at=datetime(2026, 5, 31, 23, tzinfo=UTC),
    paid_at=datetime(2026, 5, 31, 23, 59, tzinfo=UTC),
    pdf_url=None,
    paid=3277,
    payment="pi_1",
)
MOMENT: Final = datetime(2026, 6, 10, tzinfo=UTC)
PAYMENT: Final = SaleFacts("pi_1", MoneyState.TAKEN, cad(3277), None, (), ())
KEPT: Final = replace(PAYMENT, movement=Movement("txn_1", cad(3277), cad(125), MOMENT))
"""Of which it is known what the provider kept."""


async def a_subscription(stage: Stage) -> PlanSubscriptionId:
    ari = await a_listener(stage.sessions)
    async with stage.sessions.writing() as session:
        plan = (await session.scalars(select(col(Plan.id)).where(col(Plan.name) == "Classic"))).one()
        had = PlanSubscription(account_id=ari.account, plan_id=plan, idempotency_key="1", return_path="/")
        session.add(had)
    return had.id


async def learn(
    stage: Stage, subscription: PlanSubscriptionId, bill: InvoiceFacts, payment: SaleFacts | None = PAYMENT
) -> bool:
    async with stage.sessions.writing() as session:
        return await keep_bill(session, subscription, bill, payment)


async def test_a_fee_that_is_said_later_is_entered_then_and_once(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    assert not await learn(stage, subscription, BILL)
    paid = {(STRIPE_CASH, CAD): -3277, (POOL, CAD): 2900, (TAX_PAYABLE, CAD): 377}
    assert await balances(stage.sessions) == paid
    for _ in range(2):
        assert await learn(stage, subscription, BILL, KEPT)
    await learn(stage, subscription, BILL)
    assert await balances(stage.sessions) == paid | {(STRIPE_CASH, CAD): -3152, (STRIPE_FEES, CAD): -125}
    assert await entered(stage.sessions) == (2, 3)
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []


async def test_a_bill_that_is_not_paid_moves_nothing(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, replace(BILL, paid_at=None, paid=0, payment=None), None)
    assert await entered(stage.sessions) == (0, 0)
    await learn(stage, subscription, BILL)
    assert await entered(stage.sessions) == (1, 2)


async def test_a_bill_of_nothing_moves_nothing(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, replace(BILL, total=0, base=0, tax=0, paid=0, payment=None), None)
    assert await entered(stage.sessions) == (0, 0)
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []


def given_back(minor: int, name: str = "re_1") -> SaleFacts:
    refund = RefundFacts(
        name, cad(minor), MOMENT, False, (Movement(f"txn_{name}", cad(-minor), cad(0), MOMENT),)
    )
    return replace(KEPT, refunds=(*KEPT.refunds, refund))


def disputed(state: DisputeState) -> SaleFacts:
    taken = Movement("txn_2", cad(-3277), cad(1500), MOMENT)
    back = (Movement("txn_3", cad(3277), cad(0), MOMENT),) if state is DisputeState.WON else ()
    return replace(KEPT, disputes=(DisputeFacts("dp_1", cad(3277), state, MOMENT, (taken, *back)),))


async def close(stage: Stage) -> tuple[Catalogue, Beatmaker]:
    """Close May, of which one producer has everything."""
    months = await a_catalogue(stage)
    nova = await months.producer()
    await months.beat(nova)
    await months.closed()
    return months, nova


async def left(stage: Stage) -> dict[Place, int]:
    """What accounts have, those with nothing left out."""
    return {place: minor for place, minor in (await balances(stage.sessions)).items() if minor}


async def late(stage: Stage) -> dict[str, int]:
    """What the platform has advanced."""
    async with stage.sessions.reading() as session:
        found = await session.execute(select(col(PoolLateReturn.id), col(PoolLateReturn.base_minor)))
    return {str(name): int(minor) for name, minor in found}


async def test_what_goes_back_before_the_month_is_closed_comes_out_of_its_pool(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    for _ in range(2):
        assert await learn(stage, subscription, BILL, given_back(3277))
    assert await left(stage) == {(STRIPE_CASH, CAD): 125, (STRIPE_FEES, CAD): -125}
    assert await late(stage) == {}
    await close(stage)
    await learn(stage, subscription, BILL, given_back(3277))
    assert (await balances(stage.sessions))[STRIPE_CASH, CAD] == 125
    assert await late(stage) == {}


async def test_what_goes_back_later_is_advanced_by_the_platform_until_an_adjustment(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, BILL, KEPT)
    months, nova = await close(stage)
    for _ in range(2):
        await learn(stage, subscription, BILL, given_back(1000))
    kept = {
        (STRIPE_CASH, CAD): -3277 + 125 + 1000,
        (STRIPE_FEES, CAD): -125,
        (TAX_PAYABLE, CAD): 377 - 115,
    }
    assert await left(stage) == kept | {(payable_to(nova.producer), CAD): 2900, (BAD_DEBT, CAD): -885}
    assert await late(stage) == {"re_1": 885}
    await months.adjusted()
    await learn(stage, subscription, BILL, given_back(1000))
    assert await left(stage) == kept | {(payable_to(nova.producer), CAD): 2900 - 885}
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []


async def test_a_dispute_of_a_closed_month_that_is_won_leaves_all_as_it_was(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, BILL, KEPT)
    months, nova = await close(stage)
    owed = payable_to(nova.producer), CAD
    await learn(stage, subscription, BILL, disputed(DisputeState.OPEN))
    assert [(await left(stage))[place] for place in (owed, (BAD_DEBT, CAD))] == [2900, -2900]
    await months.adjusted()
    assert (await balances(stage.sessions))[owed] == 0
    for _ in range(2):
        await learn(stage, subscription, BILL, disputed(DisputeState.WON))
    await months.adjusted()
    assert await left(stage) == {
        (STRIPE_CASH, CAD): -3277 + 125 + 1500,
        (STRIPE_FEES, CAD): -1625,
        (TAX_PAYABLE, CAD): 377,
        owed: 2900,
    }
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []


async def test_a_dispute_that_began_before_the_close_gives_its_money_to_an_adjustment(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, BILL, disputed(DisputeState.OPEN))
    assert (POOL, CAD) not in await left(stage)
    months, nova = await close(stage)
    await learn(stage, subscription, BILL, disputed(DisputeState.WON))
    assert (await left(stage))[POOL, CAD] == 2900
    await months.adjusted()
    assert await months.earned(nova) == [2900]
    assert await late(stage) == {}
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []
