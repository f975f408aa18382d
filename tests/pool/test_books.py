"""The audit finds what is wrong with pools (MONEY 5)."""

from datetime import date

import pytest

from api.earnings.auditing import audit
from db.bookkeeping import PLATFORM_FEE, payable_to
from db.ids import PoolRunId
from db.vocabulary import JournalSource
from tests.earnings.books import a_journal, a_move, enter
from tests.factories import Beatmaker
from tests.pool.months import MAY, Catalogue

pytestmark = pytest.mark.anyio


async def found(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """What the audit finds, by invariant, whether or not the triggers are there."""
    findings = await audit(catalogue.sessions)
    return {
        one.invariant.name: one.broken_by
        for one in findings
        if one.broken_by and one.invariant.name != "unchangeable-tables"
    }


async def past_the_triggers(catalogue: Catalogue, table: str, *statements: str) -> None:
    """As somebody would who has taken them away."""
    on = "" if "sqlite" in catalogue.stage.settings.database_url else f" ON {table}"
    drops = [f"DROP TRIGGER IF EXISTS {table}_never_{event}{on}" for event in ("update", "delete")]
    await catalogue.execute(*drops, *statements)


@pytest.fixture
async def nova(catalogue: Catalogue) -> Beatmaker:
    """Who has two beats, and shares May with Kilo."""
    made, kilo = await catalogue.producer(), await catalogue.producer("Kilo")
    await catalogue.beat(made, plays=10)
    await catalogue.beat(made, credited=[kilo])
    await catalogue.paid(1000)
    return made


@pytest.fixture
async def closed(catalogue: Catalogue, nova: Beatmaker) -> PoolRunId:
    """May, with everything that may become of it later."""
    run = await catalogue.closed()
    await catalogue.paid(500)
    await catalogue.given_back(100, "re_1")
    await catalogue.adjusted()
    return run


async def test_a_month_that_is_closed_and_adjusted_is_as_it_should_be(
    catalogue: Catalogue, closed: PoolRunId
) -> None:
    assert await found(catalogue) == {}
    await catalogue.paid(70)  # waits for the next adjustment
    assert await found(catalogue) == {}


async def test_an_input_that_was_changed_is_found(catalogue: Catalogue, closed: PoolRunId) -> None:
    await past_the_triggers(
        catalogue, "pool_input", "UPDATE pool_input SET plays = plays + 1 WHERE plays > 0"
    )
    assert await found(catalogue) == {
        "pool-inputs": (f"{closed} of {MAY} is not reckoned from what was frozen",)
    }


async def test_another_amount_of_a_pool_is_found(catalogue: Catalogue, closed: PoolRunId) -> None:
    await past_the_triggers(
        catalogue, "pool_run", f"UPDATE pool_run SET pool_minor = pool_minor + 1 WHERE id = '{closed}'"
    )
    broken = await found(catalogue)
    assert broken.pop("pool-inputs") == (f"{closed} of {MAY} is not reckoned from what was frozen",)
    [line] = broken.pop("pool-shares")
    assert line.startswith(f"{closed} of {MAY} shares out 1001 by 3020276689272, and its shares are 1000 by")
    assert broken == {}


async def test_a_share_of_another_amount_is_found(
    catalogue: Catalogue, closed: PoolRunId, nova: Beatmaker
) -> None:
    own = f"run_id = '{closed}' AND producer_id = '{nova.producer}'"
    await past_the_triggers(
        catalogue, "pool_share", f"UPDATE pool_share SET amount_minor = amount_minor + 1 WHERE {own}"
    )
    broken = await found(catalogue)
    shares, journals = broken.pop("pool-shares"), broken.pop("pool-journals")
    # 1,000 by 2.520276689272 of 3.020276689272
    assert shares == (
        f"{closed} of {MAY} shares out 1000 by 3020276689272, and its shares are 1001 by 3020276689272",
        f"{nova.producer} has 835 of {closed} by 2520276689272, and the tracks 834 by 2520276689272",
    )
    assert journals == (f"{nova.producer} has 835 of {closed}, and the books have 834",)
    assert broken == {}


async def test_what_is_taken_back_and_was_never_given_back_is_found(
    catalogue: Catalogue, closed: PoolRunId
) -> None:
    await catalogue.execute("DELETE FROM pool_late_return")
    [line] = (await found(catalogue))["pool-shares"]
    assert line.endswith(f" of {MAY} takes 100 back, and 0 were given back")


async def test_a_journal_of_a_pool_without_a_share_is_found(
    catalogue: Catalogue, closed: PoolRunId, nova: Beatmaker
) -> None:
    move = a_move(5, from_account=payable_to(nova.producer), to_account=PLATFORM_FEE)
    await enter(catalogue.sessions, a_journal("plr_x:pro_x", move, kind=JournalSource.POOL_SHARE))
    broken = await found(catalogue)
    assert broken["pool-journals"] == ("POOL_SHARE plr_x:pro_x is no share of a pool",)


async def test_a_closed_pool_that_has_something_left_is_found(catalogue: Catalogue, nova: Beatmaker) -> None:
    await catalogue.closed()
    await catalogue.paid(70)
    await past_the_triggers(
        catalogue, "journal", "UPDATE journal SET posted_at = '2026-05-20 00:00:00+00:00'"
    )
    line = f"sub_pool:{MAY} is closed and has 70 CAD, of which 0 came since"
    assert await found(catalogue) == {"emptied-pools": (line,)}


async def test_a_trigger_that_is_gone_is_found(catalogue: Catalogue) -> None:
    await past_the_triggers(catalogue, "pool_line")
    findings = {one.invariant.name: one.broken_by for one in await audit(catalogue.sessions)}
    assert findings["unchangeable-tables"] == tuple(
        f"the trigger pool_line_never_{event} is gone, or off" for event in ("delete", "update")
    )


async def test_a_track_that_joined_a_closed_month_later_is_found(
    catalogue: Catalogue, closed: PoolRunId, nova: Beatmaker
) -> None:
    track = await catalogue.beat(nova)
    await catalogue.heard(track, 5, date(2026, 5, 2))
    await catalogue.execute(
        "INSERT INTO pool_input (run_id, track_id, work, published_at, licensing_model, plays, producers)"
        f" SELECT run_id, '{track}', work, published_at, licensing_model, plays, producers FROM pool_input LIMIT 1"
    )
    assert set(await found(catalogue)) == {"pool-inputs"}
