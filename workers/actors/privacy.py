"""Writes archives of people's data, deletes accounts, and forgets what was kept for long enough."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.documents.press import Press
from api.licensing.certificate import Seal
from api.payouts.till import payout_till
from api.plans.paying import plan_till
from api.privacy.archive import Workshop, export_failed, write_archive
from api.privacy.deletion import deletion_terms
from api.privacy.erasing import Eraser
from api.privacy.erasing import delete_account as delete_account_due
from api.privacy.tidying import forget_what_is_old
from db.ids import AccountDeletionId, DataExportId
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


@does(JobKind.DELETE_ACCOUNT)
async def delete_account(tools: Tools, job: Job) -> None:
    """Running twice is safe: what has left is found no more, and the last transaction forgets all of the rest."""
    settings, sessions, payments = tools.settings, tools.sessions, tools.payments
    eraser = Eraser(
        sessions=sessions,
        mailer=tools.mailer,
        seal=Seal(settings),
        plans=plan_till(settings, sessions, payments) if payments else None,
        payouts=payout_till(settings, sessions, payments) if payments else None,
        terms=deletion_terms(settings),
        explorer=settings.request_tokens_a_month,
        site=settings.share_base,
        keep=job.keep,
        settle=job.settle,
    )
    await delete_account_due(eraser, AccountDeletionId(job["deletion"]))


@does(JobKind.FORGET)
async def forget(tools: Tools, job: Job) -> None:
    """Running twice is safe: what was forgotten is not found again."""
    await forget_what_is_old(tools.sessions, keep=job.keep, settle=job.settle)
