"""What a worker process has: opened once in its event loop, before its first job."""

import asyncio
from dataclasses import dataclass
from functools import cache

from api.gateways.pubsub import PubSub
from api.gateways.storage import Storage, open_storage
from api.settings import Settings
from api.telling import telling
from db.session import Sessions
from workers.audio.isolate import AudioChild
from workers.listening import ChildEngine


@dataclass(frozen=True)
class Tools:
    """Of one worker process.

    Attributes:
        child: The process that computes on sound; started when first needed.
    """

    settings: Settings
    sessions: Sessions
    live: PubSub
    storage: Storage
    child: AudioChild
    engine: ChildEngine


@cache
def settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # from the environment


@cache
def _opened(loop: asyncio.AbstractEventLoop) -> Tools:
    given, child = settings(), AudioChild()
    live = PubSub(given.redis_url)
    return Tools(
        settings=given,
        sessions=Sessions(given.database_url, after_commit=telling(live)),
        live=live,
        storage=open_storage(given),
        child=child,
        engine=ChildEngine(child),
    )


def tools() -> Tools:
    """The tools of the running event loop."""
    return _opened(asyncio.get_running_loop())
