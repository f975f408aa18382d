"""D-81 at the payment provider: plans end, what can be paid out is, and it forgets who paid."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlmodel import col

from api.auth import passwords
from db.models.payments import Payer, PaymentCall
from db.models.payouts import Payout, PayoutAccount
from db.models.plans import PlanSubscription
from db.queries import accounts
from db.vocabulary import (
    AccountDeletionStatus,
    CallOutcome,
    PaymentCallKind,
    PayoutAccountStatus,
    PayoutStatus,
    PlanStatus,
)
from tests.factories import a_listener
from tests.payouts.payroll import Payroll
from tests.plans.shop import Shop
from tests.privacy.leaving import ask, become_due, delete, status, with_password, work
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def _payer(shop: Shop) -> str:
    async with shop.stage.sessions.reading() as session:
        return str(await session.scalar(select(col(Payer.reference))))


async def test_a_plan_ends_at_once_and_the_provider_forgets_who_paid(shop: Shop) -> None:
    ari = await with_password(shop.stage, await a_listener(shop.stage.sessions))
    await shop.subscribed(ari, "Classic")
    payer = await _payer(shop)
    await delete(shop.stage, ari)
    assert await status(shop.stage) == [AccountDeletionStatus.DONE]
    assert shop.seller.stripe.v1.customers.retrieve(payer).deleted is True
    async with shop.stage.sessions.reading() as session:
        [plan] = list(await session.scalars(select(PlanSubscription)))
        assert list(await session.scalars(select(Payer))) == []
    assert (plan.status, plan.checkout_url, plan.return_path) == (PlanStatus.ENDED, None, "/")
    await shop.hear()  # what the provider tells of it afterwards changes nothing
    async with shop.stage.sessions.reading() as session:
        [plan] = list(await session.scalars(select(PlanSubscription)))
    assert plan.status is PlanStatus.ENDED


async def test_a_checkout_that_is_open_is_put_away(shop: Shop) -> None:
    ari = await with_password(shop.stage, await a_listener(shop.stage.sessions))
    await shop.begin(ari, "Classic")
    await delete(shop.stage, ari)
    async with shop.stage.sessions.reading() as session:
        [plan] = list(await session.scalars(select(PlanSubscription)))
    assert plan.status is PlanStatus.ENDED
    open_ones = shop.seller.stripe.v1.checkout.sessions.list({"limit": 10}).data
    assert [one.status for one in open_ones] == ["expired"]


@on_sqlite
async def test_a_provider_that_is_away_is_asked_again_and_forgets_once(shop: Shop) -> None:
    ari = await with_password(shop.stage, await a_listener(shop.stage.sessions))
    await shop.subscribed(ari, "Classic")
    await ask(shop.stage, ari)
    await become_due(shop.stage)
    shop.seller.stripe.v1.customers.delete(await _payer(shop))  # as if an answer had been lost
    await work(shop.stage)
    assert await status(shop.stage) == [AccountDeletionStatus.DONE]
    async with shop.stage.sessions.reading() as session:
        of_kind = col(PaymentCall.kind) == PaymentCallKind.REMOVE_PAYER
        calls = list(await session.scalars(select(PaymentCall).where(of_kind)))
    assert [call.outcome for call in calls] == [CallOutcome.DONE]


async def test_what_can_be_paid_out_is_and_the_deletion_waits_for_the_bank(payroll: Payroll) -> None:
    stage = payroll.stage
    nova = await with_password(stage, await payroll.earner(12_345))
    account = await payroll.account_of(nova)
    payload = await ask(stage, nova, balanceAcknowledged=False)
    assert payload["errors"] == []  # nothing would stay
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.RUNNING]
    async with stage.sessions.reading() as session:  # while it waits, no link and no password opens it
        assert await accounts.credentials(session, nova.email) is None
    await payroll.work()
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.RUNNING]
    payroll.seller.advance(days=3)
    await payroll.hear()
    await become_due(stage)
    await work(stage)
    assert await status(stage) == [AccountDeletionStatus.DONE]
    async with stage.sessions.reading() as session:
        [payout] = list(await session.scalars(select(Payout)))
        [kept] = list(await session.scalars(select(PayoutAccount)))
    assert (payout.status, payout.amount_minor) == (PayoutStatus.SETTLED, 12_345)
    assert payroll.bank(account) == [(12_345, "paid")]
    assert (kept.status, kept.country, kept.requirements) == (PayoutAccountStatus.DISCONNECTED, "ZZ", [])
    assert await payroll.broken() == []
