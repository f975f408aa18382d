"""MONEY 5.11: what is paid out, and what comes back of it, has left and reached the platform's balance as the books say."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.earnings import reconciliation
from api.earnings.reconciliation import reconcile
from db.models.reconciliation import BalanceMovement
from tests.payouts.payroll import Payroll
from tests.working import tools_of

pytestmark = pytest.mark.anyio


async def breaks(payroll: Payroll) -> set[str]:
    payments = tools_of(payroll.stage).payments
    assert payments
    return {one.reference for one in await reconcile(payroll.stage.sessions, payments.balance)}


async def movements(payroll: Payroll, payout: str) -> Counter[str]:
    """What moved the balance for a payout, by the provider's words."""
    chosen = select(col(BalanceMovement.kind)).where(col(BalanceMovement.about) == payout)
    async with payroll.stage.sessions.reading() as session:
        return Counter(await session.scalars(chosen))


async def test_payouts_and_what_comes_back_of_them_agree(
    payroll: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_SETTLED_AFTER", timedelta(seconds=-1))
    nova, kilo = await payroll.earner(), await payroll.earner(name="Kilo")
    paid = await payroll.paid_out(nova)
    back = await payroll.asked_for(kilo)
    await payroll.work()
    sent = await payroll.payout(back)
    payroll.seller.control("POST", f"/accounts/{sent.destination}/payouts/{sent.bank_reference}/fail")
    await payroll.hear()
    assert (await payroll.payout(back)).returned_at is not None
    assert not {paid, back} & await breaks(payroll)
    assert [sum((await movements(payroll, one)).values()) for one in (paid, back)] == [1, 2]
