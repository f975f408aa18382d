"""Staff at their desk, and what is reported to them."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from db.models.moderation import AuditEntry, ContentReport
from db.models.notices import Notification
from db.session import Sessions
from tests.factories import Person
from tests.stage import Json, Somebody, Stage

LOG = """query($where: AuditWhere) { staff { auditLog(where: $where) { totalCount
  nodes { id action reason objectId actor { displayName } actorName object { id __typename } } } } }"""
REPORTS = """query($settled: Boolean!) { staff { reports(settled: $settled) { totalCount
  nodes { id objectId reason settledAt reporter { displayName } object { id } entry { action } } } } }"""
SEEN = """query($track: ID!, $handle: String!, $tag: String!, $text: String!) {
  track(id: $track) { id status withheld { cause reason } }
  producer(by: {handle: $handle}) { tracks { totalCount } }
  tracks(where: {tag: {eq: $tag}}) { totalCount }
  searchSuggestions(text: $text) { label } }"""


async def moderate(
    stage: Stage, who: Somebody, content: str, action: str, reason: str = "It is not theirs."
) -> list[tuple[str, str]]:
    return await stage.refusals(
        who, "moderateContent", id=content, input={"action": action, "reason": reason}
    )


async def report(
    stage: Stage, who: Somebody, content: str, reason: str = "I made this."
) -> list[tuple[str, str]]:
    return await stage.refusals(who, "reportContent", id=content, input={"reason": reason})


async def log(stage: Stage, who: Somebody, **where: Any) -> list[Json]:
    answer = await stage.ask(who, LOG, where=where)
    nodes: list[Json] = answer["staff"]["auditLog"]["nodes"]
    assert answer["staff"]["auditLog"]["totalCount"] == len(nodes)
    return nodes


async def reports(stage: Stage, who: Somebody, *, settled: bool = False) -> list[Json]:
    found: list[Json] = (await stage.ask(who, REPORTS, settled=settled))["staff"]["reports"]["nodes"]
    return found


async def told(sessions: Sessions, person: Person) -> list[tuple[str, str]]:
    """Titles and texts of what somebody was told, in the order of it."""
    mine = select(Notification).where(col(Notification.account_id) == person.account)
    async with sessions.reading() as session:
        rows = await session.scalars(mine.order_by(col(Notification.created_at), col(Notification.id)))
        return [(row.title, row.body) for row in rows]


async def entries(sessions: Sessions) -> list[tuple[str, str]]:
    """Action and object of each entry of the log, in the order of it."""
    rows = select(AuditEntry).order_by(col(AuditEntry.at), col(AuditEntry.id))
    async with sessions.reading() as session:
        return [(row.action.value, row.object_id) for row in await session.scalars(rows)]


async def open_reports(sessions: Sessions) -> int:
    async with sessions.reading() as session:
        rows = await session.scalars(select(ContentReport).where(col(ContentReport.settled_at).is_(None)))
        return len(list(rows))
