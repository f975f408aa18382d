"""D-52: who closes a month, and when: relay some hours after its end, staff when they ask, in order, each once."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog
from sqlalchemy import func, select
from sqlmodel import col

from api.pool import opening
from api.pool.opening import begin_what_is_due
from db import jobs
from db.bookkeeping import STRIPE_CASH, pool_of
from db.ids import JobId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.pools import PoolClosingAsked, PoolRun
from db.vocabulary import JobKind, JobState, JournalSource, PoolRunStatus
from tests.earnings.books import a_journal, a_move, enter
from tests.factories import staff
from tests.moderation.desk import entries
from tests.pool.months import MAY, Catalogue
from tests.working import tools_of
from workers.actors import pool
from workers.relay import ROUTINES
from workers.transaction import Actor, perform

pytestmark = pytest.mark.anyio
CLOSE = "closePeriod"
ASKED = "poolRun { id period sequence status closedAt }"
SIX_HOURS = timedelta(hours=6)


@pytest.fixture
def june(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    """The first of June, half past five in the morning."""
    return Clock(monkeypatch, datetime(2026, 6, 1, 5, 30, tzinfo=UTC))


class Clock:
    """The clock of those who begin to close months."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        monkeypatch.setattr(opening, "now", lambda: self.at)


def asked(period: str = MAY, key: str = "one") -> dict[str, str]:
    return {"period": period, "idempotencyKey": key}


async def runs(catalogue: Catalogue) -> list[tuple[str, int, PoolRunStatus]]:
    async with catalogue.sessions.reading() as session:
        chosen = select(PoolRun).order_by(col(PoolRun.period), col(PoolRun.sequence))
        return [(run.period, run.sequence, run.status) for run in await session.scalars(chosen)]


async def job_keys(catalogue: Catalogue, kind: JobKind = JobKind.RUN_POOL) -> list[str]:
    async with catalogue.sessions.reading() as session:
        return sorted(await session.scalars(select(col(Job.key)).where(col(Job.kind) == kind)))


async def do_all(catalogue: Catalogue) -> None:
    """What a worker would do of the jobs that are waiting."""
    actors: dict[JobKind, Actor] = {JobKind.RUN_POOL: pool.run_pool, JobKind.CLOSE_MONTHS: pool.close_months}
    while True:
        async with catalogue.sessions.reading() as session:
            waiting = select(col(Job.id), col(Job.kind)).where(
                col(Job.state) == JobState.READY, col(Job.kind).in_(list(actors))
            )
            left = [(job, kind) for job, kind in await session.execute(waiting)]
        if not left:
            return
        for job, kind in left:
            await perform(tools_of(catalogue.stage), JobId(job), actors[kind])


async def a_paid_month(catalogue: Catalogue, month: int = 5) -> None:
    await catalogue.paid(1000, at=datetime(2026, month, 20, tzinfo=UTC))


async def test_a_month_is_closed_six_hours_after_its_end(catalogue: Catalogue, june: Clock) -> None:
    await catalogue.beat(await catalogue.producer())
    await a_paid_month(catalogue)
    async with catalogue.stage.nothing_changes():
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    june.at += timedelta(minutes=30)
    await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    assert await runs(catalogue) == [(MAY, 0, PoolRunStatus.OPEN)]
    await do_all(catalogue)
    assert await runs(catalogue) == [(MAY, 0, PoolRunStatus.POSTED)]
    async with catalogue.stage.nothing_changes():
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)


async def test_relay_looks_every_hour() -> None:
    [routine] = [one for one in ROUTINES if one.kind is JobKind.CLOSE_MONTHS]
    assert routine.every == timedelta(hours=1)


async def test_the_job_closes_what_is_due_by_the_clock_of_today(catalogue: Catalogue) -> None:
    await catalogue.beat(await catalogue.producer())
    await a_paid_month(catalogue)
    async with catalogue.sessions.writing() as session:
        await jobs.add(session, JobKind.CLOSE_MONTHS, key="this hour")
    await do_all(catalogue)
    assert await runs(catalogue) == [(MAY, 0, PoolRunStatus.POSTED)]


async def test_a_month_without_money_is_nobodys_business(catalogue: Catalogue, june: Clock) -> None:
    june.at = datetime(2026, 6, 2, tzinfo=UTC)
    async with catalogue.stage.nothing_changes():
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)


async def test_months_that_were_missed_are_closed_in_order_one_at_a_time_and_staff_are_told(
    catalogue: Catalogue, june: Clock
) -> None:
    june.at = datetime(2026, 6, 2, tzinfo=UTC)
    sue = await staff(catalogue.sessions, "Sue")
    for month in (5, 3):
        await a_paid_month(catalogue, month)
    with structlog.testing.capture_logs() as logs:
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    assert [run[0] for run in await runs(catalogue)] == ["2026-03"]
    alarms = [one for one in logs if one["log_level"] == "critical"]
    assert [(one["event"], one["period"]) for one in alarms] == [
        ("a month was not closed in time: a person should look", "2026-03")
    ]
    await do_all(catalogue)
    await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    assert [run[0] for run in await runs(catalogue)] == ["2026-03", MAY]
    async with catalogue.sessions.reading() as session:
        told = list(await session.scalars(select(Notification)))
    assert {(one.account_id, one.title) for one in told} == {
        (one.account, "2026-03 was not closed in time") for one in (catalogue.sam, sue)
    }


async def test_a_closing_whose_job_died_is_taken_up_in_the_next_hour(
    catalogue: Catalogue, june: Clock
) -> None:
    await catalogue.beat(await catalogue.producer())
    await a_paid_month(catalogue)
    june.at = datetime(2026, 6, 1, 7, tzinfo=UTC)
    await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    await catalogue.execute("UPDATE job SET state = 'DEAD'")
    june.at += timedelta(hours=7)
    with structlog.testing.capture_logs() as logs:
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    assert [one["event"] for one in logs] == ["a pool is not shared out: a person must look"]
    assert (await job_keys(catalogue))[-1].endswith(":2026-06-01T14")
    await do_all(catalogue)
    assert await runs(catalogue) == [(MAY, 0, PoolRunStatus.POSTED)]


async def test_the_end_of_a_closing_begins_the_adjustments_of_months_before(
    catalogue: Catalogue, june: Clock
) -> None:
    nova = await catalogue.producer()
    await catalogue.beat(nova, days=70)
    await a_paid_month(catalogue, 4)
    june.at = datetime(2026, 5, 2, tzinfo=UTC)
    await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    await do_all(catalogue)
    await a_paid_month(catalogue, 4)
    await catalogue.given_back(300, "re_1", "2026-04")
    await a_paid_month(catalogue)
    june.at = datetime(2026, 6, 2, tzinfo=UTC)
    await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    await do_all(catalogue)
    assert await runs(catalogue) == [
        (period, sequence, PoolRunStatus.POSTED)
        for period, sequence in (("2026-04", 0), ("2026-04", 1), ("2026-04", 2), (MAY, 0))
    ]
    assert await catalogue.earned(nova) == [2700]


async def test_staff_close_a_month_and_are_answered_the_same_again(catalogue: Catalogue) -> None:
    await catalogue.beat(await catalogue.producer())
    await a_paid_month(catalogue)
    payload = await catalogue.stage.mutate(catalogue.sam, CLOSE, ASKED, input=asked())
    run = payload["poolRun"]
    assert run == {"id": run["id"], "period": MAY, "sequence": 0, "status": "OPEN", "closedAt": None}
    async with catalogue.stage.nothing_changes():
        assert await catalogue.stage.mutate(catalogue.sam, CLOSE, ASKED, input=asked()) == payload
    await do_all(catalogue)
    async with catalogue.stage.nothing_changes():
        again = await catalogue.stage.mutate(catalogue.sam, CLOSE, ASKED, input=asked())
    assert (again["poolRun"]["id"], again["poolRun"]["status"]) == (run["id"], "POSTED")
    other = await catalogue.stage.mutate(catalogue.sam, CLOSE, ASKED, input=asked(key="two"))
    assert other["poolRun"]["id"] == run["id"]
    assert await entries(catalogue.sessions) == [("CLOSE_PERIOD", run["id"])]
    async with catalogue.sessions.reading() as session:
        assert await session.scalar(select(func.count()).select_from(PoolClosingAsked)) == 2


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (asked("2026-13"), ("input.period", "MALFORMED")),
        (asked(key=" "), ("input.idempotencyKey", "REQUIRED")),
        (asked("2999-12"), ("input.period", "PERIOD_NOT_OVER")),
        (asked("2026-06"), ("input.period", "EARLIER_PERIOD_OPEN")),
        (asked("2026-03"), ("input.period", "PERIOD_UNKNOWN")),
        (asked("2020-01"), ("input.period", "PERIOD_UNKNOWN")),
        (asked(key="used"), ("input.idempotencyKey", "IDEMPOTENCY_KEY_REUSED")),
    ],
)
async def test_what_cannot_be_closed_is_refused_and_nothing_changes(
    catalogue: Catalogue, given: dict[str, str], refusal: tuple[str, str]
) -> None:
    await a_paid_month(catalogue, 4)
    await catalogue.begun("2026-04", key="used")
    await a_paid_month(catalogue)
    async with catalogue.stage.nothing_changes():
        assert await catalogue.stage.refusals(catalogue.sam, CLOSE, input=given) == [refusal]


async def test_where_nobody_has_ever_paid_no_month_is_closed(catalogue: Catalogue) -> None:
    async with catalogue.stage.nothing_changes():
        assert await catalogue.stage.refusals(catalogue.sam, CLOSE, input=asked()) == [
            ("input.period", "PERIOD_UNKNOWN")
        ]


async def test_a_month_whose_money_was_all_given_back_is_closed_by_staff_alone(
    catalogue: Catalogue, june: Clock
) -> None:
    june.at = datetime(2026, 6, 2, tzinfo=UTC)
    await a_paid_month(catalogue)
    back = a_move(1000, from_account=pool_of(MAY), to_account=STRIPE_CASH)
    await enter(catalogue.sessions, a_journal("re_1", back, kind=JournalSource.SUBSCRIPTION_REFUND))
    async with catalogue.stage.nothing_changes():
        await begin_what_is_due(catalogue.sessions, wait=SIX_HOURS)
    with structlog.testing.capture_logs() as logs:
        await catalogue.begun()
        await do_all(catalogue)
    assert await runs(catalogue) == [(MAY, 0, PoolRunStatus.POSTED)]
    assert [one for one in logs if one["log_level"] == "critical"] == []


async def test_whoever_is_not_staff_closes_nothing(catalogue: Catalogue) -> None:
    nova = await catalogue.producer()
    async with catalogue.stage.nothing_changes():
        assert await catalogue.stage.refusals(nova, CLOSE, input=asked()) == [("", "STAFF_REQUIRED")]
