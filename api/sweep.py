"""Forgets what is over: settled jobs, and sessions that nobody uses any more."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.clock import now
from db.queries import accounts

_KEEP_JOBS: Final = timedelta(days=7)
_KEEP_SESSIONS: Final = timedelta(days=90)


async def forget_the_ended(session: AsyncSession, *, session_days: int) -> None:
    """Delete settled jobs after a week, and sessions three months after they opened nothing any more."""
    await jobs.forget_settled(session, before=now() - _KEEP_JOBS)
    await accounts.forget_sessions(session, before=now() - timedelta(days=session_days) - _KEEP_SESSIONS)
