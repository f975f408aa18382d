"""Writes archives of people's data."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.documents.press import Press
from api.privacy.archive import Workshop, export_failed, write_archive
from db.ids import DataExportId
from db.vocabulary import JobKind
from workers.tools import Tools
from workers.transaction import Job, does

_TRIES: Final = 5
"""A minute: then somebody who waits is told, and may ask anew; the job's later attempts find the export over."""


async def _export_failed(session: AsyncSession, job: Job) -> None:
    if job.claim.attempt >= _TRIES:
        await export_failed(session, DataExportId(job["export"]))


@does(JobKind.EXPORT_DATA, on_failure=_export_failed)
async def export_data(tools: Tools, job: Job) -> None:
    """Running twice is safe: an archive is written whole or not at all, under one key, and told of once."""
    press = Press()  # its process is ended with the job: archives are few
    try:
        shop = Workshop(
            sessions=tools.sessions,
            storage=tools.storage,
            press=press,
            site=tools.settings.share_base,
            keep=job.keep,
            settle=job.settle,
        )
        await write_archive(shop, DataExportId(job["export"]))
    finally:
        await press.close()
