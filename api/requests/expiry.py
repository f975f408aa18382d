"""Closing requests whose time is over, and telling their requesters beforehand (D-60, D-70)."""

from datetime import datetime, timedelta
from typing import Final

from api.notices import Notice, notify
from api.requests.rules import RENEWABLE_FOR, WARNED_BEFORE
from api.requests.wording import in_short
from db.clock import now
from db.queries import openings, requests
from db.queries.openings import ClosingRow
from db.session import Sessions
from db.vocabulary import BeatRequestStatus, NotificationKind

_AT_ONCE: Final = 5
"""Each takes its matches along, three short rows for each producer who answers: SQLite lets nobody else write meanwhile."""


async def expire_requests(sessions: Sessions) -> None:
    """Close what is over, and warn of what is about to be; what was done before is not done again."""
    moment = now()
    while await _close_some(sessions, moment):
        pass
    while soon := await _closing_soon(sessions, moment):
        for row in soon:
            await _warn(sessions, row)


async def _close_some(sessions: Sessions, moment: datetime) -> bool:
    """False: nothing was left to close."""
    async with sessions.writing() as session:
        return bool(await requests.expire(session, until=moment, limit=_AT_ONCE))


async def _closing_soon(sessions: Sessions, moment: datetime) -> list[ClosingRow]:
    async with sessions.reading() as session:
        return await openings.closing_soon(
            session, after=moment, until=moment + WARNED_BEFORE, limit=_AT_ONCE
        )


async def _warn(sessions: Sessions, closing: ClosingRow) -> None:
    """Tell the requester, unless it was deleted meanwhile; whichever it is, this opening is seen to."""
    async with sessions.writing() as session:
        row = await requests.hold_request(session, closing.request_id)
        if row is not None and row.status_at(now()) is BeatRequestStatus.ACTIVE:
            await notify(session, [closing.account_id], _notice(closing))
        await openings.note_warned(session, closing.id)


def _notice(closing: ClosingRow) -> Notice:
    """About the opening: one that is renewed is told of again."""
    number = closing.submission_count
    offered = f"{number or 'No'} track{'' if number == 1 else 's'} {'was' if number == 1 else 'were'} offered"
    return Notice(
        kind=NotificationKind.REQUEST_EXPIRING,
        subject=closing.id,
        title=f"Your beat request closes in less than {_hours(WARNED_BEFORE)} hours",
        body=f"“{in_short(closing.text)}”: {offered} so far. It can be renewed within {RENEWABLE_FOR.days} days.",
        path=f"/requests/{closing.request_id}",
    )


def _hours(length: timedelta) -> int:
    return int(length / timedelta(hours=1))
