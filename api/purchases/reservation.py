"""Reserving an exclusive: one buyer at a time, and everything that is agreed is kept as it is now (D-43)."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import may_see
from api.purchases.agreeing import drawn_up
from api.purchases.errors import (
    AgreementHasChanged,
    PriceHasChanged,
    TrackGetsNewAudio,
    TrackIsReserved,
    TrackToBuyNotFound,
)
from api.purchases.rules import A_DAY, Asked, why_not_bought, why_not_kept
from api.purchases.telling import announce_offer, announce_purchase
from api.refusals import InWrongState, KeyWasUsedBefore, Problems, Refused
from api.viewer import Viewer
from db.clock import now
from db.ids import TrackId
from db.money import Amount
from db.queries import accounts, replacements, terms, tracks
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.queries.tracks import TrackRow
from db.vocabulary import CurrencyCode, TermsDocument


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
    """Keep a track for the viewer; the same key again is the same purchase.

    Raises:
        KeyWasUsedBefore: With another input.
        TrackToBuyNotFound: There is none, or it is not for the viewer.
        TrackIsOwn, TrackAlreadySold, TrackIsNotForSale, TrackIsReserved: It cannot be bought now.
        TrackIsBeingBought: By the viewer, with another key.
        ManyRefused: The viewer was shown another total, or another agreement.
        TooMuch: Too many tracks are, or were, kept for the viewer.
    """
    await accounts.lock(session, viewer.account_id)
    if known := await queries.begun_with(session, viewer.account_id, wish.idempotency_key):
        if known.input_sha256 != wish.sha256:
            raise KeyWasUsedBefore
        return known
    track = await tracks.track_for_change(session, wish.track)
    own = track is not None and track.producer_id == viewer.producer_id
    if track is None or not may_see(track.shown_as, own=own):
        raise TrackToBuyNotFound
    await _check(session, viewer, track, own=own)
    return await _kept(session, viewer, wish, track, kept_for)


async def why_not_yet(
    session: AsyncSession, viewer: Viewer, ids: Collection[TrackId]
) -> dict[TrackId, Refused | None]:
    """Why the viewer cannot buy tracks just now that are on sale: null where they can."""
    checked = await replacements.under_check(session, ids)
    living = await queries.count_living(session, viewer.account_id)
    tries = await queries.tries_on(session, viewer.account_id, ids, since=now() - A_DAY)
    return {
        track: TrackGetsNewAudio() if track in checked else why_not_kept(Asked(living, tuple(tries[track])))
        for track in ids
    }


async def _check(session: AsyncSession, viewer: Viewer, track: TrackRow, *, own: bool) -> None:
    living = await queries.living_on(session, track.id)
    being_bought = living is not None and living.account_id == viewer.account_id
    refused = why_not_bought(
        track.status,
        track.exclusive_availability,
        own=own,
        reserved_until=living.expires_at if living else None,
        being_bought=being_bought,
    )
    if refused is None:
        refused = (await why_not_yet(session, viewer, [track.id]))[track.id]
    if refused is not None:
        raise _naming(refused, living.id if living and being_bought else track.id)


def _naming(refused: Refused, object_id: str) -> Refused:
    """The refusal, with what the client has to read again."""
    return replace(refused, object_id=object_id) if isinstance(refused, InWrongState) else refused


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
    accepted = purchase.grant["terms"]["version"]
    await terms.accept(session, viewer.account_id, TermsDocument.LICENCE, accepted)
    [row] = await queries.purchases(session, [purchase.id])
    announce_offer(session, row)
    announce_purchase(session, row.id)
    return row


def _check_agreed(wish: Wish, total: int, currency: CurrencyCode, agreement: str) -> None:
    """Nobody pays what they were not shown."""
    problems = Problems()
    if wish.expected_total not in {None, (Decimal(total).scaleb(-2), currency)}:
        problems.note(PriceHasChanged(current=Amount(total, currency)))
    if wish.agreement_sha256 not in {None, agreement}:
        problems.note(AgreementHasChanged(object_id=wish.track))
    problems.refuse_any()
