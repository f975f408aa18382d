"""Who races: processes of their own, which ask for the same track in the same instant, and then read what is told of its sale.

All of it is the code of the product: `buy_exclusive` and `reserve`, the endpoint that takes webhooks, the actor that reads them.
"""

import asyncio
import logging
import multiprocessing
import random
import time
import warnings
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import httpx
import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.applications import Starlette

from api.gateways.payments import open_payments
from api.gateways.pubsub import PubSub
from api.gateways.sale_facts import MoneyState, SaleFacts
from api.gateways.storage import open_storage
from api.http.stripe import stripe_routes
from api.purchases.checkout import buy_exclusive
from api.purchases.closing import settle
from api.purchases.reservation import Wish, reserve
from api.purchases.till import sale_till
from api.refusals import Refused
from api.settings import Settings
from api.viewer import Viewer
from benchmarks._race_market import BUYERS, Race
from db.clock import now
from db.ids import AccountId, JobId, PurchaseId, SessionId, TrackId, new_id
from db.models.jobs import WAITING, Job
from db.models.purchases import Purchase
from db.queries import purchases as queries
from db.queries import tracks
from db.queries.tracks import TrackRow
from db.session import Committed, Sessions
from db.vocabulary import JobKind, JobState
from tests.tools.stripe_sandbox import Seller
from workers.actors.payments import read_payment_event
from workers.audio.isolate import AudioChild
from workers.listening import ChildEngine
from workers.tools import Tools
from workers.transaction import perform

WON: Final = "WON"
_READERS: Final = 2
"""Of the racers: they are the two workers who read what is told; the last one brings the buyer who comes late."""
_LATE_TRIES: Final = 60
_BETWEEN_TRIES_S: Final = 0.02
"""At most, between two askings of who comes late."""
_PATIENCE_S: Final = 120
_BETWEEN_LOOKS_S: Final = 0.2


@dataclass(frozen=True)
class Heat:
    """Races that one of the processes takes part in.

    Attributes:
        rank: Which of a race's buyers it is.
        without: What is taken out of the code first: "", "lock", or "lock and conflict clause".
    """

    rank: int
    races: Sequence[Race]
    without: str = ""


class Ask(NamedTuple):
    """What one buyer was answered, and when, by the clock that all processes share.

    Attributes:
        answer: WON, a code, or what broke.
        ended: When it was decided: the transaction is committed, or refused.
        cpu_s: Of the whole process.
    """

    track: TrackId
    answer: str
    purchase: PurchaseId | None
    started: float
    ended: float
    cpu_s: float


class Selling(NamedTuple):
    """What one process saw of the sale of one track.

    Attributes:
        held: When the provider first said that the money is put aside; null: it did not ask.
        granted: When the last change of the purchase was committed; null: by others.
        late: What the late buyer was answered at last; empty: another process brought them.
    """

    ask: Ask
    held: float | None
    granted: float | None
    late: str


# ---- one process ----------------------------------------------------------------------------------
class Racer:
    """One of the processes: a web process while it buys, a worker while it reads."""

    def __init__(self, settings: Settings, barrier: Barrier) -> None:
        self._barrier = barrier
        self._commits: list[tuple[float, Committed]] = []
        self._held: list[float] = []
        self._chance = random.Random()
        sessions, payments = (
            Sessions(settings.database_url, after_commit=self._note_commit),
            open_payments(settings),
        )
        assert payments
        payments.sales.payment = self._noting_held(payments.sales.payment)
        child = AudioChild()  # never started: no sound is listened to
        engine, live, storage = ChildEngine(child), PubSub(settings.redis_url), open_storage(settings)
        self._tools = Tools(settings, sessions, live, storage, child, engine, child, None, payments)
        self._till = sale_till(settings, sessions, payments)
        self._seller = Seller(settings.stripe_api_url, settings.stripe_secret_key.get_secret_value(), "")
        self._app = Starlette(routes=list(stripe_routes(settings, sessions)))

    async def decide(self, heat: Heat) -> list[Ask]:
        """Ask for each track with the others, and leave it at that."""
        with without(heat.without):
            return [await self._ask(race.track, race.buyers[heat.rank]) for race in heat.races]

    async def alone(self, heat: Heat) -> list[Ask]:
        """The same, while nobody else asks."""
        return [await self._reserved(race.track, race.buyers[heat.rank]) for race in heat.races]

    async def sell(self, heat: Heat) -> list[Selling]:
        """All of it: whoever wins pays, two workers read what is told of it, and somebody comes too late."""
        return [await self._sold(race, heat) for race in heat.races]

    async def let_go(self, purchases: Sequence[PurchaseId]) -> None:
        for one in purchases:
            await settle(self._till, one, closing=True)

    async def finish(self) -> None:
        """Read again what the provider was not sure of."""
        while jobs := await self._waiting(due=False):
            for job in jobs:
                await perform(self._tools, job, read_payment_event)
            await asyncio.sleep(_BETWEEN_LOOKS_S)

    def _together(self) -> None:
        """Until all have come."""
        self._barrier.wait(_PATIENCE_S)

    async def _ask(self, track: TrackId, account: AccountId) -> Ask:
        self._together()
        return await self._reserved(track, account)

    async def _reserved(self, track: TrackId, account: AccountId) -> Ask:
        viewer, wish = _wish(track, account)

        async def keep() -> PurchaseId:
            async with self._till.sessions.writing() as session:
                row = await reserve(session, viewer, wish, kept_for=self._till.kept_for)
            return row.id

        return await self._timed(track, keep)

    async def _bought(self, track: TrackId, account: AccountId) -> Ask:
        """With its checkout; decided it is when the first transaction ends."""
        viewer, wish = _wish(track, account)
        self._commits.clear()
        ask = await self._timed(track, lambda: buy_exclusive(self._till, viewer, wish))
        return ask._replace(ended=self._commits[0][0]) if ask.answer == WON else ask

    async def _timed(self, track: TrackId, buying: Callable[[], Coroutine[Any, Any, PurchaseId]]) -> Ask:
        started, cpu = time.perf_counter(), time.process_time()
        purchase, answer = None, WON
        try:
            purchase = await buying()
        except Refused as refused:
            answer = refused.code.value
        except DBAPIError as broken:
            answer = type(broken.orig).__name__
        except Exception as broken:  # noqa: BLE001 -- whatever it is, it is counted and shown
            answer = type(broken).__name__
        return Ask(track, answer, purchase, started, time.perf_counter(), time.process_time() - cpu)

    async def _sold(self, race: Race, heat: Heat) -> Selling:
        self._together()
        ask = await self._bought(race.track, race.buyers[heat.rank])
        self._together()
        if ask.purchase is not None:
            await self._pay(ask.purchase)
        self._together()
        self._commits.clear()
        self._held.clear()
        late = await self._take_part(race, heat)
        self._together()
        if ask.purchase is not None:
            await self._take_webhooks()
        self._together()
        await self._read(heat)
        changes = [
            moment
            for moment, what in self._commits
            if any(one.startswith("purchase:") for one in what.topics)
        ]
        return Selling(ask, next(iter(self._held), None), changes[-1] if changes else None, late)

    async def _take_part(self, race: Race, heat: Heat) -> str:
        """Two read what is told of the payment; the third brings somebody who asks meanwhile."""
        if heat.rank < _READERS:
            await self._read(heat)
            return ""
        with without(heat.without):
            return await self._come_late(race)

    async def _come_late(self, race: Race) -> str:
        """Ask again and again until it is sold; the last answer."""
        for _ in range(_LATE_TRIES):
            answer = (await self._reserved(race.track, race.late)).answer
            if answer != "RESERVED_BY_OTHER":
                break
            await asyncio.sleep(self._chance.random() * _BETWEEN_TRIES_S)
        self._commits.clear()  # not of the sale
        return answer

    async def _pay(self, purchase: PurchaseId) -> None:
        """In the checkout, as its page does; what the provider tells then is taken."""
        async with self._till.sessions.reading() as session:
            row = await session.get_one(Purchase, purchase)
        self._seller.pay(str(row.checkout_reference))
        await self._take_webhooks()

    async def _take_webhooks(self) -> None:
        url = "https://api.beatpass.test/stripe/webhooks"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:
            for letter in self._seller.letters():
                answer = await client.post(url, content=letter["body"], headers=letter["headers"])
                assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def _read(self, heat: Heat) -> None:
        """From one end of what waits; the other worker comes from the other."""
        if heat.rank >= _READERS:
            return
        jobs = await self._waiting()
        for job in jobs if heat.rank == 0 else jobs[::-1]:
            await perform(self._tools, job, read_payment_event)

    async def _waiting(self, *, due: bool = True) -> list[JobId]:
        when = [col(Job.run_at) <= now(), col(Job.state) == JobState.READY] if due else []
        chosen = select(col(Job.id)).where(WAITING, col(Job.kind) == JobKind.READ_PAYMENT_EVENT, *when)
        async with self._till.sessions.reading() as session:
            return [
                JobId(one) for one in await session.scalars(chosen.order_by(col(Job.created_at), col(Job.id)))
            ]

    async def _note_commit(self, committed: Committed) -> None:
        self._commits.append((time.perf_counter(), committed))

    def _noting_held(self, asked: Callable[[str], Coroutine[Any, Any, SaleFacts]]) -> Any:
        async def payment(reference: str) -> SaleFacts:
            facts = await asked(reference)
            if facts.state is MoneyState.HELD:
                self._held.append(time.perf_counter())
            return facts

        return payment


def _wish(track: TrackId, account: AccountId) -> tuple[Viewer, Wish]:
    return Viewer(account, SessionId("ses_of_the_race")), Wish(track, new_id("key"))


# ---- what is taken out ----------------------------------------------------------------------------
@contextmanager
def without(what: str) -> Generator[None]:
    """Reserve as if the lock of the track's row, or also the conflict clause of the INSERT, had been forgotten."""
    with ExitStack() as changed:
        if what:
            changed.enter_context(patch.object(tracks, "track_for_change", _unlocked))
        if what == "lock and conflict clause":
            changed.enter_context(patch.object(queries, "add", _add_plainly))
        yield


async def _unlocked(session: AsyncSession, track: TrackId) -> TrackRow | None:
    found = await tracks.tracks(session, [track])
    return found[0] if found else None


async def _add_plainly(session: AsyncSession, purchase: Purchase) -> bool:
    session.add(purchase)
    await session.flush()
    return True


# ---- all of them ----------------------------------------------------------------------------------
class Field:
    """The processes that race, on one database."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = context.Pool(BUYERS, _enter, (settings, context.Barrier(BUYERS)))

    def decide(self, races: Sequence[Race], what: str = "") -> list[Ask]:
        heats = [Heat(rank, races, what) for rank in range(BUYERS)]
        return [ask for asks in self._pool.map(_decide, heats, chunksize=1) for ask in asks]

    def sell(self, races: Sequence[Race], what: str = "") -> list[list[Selling]]:
        """By race; of each, what every process saw."""
        heats = [Heat(rank, races, what) for rank in range(BUYERS)]
        return [list(seen) for seen in zip(*self._pool.map(_sell, heats, chunksize=1), strict=True)]

    def alone(self, races: Sequence[Race]) -> list[Ask]:
        asks: list[Ask] = self._pool.apply(_alone, (Heat(0, races),))
        return asks

    def let_go(self, asks: Sequence[Ask]) -> None:
        purchases = [ask.purchase for ask in asks if ask.purchase is not None]
        self._pool.map(_let_go, [purchases[rank::BUYERS] for rank in range(BUYERS)], chunksize=1)

    def finish(self) -> None:
        self._pool.apply(_finish)

    def close(self) -> None:
        self._pool.terminate()
        self._pool.join()


_runner: Final = asyncio.Runner()
_here: Final[list[Racer]] = []


def _enter(settings: Settings, barrier: Barrier) -> None:
    """Of a process that begins to race."""

    async def open_racer() -> Racer:
        return Racer(settings, barrier)

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    warnings.filterwarnings("ignore", "Use 'content=<...>' to upload raw", DeprecationWarning)
    _here.append(_runner.run(open_racer()))


def _decide(heat: Heat) -> list[Ask]:
    return _runner.run(_here[0].decide(heat))


def _sell(heat: Heat) -> list[Selling]:
    return _runner.run(_here[0].sell(heat))


def _alone(heat: Heat) -> list[Ask]:
    return _runner.run(_here[0].alone(heat))


def _let_go(purchases: Sequence[PurchaseId]) -> None:
    _runner.run(_here[0].let_go(purchases))


def _finish() -> None:
    _runner.run(_here[0].finish())
