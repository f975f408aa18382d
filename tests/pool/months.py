"""A month to close, in few words: beats of a fixed age, plays, payments, and closings as workers do them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.pool.adjusting import adjust_closed_months
from api.pool.closing import carry_out
from api.pool.opening import close_period
from db.bookkeeping import BAD_DEBT, STRIPE_CASH, payable_to, pool_of
from db.ids import PoolRunId, ProducerId, TrackId
from db.models.ledger import Journal
from db.models.plays import TrackPlays
from db.models.pools import PoolInput, PoolLateReturn, PoolLine, PoolRun, PoolShare
from db.queries import pool_shares, pools
from db.session import Sessions
from db.vocabulary import CurrencyCode, JournalSource, TrackStatus
from tests.earnings.books import a_journal, a_move, balances, enter
from tests.factories import Beatmaker, Person, a_producer, a_track, staff
from tests.stage import Stage

MAY: Final = "2026-05"
LAST_DAY: Final = date(2026, 5, 31)
"""Whatever is published on it has age 0."""
_NOON: Final = datetime(2026, 5, 31, 12, tzinfo=UTC)


async def nothing(_: AsyncSession) -> None:
    """Keeps no lease: a test has none."""


@dataclass
class Catalogue:
    """A database with producers, beats and money of May 2026.

    Attributes:
        sam: Of the staff.
    """

    stage: Stage
    sam: Person
    bills: int = field(default=0)

    @property
    def sessions(self) -> Sessions:
        return self.stage.sessions

    async def producer(self, name: str = "Nova") -> Beatmaker:
        return await a_producer(self.sessions, name)

    async def beat(
        self,
        of: Beatmaker,
        status: TrackStatus = TrackStatus.PUBLISHED,
        *,
        days: int = 0,
        plays: int = 0,
        **different: Any,
    ) -> TrackId:
        """A beat that is so many days old at the end of May, and was heard so often on its last day."""
        published = {"published_at": _NOON - timedelta(days=days)} | different
        track = await a_track(self.sessions, of, status, **published)
        if plays:
            await self.heard(track, plays)
        return track

    async def heard(self, track: TrackId, counted: int, day: date = LAST_DAY) -> None:
        async with self.sessions.writing() as session:
            session.add(TrackPlays(track_id=track, day=day, plays=counted, counted=counted))

    async def paid(
        self, minor: int, *, at: datetime = _NOON, currency: CurrencyCode = CurrencyCode.CAD
    ) -> str:
        """By a subscriber, into the pool of that month."""
        self.bills += 1
        name = f"inv_{self.bills}"
        move = a_move(minor, to_account=pool_of(f"{at:%Y-%m}"), currency=currency)
        await enter(self.sessions, a_journal(name, move, happened_at=at))
        return name

    async def given_back(self, minor: int, name: str, period: str = MAY) -> None:
        """Of a bill of a month that is closed, at the platform's cost."""
        at = datetime(2026, 6, 20, tzinfo=UTC)
        move = a_move(minor, from_account=BAD_DEBT, to_account=STRIPE_CASH)
        await enter(
            self.sessions, a_journal(name, move, kind=JournalSource.SUBSCRIPTION_REFUND, happened_at=at)
        )
        row = PoolLateReturn(
            id=name, period=period, base_minor=minor, currency=CurrencyCode.CAD, happened_at=at
        )
        async with self.sessions.writing() as session:
            session.add(row)

    async def begun(self, period: str = MAY, *, key: str = "one") -> PoolRunId:
        """By staff."""
        viewer = await self.stage.viewer(self.sam)
        assert viewer
        async with self.sessions.writing() as session:
            return await close_period(session, viewer, period, idempotency_key=key)

    async def closed(self, period: str = MAY) -> PoolRunId:
        """By staff and a worker, all the way into the books."""
        run = await self.begun(period, key=f"close {period}")
        await carry_out(self.sessions, run, keep=nothing)
        return run

    async def adjusted(self) -> list[PoolRunId]:
        """Whatever is due, all the way into the books; answers the runs in their order."""
        await adjust_closed_months(self.sessions)
        async with self.sessions.reading() as session:
            left = [one.id for one in await pools.unfinished(session)]
        for run in left:
            await carry_out(self.sessions, run, keep=nothing)
        return left

    async def run(self, run: PoolRunId) -> PoolRun:
        async with self.sessions.reading() as session:
            return await session.get_one(PoolRun, run)

    async def shares(self, run: PoolRunId) -> dict[ProducerId, int]:
        async with self.sessions.reading() as session:
            return {one.producer_id: one.amount_minor for one in await pool_shares.shares_of(session, run)}

    async def lines(self, run: PoolRunId) -> dict[TrackId, int]:
        """Of tracks with one producer."""
        async with self.sessions.reading() as session:
            return {one.track_id: one.amount_minor for one in await pool_shares.lines_of(session, run)}

    async def earned(self, *producers: Beatmaker) -> list[int]:
        """What the books have for each."""
        there = await balances(self.sessions)
        return [there.get((payable_to(one.producer), CurrencyCode.CAD), 0) for one in producers]

    async def in_pool(self, period: str = MAY) -> int:
        return (await balances(self.sessions)).get((pool_of(period), CurrencyCode.CAD), 0)

    async def journals(self) -> list[tuple[str, str]]:
        """Of pools: what they are called."""
        kinds = [JournalSource.POOL_SHARE, JournalSource.POOL_ADJUSTMENT]
        chosen = select(col(Journal.source_kind), col(Journal.source_id)).where(
            col(Journal.source_kind).in_(kinds)
        )
        async with self.sessions.reading() as session:
            return sorted((kind.value, one) for kind, one in await session.execute(chosen))

    async def execute(self, *statements: str) -> None:
        async with self.sessions.writing() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def rows(self, table: type[PoolInput | PoolShare | PoolLine]) -> Sequence[Any]:
        async with self.sessions.reading() as session:
            return (await session.scalars(select(table))).all()


async def a_catalogue(stage: Stage) -> Catalogue:
    return Catalogue(stage, await staff(stage.sessions))
