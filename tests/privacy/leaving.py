"""Accounts that are deleted as people have it done: by GraphQL, some days, and workers."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlmodel import col

from api.auth import passwords
from db.clock import now
from db.ids import JobId
from db.models.accounts import Account
from db.models.jobs import Job
from db.models.privacy import AccountDeletion
from db.vocabulary import AccountDeletionStatus, JobKind, JobState
from tests.factories import Person
from tests.stage import Json, Stage
from tests.working import tools_of
from workers.actors import files, privacy
from workers.transaction import perform

PASSWORD: Final = "correct horse"
ACTORS: Final = {actor.kind: actor for actor in (privacy.delete_account, files.delete_files)}


async def with_password(stage: Stage, person: Any) -> Any:
    """Somebody, who has one from now on."""
    hashed = await passwords.hash_password(PASSWORD)
    async with stage.sessions.writing() as session:
        chosen = update(Account).where(col(Account.id) == person.account)
        await session.execute(chosen.values(password_hash=hashed))
    return person


async def ask(stage: Stage, who: Person, **different: Any) -> Json:
    """The payload of asking for the deletion of one's account."""
    given = {"password": PASSWORD, "balanceAcknowledged": True, **different}
    payload: Json = await stage.mutate(
        who, "requestAccountDeletion", "deletion { id status dueAt }", input=given
    )
    return payload


async def become_due(stage: Stage) -> None:
    """The days are over; so are leases, and waits."""
    async with stage.sessions.writing() as session:
        await session.execute(update(AccountDeletion).values(due_at=now()))
        waiting = col(Job.state).in_([JobState.READY, JobState.LEASED]), col(Job.kind).in_(ACTORS)
        back = {"state": JobState.READY, "run_at": now() - timedelta(seconds=1)}
        await session.execute(update(Job).where(*waiting).values(back))


async def work(stage: Stage, *kinds: JobKind) -> None:
    """Do each job that is ready, once."""
    ready = col(Job.kind).in_(kinds or list(ACTORS)), col(Job.state) == JobState.READY
    async with stage.sessions.reading() as session:
        chosen = select(Job).where(*ready, col(Job.run_at) <= now()).order_by(col(Job.id))
        jobs = list(await session.scalars(chosen))
    for job in jobs:
        await perform(tools_of(stage), JobId(job.id), ACTORS[job.kind])


async def delete(stage: Stage, who: Person) -> None:
    payload = await ask(stage, who)
    assert payload["errors"] == [], payload
    await become_due(stage)
    await work(stage, JobKind.DELETE_ACCOUNT)
    await work(stage, JobKind.DELETE_FILES)


async def status(stage: Stage) -> list[AccountDeletionStatus]:
    """Of every deletion, the first one first."""
    async with stage.sessions.reading() as session:
        chosen = select(col(AccountDeletion.status)).order_by(col(AccountDeletion.id))
        return list(await session.scalars(chosen))
