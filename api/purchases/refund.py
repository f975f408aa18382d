"""Undoing a purchase that was made in error (D-47)."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.payments.till import refusing
from api.purchases.errors import FilesWereDownloaded, NothingToRefund, PurchaseNotFound
from api.purchases.rules import why_not_refunded
from api.purchases.settlement import settle_payment
from api.purchases.telling import announce_purchase
from api.purchases.till import SaleTill
from api.refusals import InWrongState, KeyWasUsedBefore, Problems, Refused
from api.texts import checked_idempotency_key, checked_text
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import PurchaseId
from db.queries import licences
from db.queries import purchases as queries
from db.queries.licences import LicenceRow
from db.queries.purchases import PurchaseRow
from db.vocabulary import JobKind, PurchaseStatus

_LONGEST_REASON: Final = 1000
_ASKED: Final = "The refund was asked for, and is made or on its way."


async def refund_purchase(
    till: SaleTill, viewer: Viewer, purchase: PurchaseId, *, reason: str, idempotency_key: str
) -> None:
    """Give price and fee back and revoke the licence; the same key again changes nothing.

    From the moment that it is asked for no file is delivered. A worker goes on where this one is cut off.

    Raises:
        ManyRefused: Reason or key are none.
        PurchaseNotFound: It is none of the viewer's.
        KeyWasUsedBefore: With another reason.
        NothingToRefund, RefundIsTooLate, FilesWereDownloaded: It stands.
        PaymentIsRefused: The provider does not give it back; it stands.
        PaymentsAreAway: It goes on by itself.
    """
    problems = Problems()
    key = checked_idempotency_key(problems, idempotency_key) or ""
    with problems.under("reason"):
        reason = checked_text(reason, longest=_LONGEST_REASON, lines=True)
    problems.refuse_any()
    async with till.sessions.writing() as session:
        row = await _asked(session, till, viewer, purchase, key, reason)
    if row.status is PurchaseStatus.COMPLETED and row.payment_reference:
        async with refusing():
            await settle_payment(till, purchase, row.payment_reference)
        await _check_made(till, purchase)


def why_no_refund(row: PurchaseRow, licence: LicenceRow | None, *, within: timedelta) -> Refused | None:
    """Why a purchase is not refunded for the asking now; null if it is.

    Args:
        licence: What was bought.
        within: How long after that it can be undone.
    """
    return why_not_refunded(
        row.status,
        completed_at=row.completed_at,
        holds=licence is not None and licence.revoked_at is None,
        downloaded=licence is not None and licence.downloaded_at is not None,
        moment=now(),
        within=within,
    )


async def _asked(
    session: AsyncSession, till: SaleTill, viewer: Viewer, purchase: PurchaseId, key: str, reason: str
) -> PurchaseRow:
    """Note that a refund is asked for, and hold the files back, unless one was fetched."""
    row = await queries.held_purchase(session, purchase)
    if row is None or row.account_id != viewer.account_id:
        raise PurchaseNotFound
    if row.refund_key is not None:
        if (row.refund_key, row.refund_reason) == (key, reason):
            return row
        raise KeyWasUsedBefore if row.refund_key == key else NothingToRefund(_ASKED, object_id=purchase)
    await _check(session, till, row)
    asked = {"refund_key": key, "refund_reason": reason, "refund_asked_at": now()}
    await queries.change(session, purchase, asked)
    again = f"{purchase}:{now().isoformat()}"  # what was refused before may be asked for again
    await jobs.add(session, JobKind.SETTLE_PURCHASE, key=again, purchase=purchase)
    announce_purchase(session, purchase)
    return row


async def _check(session: AsyncSession, till: SaleTill, row: PurchaseRow) -> None:
    [licence] = await licences.licences(session, [row.licence_id]) if row.licence_id else [None]
    refused = why_no_refund(row, licence, within=till.refunded_within)
    if refused is not None:
        raise replace(refused, object_id=row.id) if isinstance(refused, InWrongState) else refused
    assert row.licence_id  # completed
    if not await licences.hold_files(session, row.licence_id, unless_downloaded=True):
        raise FilesWereDownloaded(object_id=row.id)


async def _check_made(till: SaleTill, purchase: PurchaseId) -> None:
    """Somebody's bank may have disputed it in the same moment."""
    async with till.sessions.reading() as session:
        [row] = await queries.purchases(session, [purchase])
    if row.status is not PurchaseStatus.REFUNDED:
        lies_here = row.refund_asked_at is not None  # the bank sent it back at once: a person sends it again
        raise (
            NothingToRefund(_ASKED, object_id=purchase) if lies_here else NothingToRefund(object_id=purchase)
        )
