"""A buyer sees purchases, and hears of every step; nobody else does but staff."""

import pytest

from db.vocabulary import PurchaseStatus
from tests.factories import a_listener, a_producer, staff
from tests.licences.licensed import a_subscriber, licensed
from tests.purchases.begun import a_purchase
from tests.purchases.market import Market
from tests.tools.databases import on_sqlite

pytestmark = pytest.mark.anyio
_WATCH = "subscription($id: ID!) { purchaseChanged(id: $id) { status licence { status } } }"
_MINE = """query($after: String, $of: ID!) { node(id: $of) { ... on Account { purchases(first: 2, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id status } } } } }"""


async def test_whoever_watches_a_purchase_hears_what_it_is_and_what_became_of_it(market: Market) -> None:
    ari = await a_listener(market.stage.sessions)
    purchase = await market.begun(ari, await market.on_sale())
    heard: list[str] = []
    async for answer in market.stage.watch(ari, _WATCH, id=purchase):
        assert not answer.errors
        heard.append(answer.data["purchaseChanged"]["status"])
        if heard == ["CHECKOUT_OPEN"]:
            await market.pay_for(purchase)
            await market.hear()
        if heard[-1] == "COMPLETED":
            break
    assert (heard[0], heard[-1]) == ("CHECKOUT_OPEN", "COMPLETED")


@on_sqlite
async def test_nobody_else_sees_or_watches_a_purchase(market: Market) -> None:
    sessions = market.stage.sessions
    nova, ari = await a_producer(sessions), await a_listener(sessions)
    purchase = await market.begun(ari, await market.on_sale(nova))
    for other in (nova, await a_listener(sessions, "Bo"), None):
        assert await market.purchase(other, purchase) is None
    async for answer in market.stage.watch(nova, _WATCH, id=purchase):
        assert answer.codes == ["BAD_REQUEST"]
    seen = await market.purchase(await staff(sessions), purchase)
    assert (seen["id"], seen["checkoutUrl"], seen["refund"]["allowed"]) == (purchase, None, False)


async def test_purchases_are_listed_newest_first_page_by_page(market: Market) -> None:
    sessions = market.stage.sessions
    ari = await a_listener(sessions)
    over = {"status": PurchaseStatus.EXPIRED}
    made = [await a_purchase(sessions, ari, await market.on_sale(), **over) for _ in range(3)]
    await a_purchase(sessions, await a_listener(sessions, "Bo"), await market.on_sale())
    page = (await market.stage.ask(ari, _MINE, of=ari.account))["node"]["purchases"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    rest = await market.stage.ask(ari, _MINE, of=ari.account, after=page["pageInfo"]["endCursor"])
    nodes = [*page["nodes"], *rest["node"]["purchases"]["nodes"]]
    assert [one["id"] for one in nodes] == made[::-1]


@on_sqlite
async def test_who_holds_a_standard_licence_may_buy_the_exclusive_and_has_both(market: Market) -> None:
    ari = await a_subscriber(market.stage.sessions)
    track = await market.on_sale()
    held = await licensed(market.stage, ari, track)
    purchase = await market.bought(ari, track)
    query = "query($id: ID!) { track(id: $id) { viewerLicence { kind purchase { id } } } }"
    assert (await market.stage.ask(ari, query, id=track))["track"]["viewerLicence"] == {
        "kind": "EXCLUSIVE",
        "purchase": {"id": purchase},
    }
    assert [(one.id == held, one.revoked_at) for one in await market.licences()] == [
        (True, None),
        (False, None),
    ]
