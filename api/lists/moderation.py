"""Lists of what staff did, and of what was reported to them; the desk lets only staff in."""

from typing import Final

from api.lists.reading import Lister, bounds, chosen, page_info
from db.queries import moderation as queries
from db.queries.moderation import AuditFilter
from schema.context import PageSource
from schema.moderation import (
    AuditEntry,
    AuditEntryConnection,
    AuditWhere,
    ContentReport,
    ContentReportConnection,
)
from schema.paging import write_cursor

_ENTRIES: Final = "audit"
_REPORTS: Final = "reports"


class ModerationLists(Lister):
    """For the staff desk."""

    async def audit_log(self, where: AuditWhere | None, page: PageSource) -> AuditEntryConnection:
        """The latest first."""
        part, asked = page.slice(_ENTRIES), _filter(where)
        async with self._sessions.reading() as session:
            found = await queries.page_of_entries(session, asked, part)
        cursors = [write_cursor(_ENTRIES, (row.at, row.id)) for row in found.rows]
        return AuditEntryConnection(
            nodes=[AuditEntry.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_entries(session, asked)),
        )

    async def reports(self, page: PageSource, *, settled: bool) -> ContentReportConnection:
        """The oldest first."""
        part = page.slice(_REPORTS)
        async with self._sessions.reading() as session:
            found = await queries.page_of_reports(session, settled=settled, part=part)
        cursors = [write_cursor(_REPORTS, (row.created_at, row.id)) for row in found.rows]
        return ContentReportConnection(
            nodes=[ContentReport.of(row) for row in found.rows],
            page_info=page_info(found, cursors),
            cursors=cursors,
            count=self._counted(lambda session: queries.count_reports(session, settled=settled)),
        )


def _filter(where: AuditWhere | None) -> AuditFilter:
    if where is None:
        return AuditFilter()
    asked: frozenset[str] | None = chosen(where.actor_id)
    actors = None if asked is None else frozenset(_account(one) for one in asked)
    return AuditFilter(actors, chosen(where.object_id), bounds(where.at))


def _account(member: str) -> str:
    """Of a member or an account, which are one person."""
    return f"acc_{member.removeprefix('mem_')}" if member.startswith("mem_") else member
