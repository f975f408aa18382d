"""SQLite without the thread of its asynchronous driver, which takes most of the time of an example that is played.

Each call is made where it is asked for; with those that do something in the database, everybody else has had a turn before,
so what is done at once still mixes. Nobody waits for a lock that way: it would be waited for by all.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest

_DOING: Final = frozenset({"execute", "executemany", "commit", "rollback"})


def without_threads(patch: pytest.MonkeyPatch) -> None:
    """Of connections that are open, and of those to come; they are opened and closed as before."""
    patch.setattr("aiosqlite.core.Connection._execute", _at_once)


async def _at_once(connection: Any, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    if not connection._running or not connection._connection:
        raise ValueError("Connection closed")  # as the driver says it
    if getattr(call, "__name__", "") in _DOING:
        await asyncio.sleep(0)
    return call(*given, **named)
