"""What a producer sees of their money: available, held with its one reason, on its way, owed (D-56)."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.earnings import return_journals, sale_journals
from api.earnings.ledger import post
from api.earnings.return_journals import Return
from api.earnings.sale_journals import Sale
from db.clock import now
from db.models.purchases import Purchase
from db.money import Amount
from db.vocabulary import CurrencyCode, PurchaseStatus
from tests.factories import EXCLUSIVE, Beatmaker, a_listener, a_producer, a_track
from tests.licences.granted import a_licence
from tests.payouts.payroll import Payroll
from tests.purchases.begun import a_purchase
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_USD = CurrencyCode.USD


async def a_sale(payroll: Payroll, of: Beatmaker, *, hours_ago: float) -> tuple[str, Sale]:
    """An exclusive that was sold for 299.00 USD, as if it had been paid."""
    sessions = payroll.stage.sessions
    ari, track = await a_listener(sessions), await a_track(sessions, of, **EXCLUSIVE)
    licence, moment = await a_licence(sessions, ari, track), now() - timedelta(hours=hours_ago)
    purchase = await a_purchase(
        sessions, ari, track, status=PurchaseStatus.COMPLETED, licence_id=licence, completed_at=moment
    )
    price, fee, tax = (Amount(minor, _USD) for minor in (29_900, 3_888, 0))
    sale = Sale(purchase, of.producer, price, fee, tax, moment)
    async with sessions.writing() as session:
        await post(session, sale_journals.sold(sale))
    return purchase, sale


async def put(payroll: Payroll, purchase: str, **columns: object) -> None:
    async with payroll.stage.sessions.writing() as session:
        await session.execute(update(Purchase).where(col(Purchase.id) == purchase).values(**columns))


async def test_what_can_still_be_undone_is_held_for_a_day(payroll: Payroll) -> None:
    nova = await payroll.earner(5_000)
    await a_sale(payroll, nova, hours_ago=25)
    new, _ = await a_sale(payroll, nova, hours_ago=23)
    balance = await payroll.balance(nova, _USD)
    assert balance == {"available": 29_900, "inTransit": 0, "owed": 0, "REFUND_WINDOW": 29_900}
    await put(payroll, new, completed_at=now() - timedelta(hours=25))
    assert (await payroll.balance(nova, _USD))["available"] == 59_800
    await put(payroll, new, refund_asked_at=now(), refund_key="x")
    assert (await payroll.balance(nova, _USD))["REFUND_WINDOW"] == 29_900
    assert (await payroll.balance(nova))["available"] == 5_000


async def test_what_a_bank_disputes_is_held_beside_the_balance_until_it_decides(payroll: Payroll) -> None:
    nova = await payroll.earner(5_000)
    purchase, sale = await a_sale(payroll, nova, hours_ago=48)
    dispute = Return("dp_1", sale.total, Amount(0, _USD), now())
    async with payroll.stage.sessions.writing() as session:
        await post(session, return_journals.dispute_opened(sale, dispute))
    await put(payroll, purchase, status=PurchaseStatus.DISPUTED)
    held = {"available": 0, "inTransit": 0, "owed": 0, "DISPUTE": 29_900}
    assert await payroll.balance(nova, _USD) == held
    async with payroll.stage.sessions.writing() as session:
        await post(session, return_journals.dispute_won(sale, dispute, now()))
    await put(payroll, purchase, status=PurchaseStatus.COMPLETED)
    assert await payroll.balance(nova, _USD) == {"available": 29_900, "inTransit": 0, "owed": 0}


async def test_only_the_disputed_part_is_held(payroll: Payroll) -> None:
    nova = await payroll.earner(5_000)
    purchase, sale = await a_sale(payroll, nova, hours_ago=48)
    half = Return("dp_1", Amount(sale.total.minor // 2, _USD), Amount(0, _USD), now())
    async with payroll.stage.sessions.writing() as session:
        await post(session, return_journals.dispute_opened(sale, half))
    await put(payroll, purchase, status=PurchaseStatus.DISPUTED)
    balance = await payroll.balance(nova, _USD)
    assert (balance["available"], balance["DISPUTE"]) == (14_950, 14_950)


@on_sqlite
async def test_finances_and_backstage_say_the_same_with_a_sentence_for_each_reason(payroll: Payroll) -> None:
    nova = await payroll.earner(999)
    money = "{ available { amount currency } holds { amount { amount } reason message } }"
    query = f"{{ finances {{ balances {money} }} backstage {{ balances {money} }} }}"
    seen = await payroll.stage.ask(nova, query)
    assert seen["finances"] == {
        "balances": [
            {
                "available": {"amount": "0.00", "currency": "CAD"},
                "holds": [
                    {
                        "amount": {"amount": "9.99"},
                        "reason": "BELOW_MINIMUM",
                        "message": "A payout has 10.00 CAD at least. This is carried over.",
                    }
                ],
            }
        ]
    }
    assert seen["backstage"] == seen["finances"]


@on_sqlite
async def test_who_has_earned_nothing_has_no_balances(payroll: Payroll) -> None:
    nova = await a_producer(payroll.stage.sessions)
    assert await payroll.stage.ask(nova, "{ finances { balances { available { amount } } } }") == {
        "finances": {"balances": []}
    }
