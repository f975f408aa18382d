"""Reserving an exclusive: one buyer at a time, and everything that is agreed is kept as it is now (D-43)."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.catalog.upload import tell_of_track
from api.purchases.agreeing import drawn_up
from api.purchases.errors import (
    AgreementHasChanged,
    PriceHasChanged,
    TrackIsNotForSale,
    TrackIsReserved,
    TrackToBuyNotFound,
)
from api.purchases.rules import A_DAY, Asked, why_not_bought, why_not_kept
from api.purchases.telling import announce_purchase
from api.refusals import InWrongState, KeyWasUsedBefore, Refused
from api.viewer import Viewer
from db.clock import now
from db.ids import TrackId
from db.money import Amount
from db.queries import accounts, replacements, tracks
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.queries.tracks import TrackRow
from db.vocabulary import CurrencyCode, FingerprintStatus

_NEW_AUDIO: Final = (
    "The track is getting new audio just now, which would not be what you buy. Try again in some minutes."
)
_UNDER_CHECK: Final = frozenset(FingerprintStatus) - {FingerprintStatus.DUPLICATE}
"""Of new audio: what was refused stays beside the track, and never plays."""


@dataclass(frozen=True)
class Wish:
    """A purchase as somebody asks for it.

    Attributes:
        expected_total: What the buyer was shown, as a number of the currency; null: whatever it is.
        agreement_sha256: Which agreement the buyer has read; null: whichever it is.
        return_path: Of our site, to come back to from the checkout; null: the track's page.
    """

    track: TrackId
    idempotency_key: str
    expected_total: tuple[Decimal, CurrencyCode] | None = None
    agreement_sha256: str | None = None
    return_path: str | None = None

    @property
    def sha256(self) -> str:
        """Of all that the key comes with."""
        total = [str(one) for one in self.expected_total] if self.expected_total else None
        said = [self.track, total, self.agreement_sha256, self.return_path]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


async def reserve(session: AsyncSession, viewer: Viewer, wish: Wish, *, kept_for: timedelta) -> PurchaseRow:
    """Keep a track for the viewer; the same key again is the same purchase, and so is another key while one is open.

    Raises:
        KeyWasUsedBefore: With another input.
        TrackToBuyNotFound: There is none, or it is not for the viewer.
        TrackIsOwn, TrackAlreadySold, TrackIsNotForSale, TrackIsReserved: It cannot be bought now.
        PriceHasChanged, AgreementHasChanged: The viewer was shown something else.
        TooMuch: Too many tracks are, or were, kept for the viewer.
    """
    await accounts.lock(session, viewer.account_id)
    if known := await queries.begun_with(session, viewer.account_id, wish.idempotency_key):
        if known.input_sha256 != wish.sha256:
            raise KeyWasUsedBefore
        return known
    track = await tracks.track_for_change(session, wish.track)
    own = track is not None and track.producer_id == viewer.producer_id
    if track is None or not may_see(track.status, own=own):
        raise TrackToBuyNotFound
    living = await queries.living_on(session, track.id)
    if living is not None and living.account_id == viewer.account_id:
        _check_agreed(wish, living.total_minor, living.currency, living.agreement_sha256)
        return living
    await _check(session, viewer, track, own=own, reserved_until=living.expires_at if living else None)
    return await _kept(session, viewer, wish, track, kept_for)


async def _check(
    session: AsyncSession, viewer: Viewer, track: TrackRow, *, own: bool, reserved_until: datetime | None
) -> None:
    refused = why_not_bought(
        track.status, track.exclusive_availability, own=own, reserved_until=reserved_until
    )
    replacement = await replacements.replacement_of(session, track.id)
    if refused is None and replacement is not None and replacement.status in _UNDER_CHECK:
        refused = TrackIsNotForSale(_NEW_AUDIO)
    if refused is None:
        tries = await queries.tries_on(session, viewer.account_id, [track.id], since=now() - A_DAY)
        living = await queries.count_living(session, viewer.account_id)
        refused = why_not_kept(Asked(living, tuple(tries[track.id])))
    if refused is not None:
        raise _naming(refused, track.id)


def _naming(refused: Refused, track: TrackId) -> Refused:
    """The refusal, with the track for the client to read again."""
    return replace(refused, object_id=track) if isinstance(refused, InWrongState) else refused


async def _kept(
    session: AsyncSession, viewer: Viewer, wish: Wish, track: TrackRow, kept_for: timedelta
) -> PurchaseRow:
    purchase = await drawn_up(session, viewer, track)
    purchase.idempotency_key, purchase.input_sha256 = wish.idempotency_key, wish.sha256
    purchase.return_path = wish.return_path or f"/t/{track.slug}"
    purchase.expires_at = purchase.created_at + kept_for
    total = purchase.price_minor + purchase.fee_minor
    _check_agreed(wish, total, purchase.currency, purchase.agreement_sha256)
    if not await queries.add(session, purchase):
        raise TrackIsReserved(object_id=track.id)
    tell_of_track(session, track.id, track.producer_id)
    announce_purchase(session, purchase.id)
    [row] = await queries.purchases(session, [purchase.id])
    return row


def _check_agreed(wish: Wish, total: int, currency: CurrencyCode, agreement: str) -> None:
    """Nobody pays what they were not shown."""
    current = Amount(total, currency)
    if wish.expected_total not in {None, (Decimal(total).scaleb(-2), currency)}:
        raise PriceHasChanged(current=current)
    if wish.agreement_sha256 not in {None, agreement}:
        raise AgreementHasChanged(object_id=wish.track)
