"""What the buyer's bank sends back lies here for the buyer; sent again it is credited no second time (D-82)."""

import pytest

from tests.documents.pages import texts
from tests.purchases.market import Market
from tests.purchases.papers import at_the_desk, credited, get, is_sound, papers, settled, sold

pytestmark = pytest.mark.anyio
MINUS = "\N{MINUS SIGN}"


async def bounces(market: Market, refund: str) -> None:
    """The buyer's bank sends a refund back, and that is heard of."""
    market.seller.control("POST", f"/refunds/{refund}/fail")
    await market.hear()


async def test_a_refund_that_comes_back_stays_credited_and_is_credited_once(market: Market) -> None:
    ari, purchase = await sold(market)
    await market.refund(ari, purchase)
    [refund] = market.seller.stripe.v1.refunds.list().data
    market.seller.control("POST", f"/refunds/{refund.id}/fail")
    await market.hear()
    await at_the_desk(market, purchase, 33_788)  # sent once more
    await market.hear()
    assert await credited(market, purchase) == [(2, "REFUND", 29_900, 3888, 0)]


async def test_a_part_that_comes_back_is_sent_again_without_a_second_note(market: Market) -> None:
    """What is beyond it has one; what the buyer has got ends the licence, and no cent earlier."""
    _, purchase = await sold(market)
    await bounces(market, await at_the_desk(market, purchase, 20_000))
    for part, status in ((20_000, "COMPLETED"), (13_788, "REFUNDED")):
        await at_the_desk(market, purchase, part)
        await market.hear()
        assert await market.status(purchase) == status
        assert [one.revoked_at is None for one in await market.licences()] == [status == "COMPLETED"]
    assert await credited(market, purchase) == [
        (2, "REFUND", 17_699, 2301, 0),
        (3, "REFUND", 12_201, 1587, 0),
    ]


async def test_more_than_came_back_is_credited_of_what_is_beyond_it(market: Market) -> None:
    ari, purchase = await sold(market)
    await bounces(market, await at_the_desk(market, purchase, 3000))
    again = await at_the_desk(market, purchase, 5000)
    await market.hear()
    assert await credited(market, purchase) == [(2, "REFUND", 2655, 345, 0), (3, "REFUND", 1770, 230, 0)]
    second = (await papers(market, ari, purchase))["creditNotes"][1]
    [page] = texts((await get(market, second["pdf"])).content)
    for said in (f"Total given back {MINUS}20.00", f"Refunded to the buyer ({again})", "50.00 of 337.88 USD"):
        assert said in page, (said, page)


async def test_what_comes_back_again_and_again_is_credited_once_whenever_somebody_looks(
    market: Market,
) -> None:
    early, late = (await sold(market, "Ari"))[1], (await sold(market, "Bo"))[1]
    for _ in range(3):
        refund = await at_the_desk(market, early, 15_000)
        await settled(market, early)
        market.seller.advance(seconds=1)
        market.seller.control("POST", f"/refunds/{refund}/fail")
        await settled(market, early)
        market.seller.control("POST", f"/refunds/{await at_the_desk(market, late, 15_000)}/fail")
    await settled(market, late)
    for purchase in (early, late):
        assert await market.status(purchase) == "COMPLETED"
        assert [parts for _, *parts in await credited(market, purchase)] == [["REFUND", 13_274, 1726, 0]]


async def test_parts_that_lie_here_end_no_licence(market: Market) -> None:
    """Though all has been sent: a part of it lies here until a person sends it again."""
    _, purchase = await sold(market)
    lies_here = await at_the_desk(market, purchase, 20_000)
    market.seller.control("POST", f"/refunds/{lies_here}/fail")
    await at_the_desk(market, purchase, 13_788)
    await market.hear()
    assert await market.status(purchase) == "COMPLETED"
    before = await credited(market, purchase)
    await at_the_desk(market, purchase, 20_000)
    await market.hear()
    assert await market.status(purchase) == "REFUNDED"
    assert [sum(parts) for _, _, *parts in before] == [20_000]
    assert [sum(parts) for _, _, *parts in await credited(market, purchase)] == [20_000, 13_788]
    assert await is_sound(market)


async def test_no_more_is_credited_than_was_paid_though_more_is_disputed(market: Market) -> None:
    _, purchase = await sold(market)
    refund = await at_the_desk(market, purchase, 20_000)
    await market.hear()
    market.seller.control("POST", f"/refunds/{refund}/fail")
    market.seller.advance(seconds=1)
    dispute = market.seller.control("POST", "/disputes", charge=market.charge())
    market.seller.control("POST", f"/disputes/{dispute['id']}/lose")
    await market.hear()
    assert dispute["amount"] == 33_788
    assert [sum(parts) for _, _, *parts in await credited(market, purchase)] == [20_000, 13_788]
