"""Asking for one's data, and deleting archives whose time is over (D-81)."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.privacy.errors import TooManyExports
from api.privacy.rules import A_DAY, archive_key
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import DataExportId, new_id
from db.models.privacy import DataExport
from db.queries import accounts
from db.queries import exports as queries
from db.session import announce
from db.vocabulary import JobKind

EXPORT_TOPIC: Final = "export:{}"
_AT_ONCE: Final = 100


async def request_export(session: AsyncSession, viewer: Viewer, *, a_day: int) -> DataExportId:
    """Have an archive of all one's data written; one that is being written is answered instead.

    Args:
        a_day: How many are made in a day; those that broke off do not count.

    Raises:
        TooManyExports: So many were.
    """
    await accounts.lock(session, viewer.account_id)  # else two at once would share the last one of the day
    if known := await queries.being_made(session, viewer.account_id):
        return known.id
    moment = now()
    asked = await queries.asked_since(session, viewer.account_id, moment - A_DAY)
    if len(asked) >= a_day:
        raise TooManyExports(limit=a_day, retry_at=asked[-a_day] + A_DAY)
    export = DataExport(id=DataExportId(new_id("dex")), account_id=viewer.account_id, requested_at=moment)
    session.add(export)
    await jobs.add(session, JobKind.EXPORT_DATA, key=export.id, export=export.id)
    return export.id


async def expire_exports(session: AsyncSession, *, before: datetime) -> None:
    """Delete archives whose time is over; twice is once."""
    while ended := await queries.expire(session, before=before, limit=_AT_ONCE):
        for export in ended:
            await drop_archive(session, export)


async def drop_archive(session: AsyncSession, export: DataExportId, *, cause: str = "over") -> None:
    """An archive goes once the transaction is durable.

    Args:
        cause: Why, once for an export.
    """
    announce(session, EXPORT_TOPIC.format(export))
    keys = [archive_key(export)]
    await jobs.add(session, JobKind.DELETE_FILES, key=f"export:{export}:{cause}", keys=keys, folders=[])
