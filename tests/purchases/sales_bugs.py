"""Bugs that somebody could make, put in on purpose: what the model of sales is worth is seen by what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.ledger import post
from api.gateways.sale_facts import SaleFacts
from api.licensing.certificate import Seal
from api.payments.calls import Act, Find, Intent
from api.purchases.consequences import follow
from api.purchases.grant import grant
from db.bookkeeping import NewJournal, Source
from db.ids import TrackId, new_id
from db.queries import tracks
from db.queries.purchases import PurchaseRow
from db.queries.tracks import TrackRow
from db.session import Sessions
from tests.purchases.interruptions import CALLERS


@dataclass(frozen=True)
class Bug:
    """Something that is left out, or done wrong.

    Attributes:
        put_in: Patches it in.
        without: Unique indexes that have to go too, for they stop it by themselves.
    """

    put_in: Callable[[pytest.MonkeyPatch], None]
    without: tuple[str, ...] = ()


def _no_lock(patch: pytest.MonkeyPatch) -> None:
    """A track is read and not locked: of buyers who come at once each sees that nobody else is there."""

    async def unlocked(session: AsyncSession, track: TrackId) -> TrackRow | None:
        return next(iter(await tracks.tracks(session, [track])), None)

    patch.setattr(tracks, "track_for_change", unlocked)


def _no_look(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a track is kept for another: for SQLite, whose transactions are locks by themselves."""

    async def nobody(session: AsyncSession, track: TrackId) -> None:
        return None

    _no_lock(patch)
    patch.setattr("api.purchases.reservation.queries.living_on", nobody)


def _no_dedupe_of_calls(patch: pytest.MonkeyPatch) -> None:
    """Each attempt at a call of the provider has a key of its own, and nobody looks what an earlier one has done."""

    async def careless(sessions: Sessions, intent: Intent, act: Act, find: Find | None = None) -> str:
        return await act(new_id("key"))

    for module in CALLERS:
        patch.setattr(f"{module}.carry_out", careless)


def _no_dedupe_of_journals(patch: pytest.MonkeyPatch) -> None:
    """What is entered again is entered under another name."""

    async def again(session: AsyncSession, *journals: NewJournal) -> None:
        await post(
            session, *(replace(one, source=Source(one.source.kind, new_id("evt"))) for one in journals)
        )

    for module in ("consequences", "settlement"):
        patch.setattr(f"api.purchases.{module}.post", again)


def _price_read_late(patch: pytest.MonkeyPatch) -> None:
    """The books take the price that the track has when it is granted, not the one that was agreed."""
    prices: dict[str, int] = {}

    async def granting(session: AsyncSession, row: PurchaseRow, seal: Seal) -> None:
        [track] = await tracks.tracks(session, [row.track_id])
        prices[row.id] = track.exclusive_price_minor or row.price_minor
        await grant(session, row, seal)

    async def following(session: AsyncSession, row: PurchaseRow, facts: SaleFacts) -> bool:
        return await follow(session, row._replace(price_minor=prices.get(row.id, row.price_minor)), facts)

    patch.setattr("api.purchases.settlement.grant", granting)
    patch.setattr("api.purchases.settlement.follow", following)


def _terms_read_late(patch: pytest.MonkeyPatch) -> None:
    """The licence has the terms that the track has when it is granted."""

    async def granting(session: AsyncSession, row: PurchaseRow, seal: Seal) -> None:
        [track] = await tracks.tracks(session, [row.track_id])
        terms: dict[str, Any] = row.grant["terms"] | (track.exclusive_terms or {})
        await grant(session, row._replace(grant=row.grant | {"terms": terms}), seal)

    patch.setattr("api.purchases.settlement.grant", granting)


_UNIQUE: Final = ("purchase_living", "licence_exclusive_once")
BUGS: Final[Mapping[str, Bug]] = {
    "no look": Bug(_no_look, _UNIQUE),
    "no dedupe of calls": Bug(_no_dedupe_of_calls),
    "no dedupe of journals": Bug(_no_dedupe_of_journals),
    "price read late": Bug(_price_read_late),
    "terms read late": Bug(_terms_read_late),
    "no lock": Bug(_no_lock, _UNIQUE),
}
