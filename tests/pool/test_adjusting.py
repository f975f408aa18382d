"""D-53: what comes too late, or is given back later, adjusts a closed month by its own weights."""

import asyncio

import pytest

from api.pool.adjusting import adjust_closed_months
from api.pool.closing import carry_out
from api.pool.replay import replay
from db.bookkeeping import BAD_DEBT
from db.vocabulary import CurrencyCode, PoolRunStatus
from tests.earnings.books import balances
from tests.factories import Beatmaker
from tests.pool.months import MAY, Catalogue, nothing
from tests.pool.test_books import found

pytestmark = pytest.mark.anyio


@pytest.fixture
async def three(catalogue: Catalogue) -> list[Beatmaker]:
    """With one beat each; May was closed with 9.00, and its weights are equal."""
    made = [await catalogue.producer(name) for name in ("Nova", "Kilo", "Olga")]
    for one in made:
        await catalogue.beat(one)
    await catalogue.paid(900)
    await catalogue.closed()
    return sorted(made, key=lambda one: one.producer)


async def test_a_late_payment_is_shared_out_as_its_month_was(
    catalogue: Catalogue, three: list[Beatmaker]
) -> None:
    await catalogue.beat(three[0], plays=1000)  # makes no difference any more
    await catalogue.paid(200)
    [run] = await catalogue.adjusted()
    adjusted = await catalogue.run(run)
    assert (adjusted.period, adjusted.sequence, adjusted.pool_minor) == (MAY, 1, 200)
    assert adjusted.causes == [[f"sub_pool:{MAY}", 200]]
    assert await catalogue.earned(*three) == [367, 367, 366]
    assert await catalogue.in_pool() == 0
    assert [kind for kind, _ in await catalogue.journals()] == ["POOL_ADJUSTMENT"] * 3 + ["POOL_SHARE"] * 3
    assert (await replay(catalogue.sessions, run)).is_the_same


async def test_what_is_given_back_later_is_taken_back_from_whom_it_had_gone_to(
    catalogue: Catalogue, three: list[Beatmaker]
) -> None:
    await catalogue.given_back(100, "re_1")
    await catalogue.given_back(100, "re_2")
    there = await balances(catalogue.sessions)
    assert there[BAD_DEBT, CurrencyCode.CAD] == -200
    [run] = await catalogue.adjusted()
    adjusted = await catalogue.run(run)
    assert (adjusted.pool_minor, adjusted.causes) == (-200, [["re_1", -100], ["re_2", -100]])
    assert await catalogue.earned(*three) == [233, 233, 234]
    there = await balances(catalogue.sessions)
    assert there[BAD_DEBT, CurrencyCode.CAD] == 0
    assert await found(catalogue) == {}


async def test_a_producer_may_owe_something_then(catalogue: Catalogue, three: list[Beatmaker]) -> None:
    await catalogue.given_back(1200, "re_1")
    await catalogue.adjusted()
    assert await catalogue.earned(*three) == [-100, -100, -100]


async def test_late_payments_and_returns_are_runs_of_their_own(
    catalogue: Catalogue, three: list[Beatmaker]
) -> None:
    await catalogue.paid(300)
    await catalogue.given_back(90, "re_1")
    runs = [await catalogue.run(run) for run in await catalogue.adjusted()]
    assert [(run.sequence, run.pool_minor) for run in runs] == [(1, 300), (2, -90)]
    assert await catalogue.earned(*three) == [370, 370, 370]
    assert (await catalogue.in_pool(), await found(catalogue)) == (0, {})


async def test_adjusting_again_changes_nothing(catalogue: Catalogue, three: list[Beatmaker]) -> None:
    await catalogue.paid(300)
    await catalogue.given_back(90, "re_1")
    runs = await catalogue.adjusted()
    async with catalogue.stage.nothing_changes():
        await adjust_closed_months(catalogue.sessions)
        for run in runs:
            await carry_out(catalogue.sessions, run, keep=nothing)


async def test_adjustments_that_are_begun_by_several_at_once_are_begun_once(
    catalogue: Catalogue, three: list[Beatmaker]
) -> None:
    await catalogue.paid(300)
    await catalogue.given_back(90, "re_1")
    await asyncio.gather(*(adjust_closed_months(catalogue.sessions) for _ in range(4)))
    assert len(await catalogue.adjusted()) == 2
    assert await catalogue.earned(*three) == [370, 370, 370]


async def test_what_comes_while_a_month_is_being_adjusted_waits_for_the_next_time(
    catalogue: Catalogue, three: list[Beatmaker]
) -> None:
    await catalogue.paid(300)
    await adjust_closed_months(catalogue.sessions)
    await catalogue.paid(30)
    assert len(await catalogue.adjusted()) == 1
    assert (await catalogue.earned(*three), await catalogue.in_pool()) == ([400, 400, 400], 30)
    assert len(await catalogue.adjusted()) == 1
    assert (await catalogue.earned(*three), await catalogue.in_pool()) == ([410, 410, 410], 0)


async def test_a_month_in_which_nobody_has_a_share_is_not_adjusted(catalogue: Catalogue) -> None:
    await catalogue.paid(900)
    run = await catalogue.closed()
    await catalogue.given_back(90, "re_1")
    assert await catalogue.adjusted() == []
    assert (await catalogue.run(run)).status is PoolRunStatus.POSTED
    assert await catalogue.in_pool() == 900


async def test_what_is_not_closed_is_not_adjusted(catalogue: Catalogue) -> None:
    await catalogue.beat(await catalogue.producer())
    await catalogue.paid(900)
    assert await catalogue.adjusted() == []
    await catalogue.begun()
    async with catalogue.stage.nothing_changes():
        await adjust_closed_months(catalogue.sessions)
