"""Looks over the books each night."""

from api.earnings.auditing import audit as look_over
from api.earnings.auditing import raise_alarm
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
