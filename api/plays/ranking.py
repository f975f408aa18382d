"""What tracks are sorted by when they are sorted by plays: the counted ones of 30 days, reckoned anew each hour.

The column stands in the track's row, for an index has to have it, and no listener should wait for a track's row.
"""

from datetime import timedelta
from typing import Final

from db.clock import now
from db.queries import play_ranks as queries
from db.session import Sessions

_DAYS: Final = 30
"""The present one among them, by the days of UTC."""
_AT_ONCE: Final = 200
"""Some 10 ms of writing."""


async def rank_plays(sessions: Sessions) -> None:
    """Write the figures that have changed."""
    since = now().date() - timedelta(days=_DAYS - 1)
    async with sessions.reading() as session:
        changed = await queries.changed_since(session, since)
    for first in range(0, len(changed), _AT_ONCE):
        async with sessions.writing() as session:
            await queries.write(session, changed[first : first + _AT_ONCE])
