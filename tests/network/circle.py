"""Producers who ask one another to connect."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from db.clock import now
from db.models.accounts import RoleGrant
from db.models.network import Contact
from db.models.notices import Notification
from db.models.producers import Producer
from db.queries.indexing import index_producer
from db.session import Sessions
from db.vocabulary import ContactStatus, Role
from tests.factories import Beatmaker, Person, a_verified_producer
from tests.stage import Json, Stage

CONTACT: Final = "contact { id status askedByViewer message other { name } }"
CONTACTS: Final = """query($where: ContactWhere, $first: Int, $after: String, $last: Int, $before: String) {
  network { contacts(where: $where, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage startCursor endCursor } nodes { id status askedByViewer other { name } } } } }"""
DIRECTORY: Final = """query($where: DirectoryWhere, $first: Int, $after: String, $last: Int, $before: String) {
  network { directory(where: $where, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage startCursor endCursor } nodes { name } } } }"""


async def ask(stage: Stage, who: Person, whom: Beatmaker, message: str | None = None) -> Json:
    """The tie as the asker sees it afterwards."""
    entered: Json = {"producerId": whom.producer, "message": message}
    payload = await stage.mutate(who, "requestContact", CONTACT, input=entered)
    assert payload["errors"] == []
    return dict(payload["contact"])


async def refused(stage: Stage, who: Person | None, whom: str, **different: Any) -> list[Json]:
    entered = {"producerId": whom} | different
    payload = await stage.mutate(who, "requestContact", CONTACT, input=entered)
    return list(payload["errors"])


async def answer(stage: Stage, who: Person, contact: str, response: str) -> str:
    """The state of the tie afterwards."""
    payload = await stage.mutate(who, "respondToContact", CONTACT, id=contact, input={"response": response})
    assert payload["errors"] == []
    return str(payload["contact"]["status"])


async def ties(stage: Stage, who: Person, **asked: Any) -> list[tuple[str, str, bool]]:
    """The other, the state, and whether the viewer asked."""
    shown = (await stage.ask(who, CONTACTS, **asked))["network"]["contacts"]
    assert shown["totalCount"] == len(shown["nodes"])
    return [(one["other"]["name"], one["status"], one["askedByViewer"]) for one in shown["nodes"]]


async def names(stage: Stage, who: Person, where: Json | None = None) -> list[str]:
    """The directory."""
    shown = (await stage.ask(who, DIRECTORY, where=where))["network"]["directory"]
    assert shown["totalCount"] == len(shown["nodes"])
    return [one["name"] for one in shown["nodes"]]


async def a_circle(stage: Stage, *called: str) -> list[Beatmaker]:
    return [await a_verified_producer(stage.sessions, name) for name in called]


async def a_contact(
    sessions: Sessions,
    asker: Beatmaker,
    other: Beatmaker,
    *,
    accepted: bool = False,
    message: str | None = None,
) -> str:
    """A tie as if one had asked, and the other answered."""
    low, high = sorted((asker.producer, other.producer))
    answered: dict[str, Any] = {
        "status": ContactStatus.ACCEPTED,
        "answered_by": other.producer,
        "answered_at": now(),
    }
    state = answered if accepted else {}
    tie = Contact(low_id=low, high_id=high, asked_by=asker.producer, message=message, **state)
    async with sessions.writing() as session:
        session.add(tie)
    return tie.id


async def describe(sessions: Sessions, who: Beatmaker, **facts: Any) -> None:
    """Have a profile say this."""
    async with sessions.writing() as session:
        await session.execute(update(Producer).where(col(Producer.id) == who.producer).values(**facts))
        await index_producer(session, who.producer)


async def set_badge(sessions: Sessions, who: Person, *, held: bool) -> None:
    badge = col(RoleGrant.account_id) == who.account, col(RoleGrant.role) == Role.VERIFIED_PRODUCER
    async with sessions.writing() as session:
        await session.execute(update(RoleGrant).where(*badge).values(withdrawn_at=None if held else now()))


async def let_pass(sessions: Sessions, days: int) -> None:
    """Everything that was asked and answered is so much longer ago."""
    async with sessions.writing() as session:
        for tie in await session.scalars(select(Contact)):
            tie.asked_at -= timedelta(days=days)
            tie.answered_at = tie.answered_at and tie.answered_at - timedelta(days=days)


async def told(sessions: Sessions, *, of: str | None = None) -> list[tuple[str, str, str]]:
    """Whom what was told, by title."""
    kinds = [] if of is None else [col(Notification.kind) == of]
    oldest_first = col(Notification.created_at), col(Notification.id)
    async with sessions.reading() as session:
        rows = await session.scalars(select(Notification).where(*kinds).order_by(*oldest_first))
        return [(row.account_id, row.title, row.path) for row in rows]
