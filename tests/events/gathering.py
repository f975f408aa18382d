"""Events, and who says that they come."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from db import jobs
from db.clock import now
from db.ids import EventId, JobId
from db.models.events import Event, EventRsvp
from db.models.jobs import Job
from db.models.notices import Notification
from db.session import Sessions
from db.vocabulary import JobKind, JobState
from tests.factories import Person, staff
from tests.stage import Json, Stage
from tests.working import tools_of
from workers.actors import events as actors
from workers.transaction import perform

ACTORS: Final = {actor.kind: actor for actor in (actors.tell_guests, actors.release_seats)}
RSVP: Final = "event { goingCount viewerRsvp { status position } }"


async def an_event(sessions: Sessions, by: Person | None = None, **different: Any) -> EventId:
    """One in ten days, for two hours, with as many seats as like."""
    creator = by or await staff(sessions, "Eve")
    start = different.get("starts_at") or now() + timedelta(days=10)
    usual: dict[str, Any] = {
        "title": "Studio night",
        "markdown": "Bring a beat.",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "place": "Riga, Studio 3",
        "created_by": creator.account,
    }
    event = Event(**(usual | different))
    async with sessions.writing() as session:
        session.add(event)
    return event.id


async def come(stage: Stage, who: Person, event: str, *, going: bool = True) -> tuple[str, int | None]:
    """What somebody's RSVP is afterwards: its state, and the place in the line."""
    payload: Json = await stage.mutate(who, "rsvpToEvent", RSVP, id=event, input={"going": going})
    assert payload["errors"] == []
    return standing_in(payload["event"])


def standing_in(event: Json) -> tuple[str, int | None]:
    said = event["viewerRsvp"]
    return said["status"], said["position"]


async def going(sessions: Sessions, event: EventId) -> int:
    """As the event counts them, and as there are."""
    async with sessions.reading() as session:
        row = await session.get_one(Event, event)
        seated = await session.scalars(
            select(EventRsvp).where(col(EventRsvp.event_id) == event, col(EventRsvp.status) == "GOING")
        )
        assert row.going_count == len(list(seated))
        return row.going_count


async def line(sessions: Sessions, event: EventId) -> list[str]:
    """Who waits, in order."""
    waiting = col(EventRsvp.event_id) == event, col(EventRsvp.status) == "WAITING"
    chosen = select(col(EventRsvp.account_id)).where(*waiting).order_by(col(EventRsvp.number))
    async with sessions.reading() as session:
        return list(await session.scalars(chosen))


async def set_times(sessions: Sessions, event: EventId, starts_at: datetime) -> None:
    """It takes place then, whatever is said of that."""
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    async with sessions.writing() as session:
        await session.execute(update(Event).where(col(Event.id) == event).values(**times))


async def notices(sessions: Sessions) -> list[tuple[str, str, str]]:
    """Whom what was told, by title; in the order of the accounts' names for it."""
    oldest_first = col(Notification.created_at), col(Notification.id)
    async with sessions.reading() as session:
        rows = await session.scalars(select(Notification).order_by(*oldest_first))
        return [(row.account_id, row.kind.value, row.title) for row in rows]


async def jobs_of(sessions: Sessions, kind: JobKind) -> list[Json]:
    async with sessions.reading() as session:
        rows = await session.scalars(select(Job).where(col(Job.kind) == kind).order_by(col(Job.id)))
        return [{"id": row.id, "state": row.state, **row.payload} for row in rows]


async def work(stage: Stage, kind: JobKind) -> int:
    """Do all jobs of a kind that are ready; how many there were."""
    ready = [one for one in await jobs_of(stage.sessions, kind) if one["state"] is JobState.READY]
    for one in ready:
        await perform(tools_of(stage), JobId(one["id"]), ACTORS[kind])
    return len(ready)


async def add_job(stage: Stage, kind: JobKind, **payload: Any) -> None:
    async with stage.sessions.writing() as session:
        await jobs.add(session, kind, key="again", **payload)
