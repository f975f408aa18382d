"""How often something was tried lately: counted in Redis, for all processes together."""

import time
from contextlib import suppress
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
        self.allowed = allowed

    async def count(self, narrow: Name, *wide: Name) -> bool:
        """Count one attempt against each name; false if any has none left.

        Args:
            narrow: One person at one place.
            wide: What many people share, such as an address; ten times as much is allowed.
        """
        try:
            return all([await self._limiter.hit(limit, name) for name, limit in self._limits(narrow, *wide)])
        except Unreachable as error:  # without Redis nothing is counted, and everybody can still sign in
            _log.warning("attempts not counted", error=repr(error))
            return True

    async def retry_at(self, narrow: Name, *wide: Name) -> datetime:
        """When the last of the names has an attempt again."""
        spent: list[float] = []
        with suppress(*Unreachable):
            limits = self._limits(narrow, *wide)
            stats = [await self._limiter.get_window_stats(limit, name) for name, limit in limits]
            spent = [window.reset_time for window in stats if window.remaining == 0]
        return datetime.fromtimestamp(max(spent, default=time.time()), UTC)

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
