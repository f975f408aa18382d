"""Searches the catalogue for copies: for a producer who waits, and regularly for nobody in particular."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.recon.rescans import start_due_rescans
from api.recon.scanning import Lease, run_scan, scan_failed
from db.ids import ReconScanId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does

_TRIES: Final = 3
"""Half a minute: then somebody who waits is told, and may ask anew; the job's later attempts find the scan over."""


async def _failed(session: AsyncSession, job: Job) -> None:
    if job.claim.attempt >= _TRIES:
        await scan_failed(session, ReconScanId(job["scan"]))


async def _scan(tools: Tools, job: Job) -> None:
    lease = Lease(keep=job.keep, settle=job.settle)
    await run_scan(tools.sessions, tools.storage, tools.engine, ReconScanId(job["scan"]), lease=lease)


@does(JobKind.SCAN, on_failure=_failed)
async def scan(tools: Tools, job: Job) -> None:
    """Running twice is safe: a match is one row for ever, a scan that is over stays so, each step is fenced."""
    await _scan(tools, job)


@does(JobKind.RESCAN, on_failure=_failed)
async def rescan(tools: Tools, job: Job) -> None:
    """Running twice is safe, as with a scan."""
    await _scan(tools, job)


@does(JobKind.START_RESCANS)
async def start_rescans(tools: Tools, job: Job) -> None:
    """Running twice is safe: a track whose rescan was begun is not due any more."""
    await start_due_rescans(tools.sessions, every=timedelta(days=tools.settings.rescan_days))
    async with tools.sessions.writing() as session:
        await job.settle(session)
