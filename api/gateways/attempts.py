"""How often something was tried lately: counted in Redis, for all processes together."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.gateways.valkey import Unreachable, connection_pool

_log = structlog.get_logger(__name__)
_MINUTES: Final = 15
_SHARED_BY: Final = 10
"""People behind one address who may mistype at once."""


class Door(NamedTuple):
    """A name that has an allowance of its own."""

    name: str
    allowed: int
    minutes: int = _MINUTES


Name = str | Door


@dataclass(frozen=True)
class Tally:
    """What came of counting an attempt; true where it was let through.

    Attributes:
        limit: How many the name that refused it allows; zero where none did.
        retry_at: When that name has one again; null where none refused it.
    """

    limit: int = 0
    retry_at: datetime | None = None

    def __bool__(self) -> bool:
        return not self.limit


class Attempts:
    """Counts attempts within a quarter of an hour, where a door says nothing else.

    Args:
        url: Redis.
        allowed: Attempts for one person at one place.
    """

    def __init__(self, url: str, *, allowed: int) -> None:
        self._pool = connection_pool(url)
        self._storage = RedisStorage("async+redis://", implementation="redispy", connection_pool=self._pool)
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._narrow = RateLimitItemPerMinute(allowed, _MINUTES)
        self._wide = RateLimitItemPerMinute(allowed * _SHARED_BY, _MINUTES)

    async def count(self, narrow: Name, *wide: Name) -> Tally:
        """Count one attempt against each name, up to the first that has none left.

        What is refused at one name uses up no later one. So a place goes before what others share with it: the
        tries of one that is spent are nobody else's. Each step is atomic, so however many come at once, no more of
        them pass a name than it allows.

        Args:
            narrow: One person at one place.
            wide: What many people share, such as a network address; ten times as much is allowed.
        """
        try:
            for name, limit in self._limits(narrow, *wide):
                if not await self._limiter.hit(limit, name):
                    return Tally(limit.amount, await self._ends(limit, name))
        except Unreachable as error:  # without Redis nothing is counted, and everybody can still sign in
            _log.warning("attempts not counted", error=repr(error))
        return Tally()

    async def _ends(self, limit: RateLimitItemPerMinute, name: str) -> datetime:
        window = await self._limiter.get_window_stats(limit, name)
        return datetime.fromtimestamp(window.reset_time, UTC)

    async def forgive(self, narrow: Name, *wide: Name) -> None:
        """Forget the attempts of these names, since one succeeded."""
        with suppress(*Unreachable):
            for name, limit in self._limits(narrow, *wide):
                await self._limiter.clear(limit, name)

    def _limits(self, narrow: Name, *wide: Name) -> list[tuple[str, RateLimitItemPerMinute]]:
        return [_limited(narrow, self._narrow), *(_limited(name, self._wide) for name in wide)]

    async def close(self) -> None:
        await self._pool.aclose()


def _limited(name: Name, usual: RateLimitItemPerMinute) -> tuple[str, RateLimitItemPerMinute]:
    return (
        (name.name, RateLimitItemPerMinute(name.allowed, name.minutes))
        if isinstance(name, Door)
        else (name, usual)
    )
