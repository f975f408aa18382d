"""D-81 at the payment provider: plans end, what can be paid out is, and it forgets who paid."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlmodel import col

from api.auth import passwords
from api.gateways.payment_facts import InvoiceFacts
from api.plans.bills import keep_bill
from db.clock import now
from db.models.payments import Payer, PaymentCall
from db.models.payouts import Payout, PayoutAccount
from db.models.plans import Invoice, PlanSubscription
from db.models.purchases import Purchase
from db.models.tracks import Track
from db.queries import accounts
from db.vocabulary import (
    AccountDeletionStatus,
    CallOutcome,
    PaymentCallKind,
    PayoutAccountStatus,
    PayoutStatus,
    PlanStatus,
    PurchaseStatus,
    TrackStatus,
)
from tests.factories import a_listener, a_producer
from tests.payouts.payroll import CAD, Payroll
from tests.plans.shop import Shop
from tests.privacy.leaving import ask, become_due, delete, status, with_password, work
from tests.purchases.market import Market
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
    assert shop.seller.stripe.v1.customers.list({"limit": 10}).data == []


async def test_a_bill_that_is_heard_of_later_has_no_paper(shop: Shop) -> None:
    ari = await with_password(shop.stage, await a_listener(shop.stage.sessions))
    await shop.subscribed(ari, "Classic")
    async with shop.stage.sessions.reading() as session:
        [plan] = list(await session.scalars(select(PlanSubscription)))
    bill = InvoiceFacts(
        "in_2", plan.reference, "BP-2", CAD, 900, 900, 0, now(), None, "https://pay.test/in_2"
    )
    await delete(shop.stage, ari)
    async with shop.stage.sessions.writing() as session:
        await keep_bill(session, plan.id, bill, None)
    async with shop.stage.sessions.reading() as session:
        bills = list(await session.scalars(select(Invoice)))
    assert ([one.pdf_url for one in bills], len(bills)) == ([None, None], 2)


async def test_a_sale_that_is_undone_when_its_seller_has_left_puts_nothing_on_offer(market: Market) -> None:
    nova = await with_password(market.stage, await a_producer(market.stage.sessions))
    track = await market.on_sale(nova)
    purchase = await market.bought(await a_listener(market.stage.sessions), track)
    completed_at = (await market.row(purchase)).completed_at
    await market.change(purchase, completed_at=now() - timedelta(days=30))
    await delete(market.stage, nova)
    await market.change(purchase, completed_at=completed_at)  # which the books know
    assert await status(market.stage) == [AccountDeletionStatus.DONE]
    async with market.stage.sessions.reading() as session:
        assert (await session.get_one(Track, track)).status is TrackStatus.SOLD
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())["id"]
    market.seller.control("POST", f"/disputes/{dispute}/lose")
    await market.hear()
    assert (await market.row(purchase)).status is PurchaseStatus.RESCINDED
    async with market.stage.sessions.reading() as session:
        assert (await session.get_one(Track, track)).status is TrackStatus.REMOVED


async def test_a_sale_of_today_is_waited_for_where_nothing_is_paid_out_either(market: Market) -> None:
    nova = await with_password(market.stage, await a_producer(market.stage.sessions))
    await market.bought(await a_listener(market.stage.sessions), await market.on_sale(nova))
    assert (await ask(market.stage, nova))["errors"] == []
    await become_due(market.stage)
    await work(market.stage)
    shown = await market.stage.ask(nova, "{ me { deletion { status waitsFor } } }")
    assert shown["me"]["deletion"] == {"status": "WAITING", "waitsFor": "SALE_IS_FRESH"}
    async with market.stage.sessions.writing() as session:
        await session.execute(update(Purchase).values(completed_at=now() - timedelta(days=30)))
    await become_due(market.stage)
    await work(market.stage)
    assert await status(market.stage) == [AccountDeletionStatus.DONE]


async def test_an_account_that_the_provider_has_lost_is_no_reason_to_stay(payroll: Payroll) -> None:
    nova = await with_password(payroll.stage, await payroll.earner(12_345))
    assert (await ask(payroll.stage, nova, balanceAcknowledged=False))["errors"] == []
    payroll.seller.control("DELETE", f"/accounts/{await payroll.account_of(nova)}")
    await become_due(payroll.stage)
    await work(payroll.stage)  # and what was to be paid stays: its owner is told first
    assert await status(payroll.stage) == [AccountDeletionStatus.WAITING]
    await become_due(payroll.stage)
    await work(payroll.stage)
    assert await status(payroll.stage) == [AccountDeletionStatus.DONE]
    assert payroll.transfers() == []


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
