"""What follows of money that went back, or is disputed, after a sale: the licence ends, or waits, with it (D-47, MONEY 4)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.answering import have_matched
from api.catalog.edit import retire_track
from api.earnings.ledger import post
from api.earnings.sale_journals import Sale
from api.gateways.sale_facts import SaleFacts
from api.licensing.revocation import revoke_licence
from api.purchases.reckoning import is_given_back, journals_of, standing
from api.purchases.telling import (
    announce_offer,
    announce_purchase,
    tell_of_dispute,
    tell_of_undoing,
    tell_of_victory,
)
from db.clock import now
from db.ids import LicenceId
from db.money import Amount
from db.queries import licences, producers, tracks
from db.queries import purchases as queries
from db.queries.purchases import PurchaseRow
from db.transitions import GIVEN_BACK
from db.vocabulary import PurchaseStatus, TrackStatus

_log = structlog.get_logger(__name__)
_ON_THE_WAY: Final = {
    (PurchaseStatus.COMPLETED, PurchaseStatus.RESCINDED): PurchaseStatus.DISPUTED,
    (PurchaseStatus.DISPUTED, PurchaseStatus.REFUNDED): PurchaseStatus.COMPLETED,
}
"""Where two steps have passed between two looks."""
_NO_REFUND: Final[dict[str, Any]] = {"refund_key": None, "refund_reason": None, "refund_asked_at": None}


async def follow(session: AsyncSession, row: PurchaseRow, facts: SaleFacts) -> bool:
    """Enter what a payment has done to the books, and have the licence follow. Needs the locks of track and purchase.

    Returns:
        Whether the buyer has asked for a refund that is still to be made; one that came back is a person's to send again.
    """
    await post(session, *journals_of(sale_of(row), facts))
    if any(one.came_back for one in facts.refunds):
        _log.critical("a refund came back: a person must look", purchase=row.id, payment=facts.reference)
    status = standing(facts)
    if status is row.status:
        asked = status is PurchaseStatus.COMPLETED and row.refund_asked_at is not None
        return asked and not is_given_back(facts)
    if between := _ON_THE_WAY.get((row.status, status)):
        await queries.move(session, row.id, between)
    ended_at = now() if status in GIVEN_BACK else None
    if await queries.move(session, row.id, status, ended_at=ended_at):
        await _AFTER[status](session, row)
        announce_purchase(session, row.id)
    else:
        _log.critical("a purchase is over, and its payment says else: a person must look", purchase=row.id)
    return False


def sale_of(row: PurchaseRow) -> Sale:
    """A purchase that was granted, as the books know it."""
    price, fee, tax = (
        Amount(minor, row.currency) for minor in (row.price_minor, row.fee_minor, row.tax_minor)
    )
    return Sale(row.id, row.producer_id, price, fee, tax, _completed(row))


async def withdraw_refund(session: AsyncSession, row: PurchaseRow) -> None:
    """The refund that was asked for is not to be had: the files are delivered again."""
    if row.refund_asked_at is not None and row.status is PurchaseStatus.COMPLETED:
        await queries.change(session, row.id, _NO_REFUND)
        await licences.give_files_again(session, _licence(row))


async def _refunded(session: AsyncSession, row: PurchaseRow) -> None:
    await _undo(session, row, why="the purchase was refunded")


async def _rescinded(session: AsyncSession, row: PurchaseRow) -> None:
    await _undo(session, row, why="the buyer's bank took the payment back")


async def _undo(session: AsyncSession, row: PurchaseRow, *, why: str) -> None:
    """The licence ends, and the track waits for its producer, with the offer that was bought."""
    [licence] = await licences.licences(session, [_licence(row)])
    if licence.revoked_at is None:  # staff may have been earlier
        await revoke_licence(session, licence.id, reason=why, by=None)
    track = await tracks.track_for_change(session, row.track_id)
    if track is not None and await producers.has_left(session, row.producer_id):
        await retire_track(
            session, track._replace(status=TrackStatus.HIDDEN)
        )  # it is nobody's to offer again
    elif track is not None and track.status is TrackStatus.SOLD:
        withheld = {"withheld_as": TrackStatus.HIDDEN} if track.withheld_as else {}
        await tracks.change_track(
            session, row.track_id, {"status": TrackStatus.HIDDEN, **withheld, **row.offer}
        )
        await have_matched(session, row.track_id)
    announce_offer(session, row)
    await tell_of_undoing(session, row, why=why)


async def _disputed(session: AsyncSession, row: PurchaseRow) -> None:
    """A refund that was asked for is not made: the bank decides."""
    await queries.change(session, row.id, _NO_REFUND)
    await licences.hold_files(session, _licence(row), unless_downloaded=False)
    await tell_of_dispute(session, row)


async def _won(session: AsyncSession, row: PurchaseRow) -> None:
    await licences.give_files_again(session, _licence(row))
    await tell_of_victory(session, row)


def _licence(row: PurchaseRow) -> LicenceId:
    assert row.licence_id  # granted
    return row.licence_id


def _completed(row: PurchaseRow) -> datetime:
    assert row.completed_at  # granted
    return row.completed_at


_AFTER: Final[Mapping[PurchaseStatus, Callable[[AsyncSession, PurchaseRow], Awaitable[None]]]] = {
    PurchaseStatus.REFUNDED: _refunded,
    PurchaseStatus.RESCINDED: _rescinded,
    PurchaseStatus.DISPUTED: _disputed,
    PurchaseStatus.COMPLETED: _won,
}
