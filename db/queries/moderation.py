"""What staff did, what was reported to them, and what they keep back (D-83)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, AuditEntryId, ContentReportId, new_id
from db.models.moderation import AuditEntry, ContentReport, Withholding
from db.queries.conditions import Bounds, one_of, within
from db.queries.paging import Key, Page, Slice
from db.queries.rows import AnySelect, read, read_count, read_page, select_row
from db.vocabulary import StaffAction, WithholdingCause


class AuditEntryRow(NamedTuple):
    id: AuditEntryId
    actor_id: AccountId | None
    actor_name: str | None
    action: StaffAction
    object_id: str
    reason: str | None
    at: datetime


class ContentReportRow(NamedTuple):
    id: ContentReportId
    object_id: str
    account_id: AccountId
    reason: str
    created_at: datetime
    settled_at: datetime | None
    entry_id: AuditEntryId | None


class WithholdingRow(NamedTuple):
    object_id: str
    cause: WithholdingCause
    cause_id: str
    reason: str
    placed_at: datetime


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; null conditions hold for every one."""

    actors: frozenset[str] | None = None
    objects: frozenset[str] | None = None
    at: Bounds | None = None


_ENTRIES: Final = select_row(AuditEntryRow, AuditEntry)
_LATEST_FIRST: Final = [Key(col(AuditEntry.at), descending=True), Key(col(AuditEntry.id), descending=True)]
_REPORTS: Final = select_row(ContentReportRow, ContentReport)
_OLDEST_FIRST: Final = [Key(col(ContentReport.created_at)), Key(col(ContentReport.id))]
_WITHHOLDINGS: Final = select_row(WithholdingRow, Withholding)
_IN_FORCE: Final = col(Withholding.lifted_at).is_(None)


# ---- the audit log -----------------------------------------------------------------------------------


async def entries(session: AsyncSession, ids: Collection[AuditEntryId]) -> list[AuditEntryRow]:
    return await read(session, AuditEntryRow, _ENTRIES.where(col(AuditEntry.id).in_(ids)))


async def page_of_entries(session: AsyncSession, chosen: AuditFilter, part: Slice) -> Page[AuditEntryRow]:
    """The latest first."""
    return await read_page(session, AuditEntryRow, _chosen(_ENTRIES, chosen), _LATEST_FIRST, part)


async def count_entries(session: AsyncSession, chosen: AuditFilter) -> int:
    counted: AnySelect = select(func.count()).select_from(AuditEntry)
    return await read_count(session, _chosen(counted, chosen))


def _chosen(statement: AnySelect, chosen: AuditFilter) -> AnySelect:
    return statement.where(
        *one_of(col(AuditEntry.actor_id), chosen.actors),
        *one_of(col(AuditEntry.object_id), chosen.objects),
        *within(col(AuditEntry.at), chosen.at),
    )


async def is_done(session: AsyncSession, action: StaffAction, object_id: str) -> bool:
    """Whether staff ever did this to an object."""
    done = col(AuditEntry.object_id) == object_id, col(AuditEntry.action) == action
    return await read_count(session, select(func.count()).where(*done)) > 0


# ---- reports -----------------------------------------------------------------------------------------


async def add_report(session: AsyncSession, object_id: str, account: AccountId, reason: str) -> None:
    """Keep a report; while one of this account about this object is open, nothing is added."""
    row = {
        "id": new_id("rpt"),
        "object_id": object_id,
        "account_id": account,
        "reason": reason,
        "created_at": now(),
    }
    await session.execute(inserting(session, ContentReport).values(row).on_conflict_do_nothing())


async def settle_reports(session: AsyncSession, object_id: str, entry: AuditEntryId) -> list[AccountId]:
    """Close what is open about an object; whose reports these were."""
    is_open = col(ContentReport.object_id) == object_id, col(ContentReport.settled_at).is_(None)
    settled = update(ContentReport).where(*is_open).values(settled_at=now(), entry_id=entry)
    return sorted(await session.scalars(settled.returning(col(ContentReport.account_id))))


async def reporters_of(session: AsyncSession, object_id: str) -> list[AccountId]:
    """Whose reports about an object are open."""
    is_open = col(ContentReport.object_id) == object_id, col(ContentReport.settled_at).is_(None)
    return sorted(await session.scalars(select(col(ContentReport.account_id)).where(*is_open)))


async def is_reported(session: AsyncSession, object_id: str) -> bool:
    """Whether a report about an object is open."""
    is_open = col(ContentReport.object_id) == object_id, col(ContentReport.settled_at).is_(None)
    return await read_count(session, select(func.count()).where(*is_open)) > 0


async def reports(session: AsyncSession, ids: Collection[ContentReportId]) -> list[ContentReportRow]:
    return await read(session, ContentReportRow, _REPORTS.where(col(ContentReport.id).in_(ids)))


async def page_of_reports(session: AsyncSession, *, settled: bool, part: Slice) -> Page[ContentReportRow]:
    """The oldest first."""
    return await read_page(
        session, ContentReportRow, _settled(_REPORTS, settled=settled), _OLDEST_FIRST, part
    )


async def count_reports(session: AsyncSession, *, settled: bool) -> int:
    counted: AnySelect = select(func.count()).select_from(ContentReport)
    return await read_count(session, _settled(counted, settled=settled))


def _settled(statement: AnySelect, *, settled: bool) -> AnySelect:
    when = col(ContentReport.settled_at)
    return statement.where(when.is_not(None) if settled else when.is_(None))


# ---- what is kept back -------------------------------------------------------------------------------


async def withholdings(session: AsyncSession, objects: Collection[str]) -> list[WithholdingRow]:
    """What keeps objects back now, the latest last."""
    in_force = _WITHHOLDINGS.where(col(Withholding.object_id).in_(objects), _IN_FORCE)
    ordered = in_force.order_by(col(Withholding.placed_at), col(Withholding.id))
    return await read(session, WithholdingRow, ordered)


async def place(session: AsyncSession, withholding: Withholding) -> bool:
    """Keep something back; false: it is kept back for this cause already."""
    values: dict[str, Any] = withholding.model_dump()
    added = inserting(session, Withholding).values(values).on_conflict_do_nothing()
    return (await session.execute(added.returning(col(Withholding.id)))).one_or_none() is not None


async def lift(session: AsyncSession, object_id: str, cause_id: str, *, by: AccountId, reason: str) -> bool:
    """End a cause for which something is kept back; false: there is none such."""
    in_force = col(Withholding.object_id) == object_id, col(Withholding.cause_id) == cause_id, _IN_FORCE
    lifted = update(Withholding).where(*in_force).values(lifted_at=now(), lifted_by=by, lift_reason=reason)
    return (await session.execute(lifted.returning(col(Withholding.id)))).one_or_none() is not None
