"""Looks over the books each night, and writes up months that are over."""

from api.earnings.auditing import audit as look_over
from api.earnings.auditing import raise_alarm
from api.earnings.reconciliation import reconcile as hold_against
from api.earnings.statements import make_statements as write_up
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does


@does(JobKind.AUDIT)
async def audit(tools: Tools, job: Job) -> None:
    """Running twice is safe: looking changes nothing, and the alarm is raised with the end of the job."""
    findings = await look_over(tools.sessions)
    async with tools.sessions.writing() as session:
        await raise_alarm(session, findings)
        await job.settle(session)


@does(JobKind.MAKE_STATEMENTS)
async def make_statements(tools: Tools, job: Job) -> None:
    """Running twice is safe: a statement that is there stays as it is."""
    await write_up(tools.sessions, keep=job.keep)
    async with tools.sessions.writing() as session:
        await job.settle(session)


@does(JobKind.RECONCILE)
async def reconcile(tools: Tools, job: Job) -> None:
    """Running twice is safe: a movement that is there stays as it is, and breaks are looked for anew."""
    if tools.payments is not None:
        await hold_against(tools.sessions, tools.payments.balance)
    async with tools.sessions.writing() as session:
        await job.settle(session)
