"""What shares of a month go by: plays of listeners come to those of tracks (D-51). Of two days, for there are many plays."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db.clock import now
from db.models.plays import TrackPlays
from db.queries import play_sums
from db.queries.invariants.finding import Invariant, rows_of

_LOOKED_BACK: Final = timedelta(days=1)
"""Each night; a day is over by the second one."""


async def _look(session: AsyncSession) -> list[str]:
    since = now().date() - _LOOKED_BACK
    days = await play_sums.days_that_differ(session, since)
    totals = await play_sums.totals_that_differ(session, since)
    return [
        *(
            f"listeners of {one.track} have heard {one.plays} plays more, {one.counted} counted"
            for one in days
        ),
        *(
            f"days of {one.track} have {one.plays} plays more than all, {one.counted} counted"
            for one in totals
        ),
    ]


INVARIANT: Final = Invariant(
    "sums-of-plays",
    "What listeners heard of a track, day by day, is what the track was heard.",
    _look,
    rows_of(TrackPlays, "days of tracks"),
)
