"""Until when somebody has looked after what comes to an end by itself.

Whoever was away for weeks finds a lot that is late, because nobody looked: that is no fault of the books. So something is
late only if it was late already when it was last looked after, and an hour has passed since, in which it could end.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import jobs
from db.clock import now
from db.vocabulary import JobKind

_TO_END_IN: Final = timedelta(hours=1)
"""Each look adds a job for everything that is under way; thousands are done in this time, and some tried again."""


async def watched_until(session: AsyncSession, look: JobKind) -> datetime | None:
    """When this kind of look was last taken, long enough ago for all that followed of it; null: not in the days jobs are kept."""
    return await jobs.last_finished(session, look, before=now() - _TO_END_IN)
