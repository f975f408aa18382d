"""An installation that sends e-mail, and workers that do its jobs in this process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from api.notices import Notice, notify
from db import jobs
from db.clock import now
from db.ids import JobId, ProducerId
from db.models.jobs import Job
from db.models.notices import Notification
from db.models.producers import Follow
from db.session import Sessions
from db.vocabulary import JobKind, JobState, NotificationKind
from tests.factories import Person
from tests.stage import Json, Stage
from tests.tools.smtp import MailServer
from tests.working import tools_of
from workers.actors import notices as actors
from workers.tools import Tools
from workers.transaction import perform

ACTORS: Final = {
    actor.kind: actor
    for actor in (
        actors.tell_followers,
        actors.tell_matches,
        actors.send_email,
        actors.start_digests,
        actors.send_digest,
        actors.start_reports,
        actors.make_report,
    )
}
LIST: Final = """query($where: NotificationWhere, $first: Int, $after: String, $last: Int, $before: String) {
  me { unreadNotificationCount
       notifications(where: $where, first: $first, after: $after, last: $last, before: $before) {
         totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
         nodes { id kind title body path createdAt readAt subject { __typename id } } } } }"""


class Office:
    """An installation that sends e-mail.

    Attributes:
        mails: The server that it sends to.
    """

    def __init__(self, stage: Stage, mails: MailServer) -> None:
        self.stage = stage
        self.mails = mails

    @property
    def sessions(self) -> Sessions:
        return self.stage.sessions

    @property
    def tools(self) -> Tools:
        return tools_of(self.stage)

    async def work(self, kind: JobKind) -> int:
        """Do all jobs of a kind that are ready; how many there were."""
        ready = [job for job in await self.jobs(kind) if job.state is JobState.READY]
        for job in ready:
            await perform(self.tools, JobId(job.id), ACTORS[kind])
        return len(ready)

    async def have_done(self, kind: JobKind, key: str) -> None:
        """What relay adds, and a worker does."""
        async with self.sessions.writing() as session:
            await jobs.add(session, kind, key=key)
        assert await self.work(kind) == 1

    async def jobs(self, kind: JobKind) -> Sequence[Job]:
        async with self.sessions.reading() as session:
            return list(await session.scalars(select(Job).where(col(Job.kind) == kind).order_by(col(Job.id))))

    async def notices(self) -> list[Notification]:
        async with self.sessions.reading() as session:
            oldest_first = col(Notification.created_at), col(Notification.id)
            return list(await session.scalars(select(Notification).order_by(*oldest_first)))

    async def list(self, who: Person, **variables: Any) -> Json:
        """What somebody sees of their notifications."""
        shown: Json = (await self.stage.ask(who, LIST, **variables))["me"]
        return shown


async def tell(
    sessions: Sessions,
    *people: Person,
    kind: NotificationKind = NotificationKind.CASE_DECIDED,
    subject: str = "req_1",
    **different: Any,
) -> None:
    """Tell people of something."""
    words: dict[str, Any] = {
        "title": f"About {subject}",
        "body": "It happened.",
        "path": "/there",
    } | different
    async with sessions.writing() as session:
        await notify(session, [one.account for one in people], Notice(kind=kind, subject=subject, **words))


async def change_notices(sessions: Sessions, *conditions: Any, **values: Any) -> None:
    async with sessions.writing() as session:
        await session.execute(update(Notification).where(*conditions).values(**values))


async def follow(
    sessions: Sessions, producer: ProducerId, *people: Person, at: datetime | None = None, **different: Any
) -> None:
    async with sessions.writing() as session:
        session.add_all(
            Follow(account_id=one.account, producer_id=producer, followed_at=at or now(), **different)
            for one in people
        )


def switch(kind: str, channel: str, *, enabled: bool) -> Json:
    return {"kind": kind, "channel": channel, "enabled": enabled}
