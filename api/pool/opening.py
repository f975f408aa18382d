"""Beginning to close a month: when relay finds it over, or when staff ask for it (D-52)."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import require
from api.deeds import note_deed
from api.notices import Notice, notify
from api.pool.errors import EarlierMonthIsOpen, MonthIsNotOver, NobodyHadPaidYet, ThatIsNoMonth
from api.refusals import KeyWasUsedBefore, Problems
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import PoolRunId, new_id
from db.models.pools import PoolRun
from db.months import Month
from db.queries import accounts
from db.queries import pools as queries
from db.queries.pools import PoolRunRow
from db.session import Sessions
from db.vocabulary import CurrencyCode, JobKind, NotificationKind, Role, StaffAction

_log = structlog.get_logger(__name__)
POOL_CURRENCY: Final = CurrencyCode.CAD
"""Of plans (D-50): a pool is shared out in one currency."""
_TOO_LONG: Final = timedelta(hours=6)
"""A closing takes a minute; one that is not done by then is stuck."""


async def close_period(
    session: AsyncSession, viewer: Viewer, period: str, *, idempotency_key: str
) -> PoolRunId:
    """Have a month closed, as staff; one that is closed, or being closed, is answered as it is.

    Raises:
        NotAllowed: The viewer is not staff.
        ManyRefused: That is no month, or no key.
        KeyWasUsedBefore: For another month.
        MonthIsNotOver: It is not over.
        NobodyHadPaidYet: It lies before the first that anybody has paid in.
        EarlierMonthIsOpen: One before it has money and is not closed.
    """
    require(viewer, Role.STAFF)
    problems, month = Problems(), Month.named(period)
    key = checked_idempotency_key(problems, idempotency_key)
    if month is None:
        problems.note(ThatIsNoMonth())
    problems.refuse_any()
    assert month  # else it was refused
    assert key
    if await queries.note_asked(session, viewer.account_id, key, period) != period:
        raise KeyWasUsedBefore
    if there := await queries.closing_of(session, period):
        return there.id
    await _refuse_out_of_turn(session, month)
    run = await _begin(session, month)
    await note_deed(session, viewer.account_id, StaffAction.CLOSE_PERIOD, run, period)
    return run


async def _refuse_out_of_turn(session: AsyncSession, month: Month) -> None:
    if month.ends_at > now():
        raise MonthIsNotOver
    first = await queries.first_period(session)
    if first is None or month.name < first:
        raise NobodyHadPaidYet
    if earlier := await queries.unclosed(session, month.name):
        raise EarlierMonthIsOpen(f"{earlier[0]} has money and is not closed: close that first.")


async def begin_what_is_due(sessions: Sessions, *, wait: timedelta) -> None:
    """Begin to close the earliest month that is over and has money: one at a time, for they are closed in order.

    One that should have been closed a month ago is closed too, and staff are told of it: a person should see why. What was
    begun and is not done is given to a worker again.

    Args:
        wait: From the end of a month, for payments and plays of its last minutes.
    """
    moment = now()
    over = Month.of(moment - wait)
    async with sessions.reading() as session:
        due = await queries.unclosed(session, over.name)
        left = await queries.unfinished(session)
    if left:
        await _go_on(sessions, left, moment)
    month = Month.named(due[0]) if due else None
    if month is not None and not any(one.is_closing for one in left):
        async with sessions.writing() as session:
            run = await _begin(session, month)
            if month < over.before:
                await _tell_of_delay(session, run, month)


async def _go_on(sessions: Sessions, left: list[PoolRunRow], moment: datetime) -> None:
    """A job anew for each run that is not done, in case its last one died."""
    for run in left:
        if moment - run.begun_at > _TOO_LONG:
            _log.critical("a pool is not shared out: a person must look", run=run.id, period=run.period)
    hour = f"{moment:%Y-%m-%dT%H}"
    payloads = {f"{run.id}:{hour}": {"run": run.id} for run in left}
    async with sessions.writing() as session:
        await jobs.add_all(session, JobKind.RUN_POOL, payloads)


async def _begin(session: AsyncSession, month: Month) -> PoolRunId:
    """The run that closes a month, and the job that does it; begun by two at once, it is one."""
    new = new_closing(month)
    if await queries.add_run(session, new):
        await jobs.add(session, JobKind.RUN_POOL, key=new.id, run=new.id)
        return new.id
    there = await queries.closing_of(session, month.name)
    assert there  # or it would have been added
    return there.id


def new_closing(month: Month) -> PoolRun:
    """As it is when nothing of it is done."""
    begun, run = now(), PoolRunId(new_id("plr"))
    return PoolRun(id=run, period=month.name, sequence=0, currency=POOL_CURRENCY, begun_at=begun)


async def _tell_of_delay(session: AsyncSession, run: PoolRunId, month: Month) -> None:
    _log.critical("a month was not closed in time: a person should look", period=month.name)
    notice = Notice(
        kind=NotificationKind.SECURITY,  # the kind that nobody can switch off
        subject=run,
        title=f"{month.name} was not closed in time",
        body="It is being closed now, by the catalogue as it is today. Look why nobody closed it earlier.",
        path="/staff/pool",
    )
    await notify(session, await accounts.holders_of(session, Role.STAFF), notice)
