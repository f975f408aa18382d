"""A month that closes over a suspension is not lost: what the suspension alone keeps back is counted, and held (D-83)."""

from datetime import UTC, datetime
from typing import Final

import pytest

from db.models.pools import PoolInput
from db.vocabulary import TrackStatus
from tests.factories import Beatmaker
from tests.moderation.desk import moderate
from tests.payouts.begun import a_payout_account
from tests.pool.months import Catalogue
from tests.stage import Json
from tests.takedowns.office import a_takedown, decide

pytestmark = pytest.mark.anyio
WHY: Final = {"reason": "We look."}
MONEY: Final = "{ finances { balances { available { amount } holds { reason amount { amount } } } } }"


async def suspend(catalogue: Catalogue, who: Beatmaker) -> None:
    assert await catalogue.stage.refusals(catalogue.sam, "suspendAccount", id=who.account, input=WHY) == []


async def reinstate(catalogue: Catalogue, who: Beatmaker) -> None:
    assert await catalogue.stage.refusals(catalogue.sam, "reinstateAccount", id=who.account, input=WHY) == []


async def test_what_a_suspension_alone_keeps_back_has_its_share_to_the_cent(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    beat = await catalogue.beat(nova, plays=1000)
    other = await catalogue.beat(kilo)
    await suspend(catalogue, nova)
    await catalogue.paid(10_000)
    run = await catalogue.closed()
    # as if nobody was suspended: by 2.500054253797 and 1
    assert await catalogue.lines(run) == {beat: 7143, other: 2857}
    assert await catalogue.earned(nova, kilo) == [7143, 2857]
    assert (await catalogue.run(run)).total_weight == 3_500_054_253_797


async def test_who_is_credited_on_it_has_a_share_too(catalogue: Catalogue) -> None:
    nova, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(nova, credited=[kilo])
    await catalogue.beat(nova)
    await suspend(catalogue, nova)
    await catalogue.paid(9000)
    await catalogue.closed()
    assert await catalogue.earned(nova, kilo) == [6750, 2250]


async def test_what_anything_else_keeps_back_has_none(catalogue: Catalogue) -> None:
    nova, sam, stage = await catalogue.producer(), catalogue.sam, catalogue.stage
    kept = await catalogue.beat(nova, plays=10)
    own = await catalogue.beat(nova, TrackStatus.HIDDEN, plays=10)
    moderated, taken_down, removed, later, exclusive = [
        await catalogue.beat(nova, plays=10) for _ in range(5)
    ]
    assert await moderate(stage, sam, moderated, "HIDE") == []
    await suspend(catalogue, nova)
    assert await decide(stage, sam, await a_takedown(stage.sessions, taken_down), "APPROVE") == []
    assert await moderate(stage, sam, removed, "REMOVE") == []
    assert await moderate(stage, sam, exclusive, "HIDE") == []
    assert await moderate(stage, sam, exclusive, "RESTORE") == []
    await catalogue.execute(
        f"UPDATE account SET suspended_at = '2026-05-31 13:00:00' WHERE id = '{nova.account}'",
        f"UPDATE track SET published_at = '2026-05-31 14:00:00' WHERE id = '{later}'",
    )
    await catalogue.paid(100)
    await catalogue.closed()
    frozen = {row.track_id for row in await catalogue.rows(PoolInput)}
    assert frozen == {kept, exclusive}
    assert not frozen & {own, moderated, taken_down, removed, later}


async def test_a_month_counts_what_was_heard_before_the_suspension(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    beat = await catalogue.beat(nova, plays=7)
    await suspend(catalogue, nova)
    await catalogue.paid(100)
    await catalogue.closed()
    [frozen] = await catalogue.rows(PoolInput)
    assert (frozen.track_id, frozen.plays, frozen.producers) == (beat, 7, [nova.producer])


async def test_the_hold_keeps_the_share_until_the_suspension_ends(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    await a_payout_account(catalogue.sessions, nova.producer)
    await catalogue.beat(nova)
    await suspend(catalogue, nova)
    await catalogue.paid(5000)
    await catalogue.closed()
    held: Json = {
        "available": {"amount": "0.00"},
        "holds": [{"reason": "REVIEW", "amount": {"amount": "50.00"}}],
    }
    assert (await catalogue.stage.ask(nova, MONEY))["finances"]["balances"] == [held]
    await reinstate(catalogue, nova)
    free: Json = {"available": {"amount": "50.00"}, "holds": []}
    assert (await catalogue.stage.ask(nova, MONEY))["finances"]["balances"] == [free]


async def test_what_comes_back_is_counted_once_and_a_closed_month_stays_as_it_is(
    catalogue: Catalogue,
) -> None:
    nova = await catalogue.producer()
    await catalogue.beat(nova, published_at=datetime(2026, 4, 1, tzinfo=UTC))
    await suspend(catalogue, nova)
    await catalogue.paid(100)
    run = await catalogue.closed()
    closed = await catalogue.run(run)
    await reinstate(catalogue, nova)
    assert await catalogue.adjusted() == []
    again = await catalogue.run(run)
    assert (again.inputs_sha256, again.outputs_sha256) == (closed.inputs_sha256, closed.outputs_sha256)
    assert await catalogue.earned(nova) == [100]
