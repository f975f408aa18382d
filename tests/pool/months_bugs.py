"""Months as they would be with one thing done wrong: what the machine is worth is seen by what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.earnings.ledger import post
from api.plays import reporting
from api.plays.rules import OpenPlay
from api.pool import closing
from api.pool.dividing import Division
from db.bookkeeping import NewJournal, Source
from db.ids import AccountId, TrackId, new_id
from db.models.pools import PoolLateReturn
from db.queries import late_returns, pools
from db.queries.late_returns import LateReturn
from db.queries.plays import OpenPlayRow
from db.queries.pools import PoolRunRow
from db.queries.rows import read, select_row
from db.session import Sessions

PutIn = Callable[[pytest.MonkeyPatch], None]


def _no_remainder(patch: pytest.MonkeyPatch) -> None:
    """Everybody has their exact share rounded down, and what is left over nobody."""

    def floored(total: int, weights: Mapping[str, int]) -> dict[str, int]:
        whole = sum(weights.values())
        return {one: total * weight // whole if whole else 0 for one, weight in weights.items()}

    patch.setattr("api.pool.dividing.split", floored)


def _no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """What is entered of a bill is entered under a new name each time."""

    async def again(session: AsyncSession, *journals: NewJournal) -> None:
        await post(
            session, *(replace(one, source=Source(one.source.kind, new_id("evt"))) for one in journals)
        )

    patch.setattr("api.plans.bills.post", again)


def _thawed(patch: pytest.MonkeyPatch) -> None:
    """A closing shares out what is in the pool when it reckons, not what was there when it was frozen."""
    reckoned = closing.reckoned

    async def late(sessions: Sessions, run: PoolRunRow) -> Division:
        async with sessions.reading() as session:
            minor = (await pools.pool_balances(session, [run.period], run.currency))[run.period]
        return await reckoned(sessions, run._replace(pool_minor=minor) if run.is_closing else run)

    patch.setattr(closing, "reckoned", late)


def _adjusted_again(patch: pytest.MonkeyPatch) -> None:
    """What was given back late is looked for anew at every adjustment, whether or not one took account of it."""

    async def all_of(session: AsyncSession, period: str, *_: Any) -> list[LateReturn]:
        chosen = select_row(LateReturn, PoolLateReturn).where(col(PoolLateReturn.period) == period)
        return await read(session, LateReturn, chosen.where(col(PoolLateReturn.currency) == "CAD"))

    async def all_periods(session: AsyncSession) -> set[str]:
        return set(await session.scalars(select(col(PoolLateReturn.period)).distinct()))

    patch.setattr(late_returns, "waiting", all_of)
    patch.setattr(late_returns, "waiting_periods", all_periods)


def _not_frozen(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether a pool belongs to its producers already: what goes back is taken from it."""

    async def never(session: AsyncSession, period: str) -> bool:
        return False

    patch.setattr(pools, "is_frozen", never)


def _counted_again(patch: pytest.MonkeyPatch) -> None:
    """A report that comes again is heard again."""
    known = reporting._open_play  # pyright: ignore[reportPrivateUsage] -- the bug is put in there

    def forgetful(row: OpenPlayRow, own: set[tuple[AccountId, TrackId]]) -> OpenPlay:
        return replace(known(row, own), listened_ms=0, counted=False)

    patch.setattr(reporting, "_open_play", forgetful)


BUGS: Final[Mapping[str, PutIn]] = {
    "no remainder": _no_remainder,
    "no dedupe": _no_dedupe,
    "thawed": _thawed,
    "adjusted again": _adjusted_again,
    "not frozen": _not_frozen,
    "counted again": _counted_again,
}
