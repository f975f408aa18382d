"""Where the payment provider reckons taxes, they come on top, and are nobody's to keep."""

import pytest

from db.bookkeeping import payable_to
from tests.factories import a_listener, a_producer
from tests.purchases.market import Market

pytestmark = pytest.mark.anyio


async def test_taxes_come_on_top_of_the_total_and_are_put_aside(taxed: Market) -> None:
    nova, ari = await a_producer(taxed.stage.sessions), await a_listener(taxed.stage.sessions)
    purchase = await taxed.bought(ari, await taxed.on_sale(nova))
    seen = await taxed.purchase(ari, purchase)
    assert (seen["total"]["amount"], seen["tax"]["amount"]) == ("337.88", "43.92")
    owed = payable_to(nova.producer)
    assert await taxed.entries("EXCLUSIVE_SALE") == [
        ("EXCLUSIVE_SALE", "stripe_cash", "platform_fee", 3888, "USD"),
        ("EXCLUSIVE_SALE", "stripe_cash", owed, 29_900, "USD"),
        ("EXCLUSIVE_SALE", "stripe_cash", "tax_payable", 4392, "USD"),
    ]
    assert taxed.payments() == [("succeeded", 38_180)]
    assert (await taxed.refund(ari, purchase))["errors"] == []
    back = {came: minor for _, came, _, minor, _ in await taxed.entries("EXCLUSIVE_REFUND")}
    assert back == {owed: 29_900, "platform_fee": 3888, "tax_payable": 4392}
