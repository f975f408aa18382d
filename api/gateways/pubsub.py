"""Live news between processes: who waits for a topic is woken; messages carry ids, never data."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog

from api.gateways.valkey import Unreachable, connect

_log = structlog.get_logger(__name__)
_PREFIX: Final = "beatpass:"
_IDLE: Final = "idle"
_RECONNECT_S: Final = 0.5
_POLL_S: Final = 30.0
_CONFIRMATION_S: Final = 5.0

JOBS: Final = "jobs"
"""Topic of the poke that tells relay of new jobs."""


class Wakes:
    """One listener's news, joined until they are fetched: a slow listener misses no topic and piles up nothing."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._ids: set[str] = set()

    def wake(self, news: str) -> None:
        self._ids.add(news)
        self._event.set()

    async def next(self) -> frozenset[str]:
        """Wait for news; answers the ids that came since the last call, and an empty one for a topic without ids."""
        await self._event.wait()
        self._event.clear()
        ids, self._ids = frozenset(self._ids), set()
        return ids


class PubSub:
    """Publishes and listens through one Redis connection each.

    A topic may carry an id behind a space (`tracks_of:pro_… trk_…`): listeners of the topic are handed the id.
    """

    def __init__(self, url: str) -> None:
        self._redis = connect(url, decode_responses=True, health_check_interval=_POLL_S)
        self._listeners: dict[str, set[Wakes]] = defaultdict(set)
        self._confirmed: dict[str, asyncio.Event] = {}
        self._channels = self._redis.pubsub()
        self._subscribing = asyncio.Lock()  # concurrent subscribe() calls on one PubSub lose messages
        self._reader: asyncio.Task[None] | None = None

    async def publish(self, topics: Iterable[str]) -> None:
        """Best effort: who misses it reads the same from the database at the next turn."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for topic in topics:
                    channel, _, news = topic.partition(" ")
                    pipe.publish(f"{_PREFIX}{channel}", news)
                await pipe.execute()
        except Unreachable as error:
            _log.warning("news not published", error=repr(error))

    @asynccontextmanager
    async def listening(self, *topics: str) -> AsyncGenerator[Wakes]:
        """Be woken for each of the topics until the block ends."""
        wakes = Wakes()
        try:
            await self._add(wakes, topics)
            yield wakes
        finally:
            await self._remove(wakes, topics)

    async def ping(self) -> None:
        """Raises RedisError where nobody answers."""
        await self._redis.execute_command("PING")

    async def close(self) -> None:
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        await self._channels.aclose()
        await self._redis.aclose()

    async def _add(self, wakes: Wakes, topics: Iterable[str]) -> None:
        """Listen, and wait until Redis has confirmed it: what is published from then on is heard."""
        for topic in topics:
            self._listeners[topic].add(wakes)
        async with self._subscribing:
            if self._reader is None:
                await self._channels.subscribe(f"{_PREFIX}{_IDLE}")
                self._reader = asyncio.create_task(self._read())
            new = [topic for topic in topics if topic not in self._confirmed]
            self._confirmed |= {topic: asyncio.Event() for topic in new}
            if new:
                await self._channels.subscribe(*(f"{_PREFIX}{topic}" for topic in new))
        async with asyncio.timeout(_CONFIRMATION_S):
            await asyncio.gather(*(self._confirmed[topic].wait() for topic in topics))

    async def _remove(self, wakes: Wakes, topics: Iterable[str]) -> None:
        async with self._subscribing:
            for topic in topics:
                self._listeners[topic].discard(wakes)
            silent = [topic for topic in topics if not self._listeners[topic]]
            for topic in silent:
                del self._listeners[topic]
            gone = [topic for topic in silent if self._confirmed.pop(topic, None)]
            with suppress(*Unreachable):
                if gone:
                    await self._channels.unsubscribe(*(f"{_PREFIX}{topic}" for topic in gone))

    async def _read(self) -> None:
        while True:
            try:
                self._deliver(await self._channels.get_message(timeout=_POLL_S))
            except Unreachable as error:
                _log.warning("news interrupted", error=repr(error))
                await asyncio.sleep(_RECONNECT_S)

    def _deliver(self, message: dict[str, Any] | None) -> None:
        topic = str(message["channel"]).removeprefix(_PREFIX) if message else ""
        if message and message["type"] == "message":
            self._wake(topic, str(message["data"]))
        elif message and message["type"] == "subscribe" and topic in self._confirmed:
            if self._confirmed[
                topic
            ].is_set():  # subscribed anew after an interruption: news may have been missed
                self._wake(topic, "")
            self._confirmed[topic].set()

    def _wake(self, topic: str, news: str) -> None:
        for wakes in self._listeners.get(topic, ()):
            wakes.wake(news)
