"""MONEY 5.9: whatever order the provider's events of sales come in, and however often, the same becomes of them."""

import random
from typing import Any

import pytest

from tests.factories import Beatmaker, a_listener, a_producer
from tests.installations import looking
from tests.purchases.market import Market
from tests.purchases.sales_truths import Seen, seen_in
from tests.stage import Json

pytestmark = pytest.mark.anyio
SEEDS = 3


async def a_history(market: Market, seed: int | None) -> Json:
    """Four purchases: one refunded in part, disputed and won, one lost, one refunded, one never paid; what became of them.

    Args:
        seed: Of the order in which events come; null: in theirs, each once.
    """
    chance = random.Random(seed)
    nova = await a_producer(market.stage.sessions)
    buyers = [await a_listener(market.stage.sessions, name) for name in ("Ari", "Bo", "Cleo", "Dee")]
    begun = [await market.begun(who, await market.on_sale(nova)) for who in buyers]
    for purchase in begun[:3]:
        await market.pay_for(purchase)
    late = await _hear_some(market, [], chance, seed)
    charges = await _charges(market, begun)
    v1 = market.seller.stripe.v1
    v1.refunds.create({"charge": charges[begun[0]], "amount": 10_000})
    market.seller.advance(days=1)
    disputes = [market.seller.control("POST", "/disputes", charge=charges[one])["id"] for one in begun[:2]]
    v1.refunds.create({"charge": charges[begun[2]]})
    late = await _hear_some(market, late, chance, seed)
    market.seller.control("POST", f"/disputes/{disputes[0]}/win")
    market.seller.control("POST", f"/disputes/{disputes[1]}/lose")
    await market.hear(_in_disorder([*late, *market.seller.letters()], chance, seed))
    while letters := market.seller.letters():
        await market.hear(_in_disorder(letters, chance, seed))
    with looking(market.stage.settings.database_url) as engine:
        return _without_names(seen_in(engine), nova)


async def _hear_some(market: Market, late: list[Json], chance: random.Random, seed: int | None) -> list[Json]:
    """Those of each payment that come first, and by chance some of the others; those that are still to come."""
    letters = _in_disorder([*late, *market.seller.letters()], chance, seed)
    if seed is None:
        await market.hear(letters)
        await market.hear()
        return []
    heard = [one for one in letters if '"checkout.session.completed"' in one["body"] or chance.random() < 0.3]
    await market.hear(heard)
    return [one for one in letters if one not in heard] + chance.sample(heard, len(heard) // 2)


def _in_disorder(letters: list[Json], chance: random.Random, seed: int | None) -> list[Json]:
    if seed is None:
        return letters
    mixed = [*letters, *chance.sample(letters, len(letters) // 3)]
    chance.shuffle(mixed)
    return mixed


async def _charges(market: Market, purchases: list[str]) -> dict[str, str]:
    """Of payments that were taken, by purchase."""
    found = market.seller.stripe.v1.payment_intents.list({"limit": 100}).data
    return {str(one.metadata["subject"]): str(one.latest_charge) for one in found if one.amount_received}


def _without_names(seen: Seen, nova: Beatmaker) -> Json:
    """Purchases, licences, tracks and entries, without ids and moments."""
    purchases: list[Any] = [
        (one.status.value, one.price_minor, one.fee_minor, one.tax_minor, one.refund_asked_at is None)
        for one in seen.purchases.values()
    ]
    licences = sorted(
        (one.kind.value, one.revocation_reason or "", one.files_held_at is None)
        for one in seen.licences.values()
    )
    tracks = sorted((one.status.value, str(one.exclusive_availability)) for one in seen.tracks.values())
    lines = sorted(
        (str(one.kind), one.came.replace(nova.producer, ""), one.went.replace(nova.producer, ""), one.minor)
        for one in seen.lines
    )
    return {"purchases": purchases, "licences": licences, "tracks": tracks, "lines": lines}


NOVA = "producer::payable"
IN_ORDER: Json = {
    "purchases": [
        ("COMPLETED", 29_900, 3888, 0, True),
        ("RESCINDED", 29_900, 3888, 0, True),
        ("REFUNDED", 29_900, 3888, 0, True),
        ("EXPIRED", 29_900, 3888, 0, True),
    ],
    "licences": [
        ("EXCLUSIVE", "", True),
        ("EXCLUSIVE", "the buyer's bank took the payment back", False),
        ("EXCLUSIVE", "the purchase was refunded", True),
    ],
    "tracks": [
        ("HIDDEN", "AVAILABLE"),
        ("HIDDEN", "AVAILABLE"),
        ("PUBLISHED", "AVAILABLE"),
        ("SOLD", "SOLD"),
    ],
    "lines": [
        ("DISPUTE_MOVEMENT", "dispute_hold", "stripe_cash", 23_788),
        ("DISPUTE_MOVEMENT", "dispute_hold", "stripe_cash", 33_788),
        ("DISPUTE_MOVEMENT", "stripe_cash", "dispute_hold", 23_788),
        *[("DISPUTE_MOVEMENT", "stripe_fees", "stripe_cash", 1500)] * 2,
        ("DISPUTE_OPENED", "platform_fee", "dispute_hold", 2737),
        ("DISPUTE_OPENED", "platform_fee", "dispute_hold", 3888),
        ("DISPUTE_OPENED", NOVA, "dispute_hold", 21_051),
        ("DISPUTE_OPENED", NOVA, "dispute_hold", 29_900),
        ("DISPUTE_WON", "dispute_hold", "platform_fee", 2737),
        ("DISPUTE_WON", "dispute_hold", NOVA, 21_051),
        *[("EXCLUSIVE_FEE", "stripe_fees", "stripe_cash", 1010)] * 3,
        ("EXCLUSIVE_REFUND", "platform_fee", "stripe_cash", 1151),
        ("EXCLUSIVE_REFUND", "platform_fee", "stripe_cash", 3888),
        ("EXCLUSIVE_REFUND", NOVA, "stripe_cash", 8849),
        ("EXCLUSIVE_REFUND", NOVA, "stripe_cash", 29_900),
        *[("EXCLUSIVE_SALE", "stripe_cash", "platform_fee", 3888)] * 3,
        *[("EXCLUSIVE_SALE", "stripe_cash", NOVA, 29_900)] * 3,
    ],
}
"""What becomes of it where events come once, in their order."""


@pytest.mark.parametrize("seed", [None, *range(SEEDS)])
async def test_in_any_order_the_same_becomes_of_the_same_sales(market: Market, seed: int | None) -> None:
    assert await a_history(market, seed) == IN_ORDER
