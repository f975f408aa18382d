"""The one mechanism for doing a thing later: a row in the job table, added in the cause's own transaction.

relay nudges the broker about waiting rows, a worker claims a row, and settles it in the transaction that holds the
job's effect. So a lost message delays a job and a repeated one changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import CursorResult, Select, and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import JobId, new_id
from db.models.jobs import SETTLED, WAITING, Job
from db.session import jobs_were_added
from db.vocabulary import JobKind, JobState

LEASE_S: Final = 10
"""Renewed every third of it while the worker lives, so a killed worker's job is free again after 10 s at most."""
MAX_ATTEMPTS: Final = 12
_ATTEMPTS: Final = {
    JobKind.SEND_EMAIL: 60,
    JobKind.SEND_PROOF: 60,
    JobKind.READ_PAYMENT_EVENT: 60,
    JobKind.SETTLE_PURCHASE: 60,
    JobKind.DELETE_ACCOUNT: 60,
}
"""Two days, hourly in the end: another's server may be away for a weekend."""
_TABLE: Any = vars(Job)["__table__"]
"""Of which SQLAlchemy makes an INSERT in half the time that it takes for a model."""
_FIRST_RETRY_S: Final = 2
_LONGEST_RETRY_S: Final = 3600
_FIRST_RENUDGE_S: Final = 3
_LONGEST_RENUDGE_S: Final = 60


class LeaseLost(Exception):  # noqa: N818 -- a fact about the world, not a fault
    """Another worker has claimed the job since: what was done under the old lease must roll back."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker until its lease ends."""

    id: JobId
    kind: JobKind
    payload: Mapping[str, Any]
    fence: int
    attempt: int
    request_id: str | None


async def add(
    session: AsyncSession,
    kind: JobKind,
    *,
    key: str,
    run_at: datetime | None = None,
    **payload: Any,
) -> None:
    """Have `kind` done once for the cause named by `key`; a second call with the same key changes nothing.

    The job keeps the id of the request that it comes from, for the log.
    """
    await add_all(session, kind, {key: payload}, run_at=run_at)


async def add_all(
    session: AsyncSession,
    kind: JobKind,
    payloads: Mapping[str, Mapping[str, Any]],
    *,
    run_at: datetime | None = None,
    requests: Mapping[str, str | None] | None = None,
) -> None:
    """Have `kind` done once for each of the causes that the payloads' keys name, by one statement.

    Args:
        requests: Ids of the requests that causes come from, by key; left out: all come from the one that is going on.
    """
    if not payloads:
        return
    when = run_at or now()
    shared = {
        "kind": kind,
        "state": JobState.READY,
        "run_at": when,
        "nudge_at": when,
        "created_at": now(),
        "nudges": 0,
        "attempts": 0,
        "fence": 0,
    }
    current = structlog.contextvars.get_contextvars().get("request_id")
    rows = [
        shared
        | {"id": new_id("job"), "key": f"{kind}:{key}", "payload": dict(payload)}
        | {"request_id": current if requests is None else requests.get(key)}
        for key, payload in payloads.items()
    ]
    await session.execute(inserting(session, _TABLE).on_conflict_do_nothing(index_elements=["key"]), rows)
    jobs_were_added(session)


async def claim(session: AsyncSession, job: JobId) -> Claim | None:
    """Take the job if it is ready, or its last holder's lease has ended; null if there is nothing to take."""
    moment = now()
    free = or_(
        and_(col(Job.state) == JobState.READY, col(Job.run_at) <= moment),
        and_(col(Job.state) == JobState.LEASED, col(Job.lease_until) <= moment),
    )
    row = (
        await session.execute(
            update(Job)
            .where(col(Job.id) == job, free)
            .values(
                state=JobState.LEASED,
                attempts=col(Job.attempts) + 1,
                fence=col(Job.fence) + 1,
                started_at=moment,
                **_leased(moment),
            )
            .returning(
                col(Job.id),
                col(Job.kind),
                col(Job.payload),
                col(Job.fence),
                col(Job.attempts),
                col(Job.request_id),
            )
        )
    ).one_or_none()
    return Claim(*row) if row else None


async def renew(session: AsyncSession, held: Claim) -> None:
    """Keep the job for another lease.

    Raises:
        LeaseLost: Somebody else has it.
    """
    await _change(session, held, _leased(now()))


async def settle(session: AsyncSession, held: Claim) -> None:
    """Mark the job done; call it in the transaction that holds the job's effect.

    Raises:
        LeaseLost: Somebody else has it; let the transaction roll back.
    """
    await _change(session, held, {"state": JobState.DONE, "finished_at": now(), "last_error": None})


async def fail(session: AsyncSession, held: Claim, error: str) -> JobState:
    """Hand the job back for a later attempt, or lay it aside as dead after the last one.

    Raises:
        LeaseLost: Somebody else has it.
    """
    dead = held.attempt >= most_attempts(held.kind)
    later = now() + timedelta(seconds=min(_FIRST_RETRY_S * 2 ** (held.attempt - 1), _LONGEST_RETRY_S))
    state = JobState.DEAD if dead else JobState.READY
    times = {"finished_at": now()} if dead else {"run_at": later, "nudge_at": later, "nudges": 0}
    await _change(session, held, {"state": state, "last_error": error[:2000], **times})
    return state


def most_attempts(kind: JobKind) -> int:
    """After so many a job is laid aside."""
    return _ATTEMPTS.get(kind, MAX_ATTEMPTS)


async def due(session: AsyncSession, *, limit: int = 200) -> list[tuple[JobId, JobKind]]:
    """Jobs that relay should speak of now, oldest first; each is put off, so that the next poll is quiet."""
    moment = now()
    waiting = (
        select(col(Job.id), col(Job.kind), col(Job.nudges))
        .where(WAITING, col(Job.nudge_at) <= moment)
        .order_by(col(Job.nudge_at), col(Job.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.execute(waiting)).all()
    await _put_off(session, [job for job, _, _ in rows], moment)
    return [(job, kind) for job, kind, _ in rows]


async def speak_of_all_again(session: AsyncSession) -> None:
    """Make every waiting job due for a nudge: the broker has lost its messages."""
    moment = now()
    await session.execute(
        update(Job)
        .where(col(Job.state) == JobState.READY, col(Job.nudge_at) > moment, col(Job.run_at) <= moment)
        .values(nudge_at=moment, nudges=0)
    )


async def last_finished(session: AsyncSession, kind: JobKind, *, before: datetime) -> datetime | None:
    """When a job of this kind was last done, among those that were done before then; null: none that is kept."""
    done = SETTLED, col(Job.kind) == kind, col(Job.finished_at) < before
    return await session.scalar(
        select(col(Job.finished_at)).where(*done).order_by(col(Job.finished_at).desc()).limit(1)
    )


async def next_nudge_at(session: AsyncSession) -> datetime | None:
    """When the next waiting job should be spoken of."""
    return await session.scalar(next_waiting())


def next_waiting() -> Select[datetime]:
    """The statement of relay's poll."""
    return select(col(Job.nudge_at)).where(WAITING).order_by(col(Job.nudge_at)).limit(1)


async def forget_settled(session: AsyncSession, *, before: datetime) -> None:
    """Delete jobs that were done before then; dead ones stay until a person has looked."""
    await session.execute(delete(Job).where(SETTLED, col(Job.finished_at) < before))


def _leased(moment: datetime) -> dict[str, datetime]:
    until = moment + timedelta(seconds=LEASE_S)
    return {"lease_until": until, "nudge_at": until}


async def _change(session: AsyncSession, held: Claim, values: Mapping[str, object]) -> None:
    mine = and_(col(Job.id) == held.id, col(Job.fence) == held.fence, col(Job.state) == JobState.LEASED)
    result = await session.execute(update(Job).where(mine).values(**values))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise LeaseLost(held.id)


async def _put_off(session: AsyncSession, chosen: Iterable[JobId], moment: datetime) -> None:
    """The wait doubles with each nudge, so a long backlog is not told of over and over."""
    waits = [(n, min(_FIRST_RENUDGE_S * 2**n, _LONGEST_RENUDGE_S)) for n in range(6)]
    wait_until = case(
        *((col(Job.nudges) == n, moment + timedelta(seconds=seconds)) for n, seconds in waits),
        else_=moment + timedelta(seconds=_LONGEST_RENUDGE_S),
    )
    await session.execute(
        update(Job)
        .where(col(Job.id).in_(list(chosen)))
        .values(nudge_at=wait_until, nudges=col(Job.nudges) + 1)
    )
