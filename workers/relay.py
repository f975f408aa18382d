"""One process: tells the broker of waiting jobs, and adds what is due. `python -m workers.relay`.

Two of them are harmless: a job that is spoken of twice is claimed once.
"""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy.exc import OperationalError

from api.gateways.pubsub import JOBS, PubSub
from api.gateways.valkey import Unreachable
from api.logs import configure_logs
from api.settings import Settings
from db import jobs
from db.clock import now
from db.ids import JobId
from db.session import Sessions
from db.vocabulary import JobKind
from workers.broker import nudge, open_broker
from workers.tools import settings

_log = structlog.get_logger(__name__)
_LONGEST_SLEEP_S: Final = 1.0
"""A poll of an idle table costs microseconds; a lost poke costs this much."""
_MARK: Final = "beatpass:messages-are-here"
"""Stands in the broker's database; gone: its messages are gone too, and everything is said again."""


@dataclass(frozen=True)
class Routine:
    """Something that is due every so often, once for each period, whoever adds it."""

    kind: JobKind
    every: timedelta

    def key(self, moment: datetime) -> str:
        return str(int(moment.timestamp() // self.every.total_seconds()))


ROUTINES: Final = (
    Routine(JobKind.SWEEP, timedelta(minutes=15)),
    Routine(JobKind.EXPIRE_REQUESTS, timedelta(minutes=1)),
    Routine(JobKind.EXPIRE_PURCHASES, timedelta(minutes=1)),
    Routine(JobKind.GIVE_PLAY_XP, timedelta(minutes=1)),
    Routine(JobKind.RANK_PLAYS, timedelta(hours=1)),
    Routine(JobKind.CATCH_UP_ON_PAYMENTS, timedelta(minutes=10)),
    Routine(JobKind.FOLLOW_PAYOUTS, timedelta(hours=1)),
    Routine(JobKind.START_PAYOUTS, timedelta(hours=1)),
    Routine(JobKind.REMIND_OF_PAYOUT_SETUP, timedelta(days=1)),
    Routine(JobKind.START_RESCANS, timedelta(hours=1)),
    Routine(JobKind.START_DIGESTS, timedelta(hours=1)),
    Routine(JobKind.START_REPORTS, timedelta(hours=1)),
    Routine(JobKind.CLOSE_MONTHS, timedelta(hours=1)),
    Routine(JobKind.AUDIT, timedelta(days=1)),
    Routine(JobKind.FORGET, timedelta(days=1)),
    Routine(JobKind.RECONCILE, timedelta(hours=6)),
    Routine(JobKind.MAKE_STATEMENTS, timedelta(hours=6)),
)


class Relay:
    """Speaks of waiting jobs until it is stopped."""

    def __init__(self, sessions: Sessions, broker: RedisBroker) -> None:
        self._sessions = sessions
        self._broker = broker
        self._added: set[tuple[JobKind, str]] = set()

    async def turn(self) -> bool:
        """Speak of all that is due; true if there was anything."""
        await self._add_what_is_due()
        if not await asyncio.to_thread(self._messages_are_here):
            async with self._sessions.writing() as session:
                await jobs.speak_of_all_again(session)
            await asyncio.to_thread(self._mark)
            _log.info("a broker without messages: every waiting job is spoken of again")
        due = await self._due()
        for job, kind in due:
            await asyncio.to_thread(nudge, self._broker, kind, job)
        return bool(due)

    async def _add_what_is_due(self) -> None:
        due = {(routine.kind, routine.key(now())) for routine in ROUTINES}
        if new := due - self._added:
            async with self._sessions.writing() as session:
                for kind, key in new:
                    await jobs.add(session, kind, key=key)
            self._added = due

    async def sleep_s(self) -> float:
        """Until the next job should be spoken of, at most a second."""
        async with self._sessions.reading() as session:
            at = await jobs.next_nudge_at(session)
        left = (at - now()).total_seconds() if at else _LONGEST_SLEEP_S
        return min(max(left, 0.0), _LONGEST_SLEEP_S)

    async def _due(self) -> list[tuple[JobId, JobKind]]:
        async with self._sessions.reading() as session:
            at = await jobs.next_nudge_at(session)
        if at is None or at > now():
            return []
        async with self._sessions.writing() as session:
            return await jobs.due(session)

    def _messages_are_here(self) -> bool:
        return bool(self._client.exists(_MARK))

    def _mark(self) -> None:
        self._client.set(_MARK, 1)

    @property
    def _client(self) -> Any:
        broker: Any = self._broker  # Dramatiq types its client in part
        return broker.client


async def run(given: Settings) -> None:
    """Relay until cancelled."""
    if not given.sends_email:
        _log.info("e-mail is off: BEATPASS_SMTP_URL names no server, and nothing is kept for later")
    live, sessions = PubSub(given.redis_url), Sessions(given.database_url)
    relay = Relay(sessions, open_broker(given.broker_url))
    try:
        async with live.listening(JOBS) as wakes:
            while True:
                if not await _turn(relay):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(wakes.next(), await relay.sleep_s())
    finally:
        await live.close()
        await sessions.close()


async def _turn(relay: Relay) -> bool:
    """One turn; a broker that does not answer, or a busy database, is asked again a second later."""
    try:
        return await relay.turn()
    except (*Unreachable, OperationalError) as error:
        _log.warning("relay could not do its turn", error=repr(error))
        await asyncio.sleep(_LONGEST_SLEEP_S)
        return True


async def _main() -> None:
    relaying = asyncio.create_task(run(settings()))
    loop = asyncio.get_running_loop()
    for end in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(end, relaying.cancel)
    with suppress(asyncio.CancelledError):
        await relaying


if __name__ == "__main__":
    configure_logs()
    asyncio.run(_main())
