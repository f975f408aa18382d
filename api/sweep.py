"""Forgets what is over: settled jobs, sessions that nobody uses, links that open nothing, archives that were for a week."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.privacy.exporting import expire_exports
from db import jobs
from db.clock import now
from db.queries import accounts, proofs, takedowns

_KEEP_JOBS: Final = timedelta(days=7)
_KEEP_SESSIONS: Final = timedelta(days=90)


async def forget_the_ended(session: AsyncSession, *, session_days: int) -> None:
    """Delete settled jobs after a week, sessions three months after they opened nothing any more; dead links, what they would have confirmed, and old archives at once."""
    await jobs.forget_settled(session, before=now() - _KEEP_JOBS)
    await accounts.forget_sessions(session, before=now() - timedelta(days=session_days) - _KEEP_SESSIONS)
    await proofs.forget(session, before=now())
    await takedowns.forget_unproved(session, before=now())
    await expire_exports(session, before=now())
