"""Sends webhooks over HTTP, and notices when something has fallen due while nobody asks."""

import asyncio
import http.client
import logging
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from api.sandbox import clock, platforms, webhooks
from api.sandbox.books import Books
from api.sandbox.store import Store
from api.sandbox.webhooks import Letter

_LOOK_SECONDS: Final = 0.2
_PATIENCE_SECONDS: Final = 10
_AT_ONCE: Final = 20
"""Signed together, the last of them is sent before its signature is 300 s old, however slow the receiver is."""
_LOG: Final = logging.getLogger("sandbox")


async def deliver(store: Store, letters: list[Letter]) -> list[int | None]:
    """Send one after the other; answers the statuses, null where nobody answered."""
    statuses: list[int | None] = []
    for letter in letters:
        status = await asyncio.to_thread(_post, letter)
        webhooks.record(store, letter.delivery, status)
        statuses.append(status)
    return statuses


def _post(letter: Letter) -> int | None:
    url = urlsplit(letter.url)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=_PATIENCE_SECONDS)
    try:
        path = url.path or "/"
        connection.request("POST", f"{path}?{url.query}" if url.query else path, letter.body, letter.headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


async def keep_going(store: Store, url: str) -> None:
    """Until cancelled: what falls due happens, and what waits is sent, for platforms that do it by themselves."""
    while True:
        try:
            await _look(store, url)
        except Exception:  # noqa: BLE001 -- a bug in one happening must not silence all webhooks
            _LOG.exception("what fell due could not be done")
        await asyncio.sleep(_LOOK_SECONDS)


async def _look(store: Store, url: str) -> None:
    for platform in platforms.on_their_own(store):
        if platform.frozen_at is None:
            clock.catch_up(Books(store, platform, platform.id, url))
        if platform.deliveries == "automatic":
            await deliver(store, webhooks.due(store, platform.id, now=time.time(), limit=_AT_ONCE))


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
