"""Paid bills enter the books, whenever the provider says what it kept (MONEY 1)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.earnings.auditing import audit
from api.gateways.payment_facts import InvoiceFacts
from api.plans.learning import keep_bill
from db.bookkeeping import STRIPE_CASH, STRIPE_FEES, TAX_PAYABLE, pool_of
from db.ids import PlanSubscriptionId
from db.models.plans import Plan, PlanSubscription
from db.vocabulary import CurrencyCode
from tests.earnings.books import balances, entered
from tests.factories import a_listener
from tests.stage import Stage

pytestmark = pytest.mark.anyio
CAD: Final = CurrencyCode.CAD
NOVEMBER: Final = pool_of("2026-11")
BILL: Final = InvoiceFacts(
    reference="in_1",
    subscription="sub_1",
    number="BP-0001",
    currency=CAD,
    total=3277,
    base=2900,
    tax=377,
    issued_at=datetime(2026, 11, 30, 23, tzinfo=UTC),
    paid_at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC),
    pdf_url=None,
    paid=3277,
)


async def a_subscription(stage: Stage) -> PlanSubscriptionId:
    ari = await a_listener(stage.sessions)
    async with stage.sessions.writing() as session:
        plan = (await session.scalars(select(col(Plan.id)).where(col(Plan.name) == "Classic"))).one()
        had = PlanSubscription(account_id=ari.account, plan_id=plan, idempotency_key="1", return_path="/")
        session.add(had)
    return had.id


async def learn(stage: Stage, subscription: PlanSubscriptionId, bill: InvoiceFacts) -> None:
    async with stage.sessions.writing() as session:
        await keep_bill(session, subscription, bill)


async def test_a_fee_that_is_said_later_is_entered_then_and_once(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, BILL)
    paid = {(STRIPE_CASH, CAD): -3277, (NOVEMBER, CAD): 2900, (TAX_PAYABLE, CAD): 377}
    assert await balances(stage.sessions) == paid
    for _ in range(2):
        await learn(stage, subscription, replace(BILL, fee=125, fee_currency=CAD))
    await learn(stage, subscription, BILL)
    assert await balances(stage.sessions) == paid | {(STRIPE_CASH, CAD): -3152, (STRIPE_FEES, CAD): -125}
    assert await entered(stage.sessions) == (2, 3)
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []


async def test_a_bill_that_is_not_paid_moves_nothing(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, replace(BILL, paid_at=None, paid=0))
    assert await entered(stage.sessions) == (0, 0)
    await learn(stage, subscription, BILL)
    assert await entered(stage.sessions) == (1, 2)


async def test_a_bill_of_nothing_moves_nothing(stage: Stage) -> None:
    subscription = await a_subscription(stage)
    await learn(stage, subscription, replace(BILL, total=0, base=0, tax=0, paid=0))
    assert await entered(stage.sessions) == (0, 0)
    assert [one for one in await audit(stage.sessions) if one.broken_by] == []
