"""Connections to Redis or Valkey. Their client is typed in part only; what it answers is checked where it is used."""

from typing import Any, cast

import redis
import redis.asyncio
from redis.exceptions import RedisError

Unreachable = (RedisError, OSError)
"""What is raised when nobody answers."""


def connect(url: str, **options: Any) -> Any:
    """A client for asyncio."""
    return cast("Any", redis.asyncio.Redis).from_url(url, **options)


def connect_blocking(url: str) -> Any:
    """A client for threads, as Dramatiq wants it."""
    return cast("Any", redis.Redis).from_url(url)


def connection_pool(url: str) -> Any:
    """Connections for asyncio that something else makes a client of."""
    return cast("Any", redis.asyncio.ConnectionPool).from_url(url)
