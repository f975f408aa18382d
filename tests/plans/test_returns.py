"""Money of a bill goes back at the provider's desk, or a bank takes it: heard of over HTTP, and entered once (MONEY 1)."""

from typing import Any

import pytest

from db.bookkeeping import STRIPE_CASH, STRIPE_FEES, TAX_PAYABLE
from db.vocabulary import CurrencyCode
from tests.earnings.books import balances
from tests.factories import a_listener
from tests.plans.shop import Shop

pytestmark = pytest.mark.anyio
CAD = CurrencyCode.CAD
FEE = 114
"""What the provider keeps of 29.00."""


async def left(shop: Shop) -> dict[str, int]:
    """What accounts have, those with nothing left out."""
    return {account: minor for (account, _), minor in (await balances(shop.stage.sessions)).items() if minor}


def payment(shop: Shop) -> Any:
    """The last one."""
    return shop.seller.stripe.v1.payment_intents.list({"limit": 1}).data[0]


async def subscribed(shop: Shop) -> None:
    await shop.subscribed(await a_listener(shop.stage.sessions), "Classic")
    assert await left(shop) == {STRIPE_CASH: FEE - 2900, STRIPE_FEES: -FEE, "sub_pool:2026-06": 2900}


async def test_refunds_of_a_bill_are_heard_of_and_come_out_of_the_pool(shop: Shop) -> None:
    await subscribed(shop)
    for minor in (1000, 1900):
        shop.seller.stripe.v1.refunds.create({"payment_intent": payment(shop).id, "amount": minor})
    letters = shop.seller.letters(reversed=True)
    for _ in range(2):
        await shop.hear(letters)
    assert await left(shop) == {STRIPE_CASH: FEE, STRIPE_FEES: -FEE}


async def test_a_disputed_bill_is_nobodys_until_the_bank_decides(shop: Shop) -> None:
    await subscribed(shop)
    dispute = shop.seller.control("POST", "/disputes", charge=payment(shop).latest_charge)["id"]
    await shop.hear()
    assert await left(shop) == {STRIPE_CASH: FEE + 1500, STRIPE_FEES: -FEE - 1500}
    shop.seller.control("POST", f"/disputes/{dispute}/win")
    await shop.hear()
    found = await left(shop)
    assert (found["sub_pool:2026-06"], found.get("dispute_hold", 0), found.get(TAX_PAYABLE, 0)) == (
        2900,
        0,
        0,
    )


async def test_a_refund_that_comes_back_waits_for_a_person(shop: Shop) -> None:
    await subscribed(shop)
    refund = shop.seller.stripe.v1.refunds.create({"payment_intent": payment(shop).id})
    await shop.hear()
    shop.seller.control("POST", f"/refunds/{refund.id}/fail", reason="lost_or_stolen_card")
    await shop.hear()
    assert (await left(shop))["suspense"] == 2900
