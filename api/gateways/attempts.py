"""How often something was tried lately: counted in Redis, for all processes together."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.gateways.valkey import Unreachable, connection_pool

_log = structlog.get_logger(__name__)


class Attempts:
    """Counts attempts within a quarter of an hour.

    Args:
        url: Redis.
        allowed: Attempts for one name.
    """

    def __init__(self, url: str, *, allowed: int) -> None:
        self._pool = connection_pool(url)
        self._storage = RedisStorage("async+redis://", implementation="redispy", connection_pool=self._pool)
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._limit = RateLimitItemPerMinute(allowed, 15)
        self.allowed = allowed

    async def count(self, *names: str) -> bool:
        """Count one attempt against each name; false if any has none left."""
        try:
            return all([await self._limiter.hit(self._limit, name) for name in names])
        except Unreachable as error:  # without Redis nothing is counted, and everybody can still sign in
            _log.warning("attempts not counted", error=repr(error))
            return True

    async def retry_at(self, *names: str) -> datetime:
        """When the last of the names has an attempt again."""
        spent: list[float] = []
        with suppress(*Unreachable):
            stats = [await self._limiter.get_window_stats(self._limit, name) for name in names]
            spent = [window.reset_time for window in stats if window.remaining == 0]
        return datetime.fromtimestamp(max(spent, default=time.time()), UTC)

    async def forgive(self, name: str) -> None:
        """Forget the attempts of a name, since one succeeded."""
        with suppress(*Unreachable):
            await self._limiter.clear(self._limit, name)

    async def close(self) -> None:
        await self._pool.aclose()
