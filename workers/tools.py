"""What a worker process has: opened once in its event loop, before its first job."""

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Final

from api.gateways.mail import Mailer, open_mailer
from api.gateways.payments import Payments, open_payments
from api.gateways.pubsub import PubSub
from api.gateways.storage import Storage, open_storage
from api.settings import Settings
from api.telling import open_sessions
from db.session import Sessions
from workers.audio.isolate import ANALYST, AudioChild
from workers.listening import ChildEngine

_BEHIND_VERDICTS: Final = 10
_COMPILING_S: Final = 600
"""numba compiles librosa's kernels for 30 s of CPU where no cache is kept, behind everything else on the machine."""


@dataclass(frozen=True)
class Tools:
    """Of one worker process.

    Attributes:
        child: The process that computes on sound; started when first needed.
        analyst: The one that measures tempo, key and loudness: slow to start, so the verdicts have another.
        mailer: Null where e-mail is off.
        payments: Null where no money is taken.
    """

    settings: Settings
    sessions: Sessions
    live: PubSub
    storage: Storage
    child: AudioChild
    engine: ChildEngine
    analyst: AudioChild
    mailer: Mailer | None = None
    payments: Payments | None = None


@cache
def settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # from the environment


@cache
def _opened(loop: asyncio.AbstractEventLoop) -> Tools:
    given, child = settings(), AudioChild()
    live = PubSub(given.redis_url)
    return Tools(
        settings=given,
        sessions=open_sessions(given, live),
        live=live,
        storage=open_storage(given),
        child=child,
        engine=ChildEngine(child),
        analyst=an_analyst(),
        mailer=open_mailer(given),
        payments=open_payments(given),
    )


def an_analyst() -> AudioChild:
    """A child that measures; it gives way to everything that somebody waits for."""
    return AudioChild(module=ANALYST, niceness=_BEHIND_VERDICTS, start_timeout_s=_COMPILING_S)


def tools() -> Tools:
    """The tools of the running event loop."""
    return _opened(asyncio.get_running_loop())
