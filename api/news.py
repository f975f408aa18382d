"""What is new to somebody who listens, without a gap: from one row on, or from now on.

Rows come to light when their transaction commits, which is not the order of their moments: one that began earlier may
commit later. So each look begins a margin before the newest row that was sent, and passes over what this stream has
sent already. Where a client connects again, the new stream does not know what the old one sent in that margin: it is
sent once more, behind what is newer, so that a client whose connection breaks again and again still gets on. It knows
by the ids what it has seen.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from db.clock import now
from db.queries.paging import Anchor, Page
from db.session import Sessions

R = TypeVar("R")
_MARGIN: Final = timedelta(seconds=10)
"""Transactions take some 50 ms, and writers wait 5 s for SQLite's lock at most; the rest is for clocks that differ."""
_AT_ONCE: Final = 100


class News(Generic[R]):
    """What one subscription sends.

    Args:
        look: Reads so many rows behind a moment and an id, oldest first.
        place_of: Moment and id of a row.
        after: Moment and id of what the client saw last; null: nothing of what is there already is sent.
    """

    def __init__(
        self,
        look: Callable[[AsyncSession, Anchor, int], Awaitable[Page[R]]],
        place_of: Callable[[R], tuple[datetime, str]],
        after: tuple[datetime, str] | None = None,
    ) -> None:
        moment, seen = after or (now(), "")
        self._look = look
        self._place_of = place_of
        self._passed = {seen: moment}
        self._newest = moment
        self._silent = after is None
        self._margin_is_left = after is not None
        self._at: Anchor = (moment.isoformat(), seen) if after else self._floor

    async def read(self, sessions: Sessions) -> list[R]:
        """The next ones, oldest first; none: that was all for now, and the next call looks anew."""
        while True:
            async with sessions.reading() as session:
                page = await self._look(session, self._at, _AT_ONCE)
            fresh = [row for row in page.rows if self._place_of(row)[1] not in self._passed]
            self._pass(page.rows)
            if fresh and not self._silent:
                return fresh
            if not page.has_next and not self._go_back():
                return []

    @property
    def _floor(self) -> Anchor:
        return ((self._newest - _MARGIN).isoformat(), "")

    def _pass(self, rows: Sequence[R]) -> None:
        places = [self._place_of(row) for row in rows]
        self._passed |= {one: moment for moment, one in places}
        if places:
            moment, last = places[-1]
            self._at = (moment.isoformat(), last)

    def _go_back(self) -> bool:
        """Begin the next look; true: this one still has the margin before the client's place to look at."""
        if self._margin_is_left:
            self._margin_is_left, self._at = False, self._floor
            return True
        self._begin_anew()
        return False

    def _begin_anew(self) -> None:
        self._silent = False
        self._newest = max(self._passed.values())
        kept = self._newest - _MARGIN
        self._passed = {one: moment for one, moment in self._passed.items() if moment >= kept}
        self._at = self._floor
