"""The months that a demo has behind it: paid, listened to, closed, stated, explained, and paid out, with real parts."""

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from api.demo.accounts import PRODUCER, PRODUCER_2
from api.earnings.auditing import audit
from db.ids import AccountId, SessionId
from db.models.producers import Producer
from db.models.tracks import Track
from db.months import Month
from db.queries import play_ranks
from db.queries.play_ranks import RecentPlays
from db.session import Sessions
from tests.factories import Beatmaker, a_track
from tests.journeys.paid import a_paid_product
from tests.journeys.product import Product, await_that
from tests.tools.databases import SqliteTemplate
from tests.tools.stripe_sandbox import Sandbox as Provider
from workers.demo.money import Sandbox, fill_with_money

_MONEY = """query($period: String!) { finances {
  balances { available { amount } inTransit { amount } holds { reason amount { amount } } }
  payouts { nodes { status amount { amount } } }
  statements { nodes { period opening { amount } closing { amount } lines { kind amount { amount } } } }
  poolExplanation(period: $period) { pool { amount } amount { amount } tracks { nodes { countedPlays amount { amount } } } }
} }"""


@pytest.fixture
def filled_with_money(
    sqlite_template: SqliteTemplate, valkey_server: str, tmp_path: Path, sandbox: Provider
) -> Generator[Product]:
    """A product that has two beats of each producer, and last month's money."""
    with (
        sqlite_template.fresh(tmp_path) as url,
        a_paid_product(url, valkey_server, tmp_path, sandbox) as (product, seller),
    ):
        tracks = asyncio.run(beats(url))
        fill_with_money(product.url, Sandbox(seller.url, seller.key), url, tracks)
        yield product


async def beats(database_url: str) -> list[str]:
    sessions = Sessions(database_url)
    found: list[str] = []
    for who in (PRODUCER, PRODUCER_2):
        async with sessions.reading() as session:
            [row] = await session.scalars(select(Producer).where(col(Producer.name) == who.producer))
        account = AccountId(row.account_id or "")
        session_id = SessionId("")
        maker = Beatmaker(account, session_id, who.email, who.display_name, who.token, row.id, row.handle)
        found += [await a_track(sessions, maker) for _ in range(2)]
    await sessions.close()
    return found


def test_the_months_before_are_closed_stated_explained_and_paid_out(filled_with_money: Product) -> None:
    product, month = filled_with_money, Month.of(datetime.now(UTC)).before
    nova, kilo = (money(product, who.token, month) for who in (PRODUCER, PRODUCER_2))
    assert nova["poolExplanation"]["pool"] == {"amount": "133.00"}
    amounts = [cents(one["poolExplanation"]["amount"]) for one in (nova, kilo)]
    assert sum(amounts) == 13_300
    for one, amount in zip((nova, kilo), amounts, strict=True):
        tracks = one["poolExplanation"]["tracks"]["nodes"]
        assert sum(cents(track["amount"]) for track in tracks) == amount
        assert all(track["countedPlays"] for track in tracks)
    earlier = [stated(one, month) for one in (nova, kilo)]
    assert sum(earlier) == 13_300
    [held] = nova["balances"][0]["holds"]
    assert (held["reason"], cents(held["amount"])) == ("PAYOUT_ACCOUNT_NOT_READY", amounts[0] + earlier[0])

    def is_sent() -> bool:
        found = money(product, PRODUCER_2.token, month)["payouts"]["nodes"]
        return [(one["status"], cents(one["amount"])) for one in found] == [("SENT", amounts[1] + earlier[1])]

    await_that(is_sent, within_s=60, otherwise=lambda: product.log)
    assert asyncio.run(broken(product.database_url)) == []
    assert asyncio.run(wrongly_ranked(product.database_url)) == ([], 4)


def stated(finances: Any, month: Month) -> int:
    """What the one statement says: the share of the month before, entered when that was closed."""
    [statement] = finances["statements"]["nodes"]
    [line] = statement["lines"]
    assert (statement["period"], line["kind"]) == (month.name, "POOL_SHARE")
    assert cents(statement["opening"]) == 0
    assert cents(statement["closing"]) == cents(line["amount"])
    return cents(line["amount"])


def money(product: Product, token: str, month: Month) -> Any:
    return product.ask(token, _MONEY, period=month.name)["finances"]


def cents(amount: Any) -> int:
    return round(float(amount["amount"]) * 100)


async def wrongly_ranked(database_url: str) -> tuple[list[RecentPlays], int]:
    """Tracks that are sorted by other plays than those of thirty days; and how many have any."""
    sessions = Sessions(database_url)
    async with sessions.reading() as session:
        wrong = await play_ranks.changed_since(session, datetime.now(UTC).date() - timedelta(days=29))
        ranked = await session.scalar(select(func.count()).where(col(Track.recent_plays) > 0))
    await sessions.close()
    return wrong, ranked or 0


async def broken(database_url: str) -> list[str]:
    sessions = Sessions(database_url)
    found = await audit(sessions)
    await sessions.close()
    return [line for one in found for line in one.broken_by]
