"""D-52, D-53: a month is closed once, from what was frozen, to the cent."""

from datetime import UTC, date, datetime

import pytest
import structlog
from sqlalchemy.exc import DBAPIError

from api.pool.closing import carry_out
from api.pool.replay import replay
from db.models.pools import PoolInput, PoolLine, PoolShare
from db.vocabulary import CurrencyCode, LicensingModel, PoolRunStatus, TrackStatus
from tests.earnings.books import balances
from tests.factories import an_exclusive, an_unowned_profile
from tests.pool.months import MAY, Catalogue, nothing

pytestmark = pytest.mark.anyio


async def test_a_pool_goes_to_whom_was_heard_to_the_cent(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(nova, plays=1000)
    await catalogue.beat(kilo)
    await catalogue.paid(10_000)
    run = await catalogue.closed()
    # 10,000 by 2.500054253797 and 1: 7142.90 and 2857.10, the larger remainder takes the cent that is left over
    assert await catalogue.shares(run) == {nova.producer: 7143, kilo.producer: 2857}
    assert await catalogue.earned(nova, kilo) == [7143, 2857]
    assert await catalogue.in_pool() == 0
    closed = await catalogue.run(run)
    assert (closed.status, closed.pool_minor, closed.currency) == (
        PoolRunStatus.POSTED,
        10_000,
        CurrencyCode.CAD,
    )
    assert closed.total_weight == 3_500_054_253_797


async def test_credited_producers_share_a_track(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(nova, credited=[kilo])
    await catalogue.beat(nova)
    await catalogue.paid(9000)
    await catalogue.closed()
    assert await catalogue.earned(nova, kilo) == [6750, 2250]


async def test_a_track_counts_half_after_six_months(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(nova)
    await catalogue.beat(kilo, days=183)  # 6.0123 months: 0.499289...
    await catalogue.paid(10_000)
    await catalogue.closed()
    assert await catalogue.earned(nova, kilo) == [6670, 3330]


async def test_plays_of_twelve_months_count_and_no_others(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    beat = await catalogue.beat(nova, days=400)
    for day, plays in (
        (date(2025, 5, 31), 7),
        (date(2025, 6, 1), 20),
        (date(2026, 5, 31), 3),
        (date(2026, 6, 1), 50),
    ):
        await catalogue.heard(beat, plays, day)
    await catalogue.paid(100)
    await catalogue.closed()
    [frozen] = await catalogue.rows(PoolInput)
    assert (frozen.track_id, frozen.plays, frozen.producers) == (beat, 23, [nova.producer])


async def test_only_what_is_in_the_catalogue_counts(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    beat = await catalogue.beat(nova)
    for status in (TrackStatus.HIDDEN, TrackStatus.SOLD, TrackStatus.REMOVED, TrackStatus.PROCESSING):
        await catalogue.beat(kilo, status=status, plays=500)
    await catalogue.beat(kilo, plays=500, **an_exclusive(licensing_model=LicensingModel.EXCLUSIVE_ONLY))
    await catalogue.beat(kilo, published_at=datetime(2026, 6, 1, tzinfo=UTC))
    both = await catalogue.beat(nova, **an_exclusive())
    await catalogue.paid(100)
    run = await catalogue.closed()
    assert await catalogue.shares(run) == {nova.producer: 100}
    assert await catalogue.lines(run) == {beat: 50, both: 50}
    assert await catalogue.earned(kilo) == [0]


async def test_a_profile_that_nobody_owns_earns_for_whoever_claims_it(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    echo = await an_unowned_profile(catalogue.sessions)
    beat = await catalogue.beat(nova)
    await catalogue.execute(f"UPDATE track_credit SET producer_id = '{echo}' WHERE track_id = '{beat}'")
    await catalogue.paid(100)
    assert await catalogue.shares(await catalogue.closed()) == {echo: 100}


async def test_cents_that_are_left_over_go_to_the_smaller_id_where_remainders_are_equal(
    catalogue: Catalogue,
) -> None:
    three = sorted([await catalogue.producer(name) for name in ("A", "B", "C")], key=lambda one: one.producer)
    for one in three:
        await catalogue.beat(one)
    await catalogue.paid(200)
    await catalogue.closed()
    assert await catalogue.earned(*three) == [67, 67, 66]


async def test_closing_again_changes_nothing(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    await catalogue.beat(nova)
    await catalogue.paid(100)
    run = await catalogue.closed()
    async with catalogue.stage.nothing_changes():
        await carry_out(catalogue.sessions, run, keep=nothing)
        assert await catalogue.begun(key=f"close {MAY}") == run
    assert await catalogue.begun(key="another") == run
    assert await catalogue.earned(nova) == [100]


async def test_a_rerun_gives_the_same_bytes_whatever_was_edited_since(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    beat = await catalogue.beat(nova, days=40, plays=77, credited=[kilo])
    await catalogue.beat(kilo, days=400, plays=12)
    await catalogue.paid(12_345)
    run = await catalogue.closed()
    await catalogue.heard(beat, 9000, date(2026, 5, 30))
    await catalogue.execute(
        "UPDATE track SET status = 'HIDDEN', title = 'Other', published_at = '2026-01-01 00:00:00'",
        "UPDATE track_credit SET removed_at = '2026-06-02 00:00:00' WHERE position > 0",
    )
    again = await replay(catalogue.sessions, run)
    closed = await catalogue.run(run)
    assert (again.inputs_sha256, again.outputs_sha256) == (closed.inputs_sha256, closed.outputs_sha256)
    assert again.is_the_same


@pytest.mark.parametrize("table", ["pool_input", "pool_share", "pool_line", "pool_run"])
async def test_the_database_refuses_to_change_a_closed_month(catalogue: Catalogue, table: str) -> None:
    await catalogue.beat(await catalogue.producer())
    await catalogue.paid(100)
    await catalogue.closed()
    column = "period" if table == "pool_run" else "run_id"
    async with catalogue.stage.nothing_changes():
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="never changed"):
                await catalogue.execute(statement)


async def test_nobody_with_a_weight_leaves_the_pool_where_it_is(catalogue: Catalogue) -> None:
    await catalogue.paid(100)
    with structlog.testing.capture_logs() as logs:
        run = await catalogue.run(await catalogue.closed())
    assert (run.status, run.pool_minor, run.total_weight) == (PoolRunStatus.POSTED, 100, 0)
    assert await catalogue.in_pool() == 100
    assert await catalogue.journals() == []
    assert [(one["log_level"], one["event"]) for one in logs] == [
        ("critical", "nobody has a share of a pool: it stays where it is")
    ]


async def test_a_month_without_money_is_closed_with_shares_of_nothing(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    await catalogue.beat(nova)
    await catalogue.paid(100, at=datetime(2026, 4, 20, tzinfo=UTC))
    await catalogue.closed("2026-04")
    run = await catalogue.closed()
    assert await catalogue.shares(run) == {nova.producer: 0}
    assert await catalogue.journals() == []


async def test_a_month_without_money_and_without_beats_is_closed_and_nobody_is_alarmed(
    catalogue: Catalogue,
) -> None:
    await catalogue.paid(100, at=datetime(2026, 4, 20, tzinfo=UTC))
    await catalogue.closed("2026-04")
    with structlog.testing.capture_logs() as logs:
        run = await catalogue.run(await catalogue.closed())
    assert (run.status, run.pool_minor, run.total_weight) == (PoolRunStatus.POSTED, 0, 0)
    assert await catalogue.journals() == []
    assert logs == []


async def test_money_of_another_currency_stays_in_the_pool(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    await catalogue.beat(nova)
    await catalogue.paid(100)
    await catalogue.paid(70, currency=CurrencyCode.USD)
    await catalogue.closed()
    there = await balances(catalogue.sessions)
    assert {place: minor for place, minor in there.items() if place[0] == f"sub_pool:{MAY}"} == {
        (f"sub_pool:{MAY}", CurrencyCode.CAD): 0,
        (f"sub_pool:{MAY}", CurrencyCode.USD): 70,
    }


async def test_lines_of_a_share_sum_to_it(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    for days in range(0, 70, 10):
        await catalogue.beat(nova, days=days, plays=days)
    await catalogue.paid(1000)
    await catalogue.closed()
    assert sum(line.amount_minor for line in await catalogue.rows(PoolLine)) == 1000
    [share] = await catalogue.rows(PoolShare)
    assert share.weight == sum(line.weight for line in await catalogue.rows(PoolLine))
