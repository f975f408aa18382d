"""Exports of personal data: how far they are (D-81)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import inserting
from db.ids import AccountId, DataExportId
from db.models.privacy import BEING_MADE, KEPT, DataExport
from db.queries.rows import read, read_one, select_row
from db.transitions import EXPORT, before
from db.vocabulary import DataExportStatus


class DataExportRow(NamedTuple):
    id: DataExportId
    account_id: AccountId
    status: DataExportStatus
    progress: float
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    byte_size: int | None


_EXPORTS = select_row(DataExportRow, DataExport)


async def exports(session: AsyncSession, ids: Collection[DataExportId]) -> list[DataExportRow]:
    return await read(session, DataExportRow, _EXPORTS.where(col(DataExport.id).in_(ids)))


async def exports_of(
    session: AsyncSession, accounts: Collection[AccountId], *, since: datetime
) -> list[DataExportRow]:
    """Those that were asked for since then, the latest first."""
    chosen = _EXPORTS.where(col(DataExport.account_id).in_(accounts), col(DataExport.requested_at) >= since)
    latest = chosen.order_by(col(DataExport.requested_at).desc(), col(DataExport.id).desc())
    return await read(session, DataExportRow, latest)


async def being_made(session: AsyncSession, account: AccountId) -> DataExportRow | None:
    """The one that waits or is written."""
    return await read_one(
        session, DataExportRow, _EXPORTS.where(col(DataExport.account_id) == account, BEING_MADE)
    )


async def asked_since(session: AsyncSession, account: AccountId, since: datetime) -> list[datetime]:
    """When exports were asked for that came to something, or still may; oldest first."""
    counted = col(DataExport.account_id) == account, col(DataExport.status) != DataExportStatus.FAILED
    moments = select(col(DataExport.requested_at)).where(*counted, col(DataExport.requested_at) > since)
    return list(await session.scalars(moments.order_by(col(DataExport.requested_at))))


async def add(session: AsyncSession, export: DataExport) -> bool:
    """Keep a new one; false: another is being made."""
    fresh = inserting(session, DataExport).values(export.model_dump()).on_conflict_do_nothing()
    return await session.scalar(fresh.returning(col(DataExport.id))) is not None


async def begin(session: AsyncSession, export: DataExportId) -> DataExportRow | None:
    """The export, at work from now on, also where a worker died over it; null: it is over, or gone."""
    running = DataExportStatus.RUNNING
    begun = await _change(session, export, before(EXPORT, running) | {running}, status=running)
    return (await exports(session, [export]))[0] if begun else None


async def advance(session: AsyncSession, export: DataExportId, progress: float) -> bool:
    """Say how far it is; false: it is over, or gone. Progress never falls."""
    known = col(DataExport.progress)
    return await _change(
        session, export, {DataExportStatus.RUNNING}, progress=case((known < progress, progress), else_=known)
    )


async def end(session: AsyncSession, export: DataExportId, status: DataExportStatus, **values: Any) -> bool:
    """Close one; false: it was over before, or is gone, and nothing was changed."""
    return await _change(session, export, before(EXPORT, status), status=status, **values)


async def expire(session: AsyncSession, *, before: datetime, limit: int) -> list[DataExportId]:
    """Say of some archives whose time is over that they are no more."""
    over = select(col(DataExport.id)).where(KEPT, col(DataExport.expires_at) <= before)
    some = over.order_by(col(DataExport.expires_at)).limit(limit).with_for_update(skip_locked=True)
    change = update(DataExport).where(col(DataExport.id).in_(some))
    ended = change.values(status=DataExportStatus.EXPIRED, byte_size=None)
    return list(await session.scalars(ended.returning(col(DataExport.id))))


async def _change(
    session: AsyncSession, export: DataExportId, known: Collection[DataExportStatus], **values: Any
) -> bool:
    chosen = col(DataExport.id) == export, col(DataExport.status).in_(known)
    changed = update(DataExport).where(*chosen).values(**values)
    return await session.scalar(changed.returning(col(DataExport.id))) is not None


def ready(moment: datetime, expires_at: datetime, byte_size: int) -> dict[str, Any]:
    """What an export says that is done."""
    return {
        "progress": 1.0,
        "ready_at": moment,
        "expires_at": expires_at,
        "byte_size": byte_size,
    }
