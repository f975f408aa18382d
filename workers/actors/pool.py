"""Closes months, and adjusts those that are closed."""

from datetime import timedelta

from api.pool.adjusting import adjust_closed_months
from api.pool.closing import carry_out
from api.pool.opening import begin_what_is_due
from db.ids import PoolRunId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.CLOSE_MONTHS)
async def close_months(tools: Tools, job: Job) -> None:
    """Running twice is safe: a month is begun to be closed once, and a run has one job in an hour."""
    await begin_what_is_due(tools.sessions, wait=timedelta(hours=tools.settings.pool_wait_hours))
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.RUN_POOL)
async def run_pool(tools: Tools, job: Job) -> None:
    """Running twice is safe: each step looks how far the run is, and each share has one journal for ever."""
    await carry_out(tools.sessions, PoolRunId(job["run"]), keep=job.keep)
    await adjust_closed_months(tools.sessions)
    async with tools.sessions.writing() as session:
        await job.settle(session)
