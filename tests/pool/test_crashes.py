"""MONEY 4, 6: a worker may be killed anywhere, and two may have the same run; the month is closed once all the same."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.pool import closing
from api.pool.closing import carry_out
from api.pool.replay import replay
from db.ids import PoolRunId
from db.models.pools import PoolInput
from db.queries import pools
from db.vocabulary import PoolRunStatus
from tests.factories import Beatmaker
from tests.pool.months import Catalogue, nothing
from tests.pool.test_books import found

pytestmark = pytest.mark.anyio


class Killed(Exception):  # noqa: N818 -- what happens to it
    """The worker is gone, before this step was kept."""


class Mortal:
    """Keeps the job for so many steps, and is killed in the next one: nothing of that is kept."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    async def keep(self, _: AsyncSession) -> None:
        if not self.left:
            raise Killed
        self.left -= 1


@pytest.fixture
async def people(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> list[Beatmaker]:
    """Three producers with seven beats and 10.01 in May, closed in steps of two rows."""
    for name in ("_TRACKS_AT_ONCE", "_ROWS_AT_ONCE", "_SHARES_AT_ONCE"):
        monkeypatch.setattr(closing, name, 2)
    made = [await catalogue.producer(name) for name in ("Nova", "Kilo", "Olga")]
    for number in range(7):
        await catalogue.beat(
            made[number % 3], days=number * 9, plays=number * 5, credited=made[number % 3 + 1 :]
        )
    await catalogue.paid(1001)
    return made


async def the_month_is_closed(catalogue: Catalogue, people: Sequence[Beatmaker], run: PoolRunId) -> None:
    assert (await catalogue.run(run)).status is PoolRunStatus.POSTED
    assert len(await catalogue.rows(PoolInput)) == 7
    assert sum(await catalogue.earned(*people)) == 1001
    assert await catalogue.earned(*people) == [(await catalogue.shares(run))[one.producer] for one in people]
    assert await catalogue.in_pool() == 0
    assert len(await catalogue.journals()) == 3
    assert (await replay(catalogue.sessions, run)).is_the_same
    assert await found(catalogue) == {}


async def test_a_worker_that_is_killed_after_every_step_closes_the_month_once(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    run, deaths = await catalogue.begun(), 0
    while True:
        try:
            await carry_out(catalogue.sessions, run, keep=Mortal(1).keep)
            break
        except Killed:
            deaths += 1
    assert deaths >= 12
    await the_month_is_closed(catalogue, people, run)


async def test_a_worker_that_is_killed_in_any_step_leaves_the_month_to_the_next_one(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    run = await catalogue.begun()
    for steps in (0, 1, 0, 2, 0, 3, 0, 4):
        with pytest.raises(Killed):
            await carry_out(catalogue.sessions, run, keep=Mortal(steps).keep)
    await carry_out(catalogue.sessions, run, keep=nothing)
    await the_month_is_closed(catalogue, people, run)


async def test_two_workers_with_one_run_close_the_month_once(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    run = await catalogue.begun()
    await asyncio.gather(*(carry_out(catalogue.sessions, run, keep=nothing) for _ in range(3)))
    await the_month_is_closed(catalogue, people, run)


async def test_a_month_is_begun_once_by_however_many_ask_at_once(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    runs = await asyncio.gather(*(catalogue.begun(key=f"key {number}") for number in range(4)))
    assert len(set(runs)) == 1
    await carry_out(catalogue.sessions, runs[0], keep=nothing)
    await the_month_is_closed(catalogue, people, runs[0])


async def test_a_payment_amid_the_closing_is_in_the_pool_or_comes_late_and_never_lost(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    run = await catalogue.begun()
    for steps in (1, 2, 3, 4):
        with pytest.raises(Killed):
            await carry_out(catalogue.sessions, run, keep=Mortal(steps).keep)
        await catalogue.paid(100)
    await carry_out(catalogue.sessions, run, keep=nothing)
    closed = await catalogue.run(run)
    assert closed.pool_minor + await catalogue.in_pool() == 1401
    await catalogue.adjusted()
    assert (sum(await catalogue.earned(*people)), await catalogue.in_pool()) == (1401, 0)
    assert await found(catalogue) == {}


async def test_whoever_takes_from_the_pool_waits_for_the_freezing_or_comes_too_late(
    catalogue: Catalogue, people: list[Beatmaker]
) -> None:
    run = await catalogue.begun()
    with pytest.raises(Killed):
        await carry_out(catalogue.sessions, run, keep=Mortal(2).keep)
    async with catalogue.sessions.reading() as session:
        assert not await pools.is_frozen(session, "2026-05")
    await carry_out(catalogue.sessions, run, keep=nothing)
    async with catalogue.sessions.reading() as session:
        assert await pools.is_frozen(session, "2026-05")


async def test_a_run_that_is_not_there_is_a_bug(catalogue: Catalogue) -> None:
    with pytest.raises(LookupError):
        await carry_out(catalogue.sessions, PoolRunId("plr_x"), keep=nothing)
    with pytest.raises(LookupError):
        await replay(catalogue.sessions, PoolRunId("plr_x"))
