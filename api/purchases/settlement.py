"""Bringing a purchase to what its payment is: granted, let go, given back (D-43, D-47, MONEY 4).

The provider is asked outside of any transaction. Whoever has asked before somebody else wrote has old news, and asks
again; so in whatever order events come, however often, and wherever a worker dies, the same comes of the same payment.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog.rules import LIVE
from api.earnings.ledger import post
from api.gateways.payment_answers import PaymentRefused
from api.gateways.sale_facts import MoneyState, SaleFacts
from api.payments.calls import Intent, carry_out
from api.purchases.consequences import follow, withdraw_refund
from api.purchases.grant import grant
from api.purchases.receipts import write_credit_notes, write_receipt
from api.purchases.reckoning import is_disputed, is_given_back, journals_in_vain
from api.purchases.telling import announce_offer, announce_purchase, tell_of_loss
from api.purchases.till import SaleTill
from db.clock import now
from db.ids import PurchaseId
from db.queries import purchases as queries
from db.queries import tracks
from db.queries.purchases import PurchaseRow
from db.queries.tracks import TrackRow
from db.transitions import LIVING, UNPAID
from db.vocabulary import PaymentCallKind, PurchaseStatus

_TRIES: Final = 12
"""Of asking again, because somebody else wrote meanwhile, or because a call has changed something."""
_log = structlog.get_logger(__name__)


class PurchaseUnsettledError(RuntimeError):
    """Others wrote again and again while the provider was asked; the job comes back."""


class Step(StrEnum):
    """What is to be done at the provider before the purchase is what its payment is."""

    NOTHING = "NOTHING"
    ASK_AGAIN = "ASK_AGAIN"
    TAKE = "TAKE"
    LET_GO = "LET_GO"
    GIVE_BACK = "GIVE_BACK"


class Held(NamedTuple):
    """A purchase and its track, both locked."""

    purchase: PurchaseRow
    track: TrackRow | None


async def settle_payment(till: SaleTill, purchase: PurchaseId, payment: str) -> SaleFacts:
    """Have everything follow of a payment; again changes nothing.

    Returns:
        The payment as it is then.

    Raises:
        PaymentRefused: The provider will not do what has to be done: a person must look.
        PaymentUnsure: It does not answer.
        PurchaseUnsettledError: It has to be tried again.
    """
    for _ in range(_TRIES):
        before = await _version(till, purchase)
        facts = await till.payments.sales.payment(payment)
        async with till.sessions.writing() as session:
            step = await _record(session, till, purchase, facts, before)
        if step is Step.NOTHING:
            return facts
        if step is not Step.ASK_AGAIN:
            await _CALLS[step](till, purchase, facts)
    raise PurchaseUnsettledError(purchase)


async def hold_with_track(session: AsyncSession, purchase: PurchaseId) -> Held:
    """Lock a purchase's track, then the purchase."""
    [row] = await queries.purchases(session, [purchase])
    track = await tracks.track_for_change(session, row.track_id)
    held = await queries.held_purchase(session, purchase)
    assert held  # purchases are never deleted
    return Held(held, track)


async def _version(till: SaleTill, purchase: PurchaseId) -> int:
    async with till.sessions.reading() as session:
        [row] = await queries.purchases(session, [purchase])
    return row.version


async def _record(
    session: AsyncSession, till: SaleTill, purchase: PurchaseId, facts: SaleFacts, before: int
) -> Step:
    """Keep what follows of a payment, and say what has to follow at the provider."""
    held = await hold_with_track(session, purchase)
    if held.purchase.version != before:
        return Step.ASK_AGAIN
    return await _FOLLOWS[facts.state](session, till, held, facts)


async def _waiting(session: AsyncSession, till: SaleTill, held: Held, facts: SaleFacts) -> Step:
    """Nobody has paid; what was put aside, and could not be taken, is let go of."""
    row = held.purchase
    was_held = row.status is PurchaseStatus.AUTHORISED and row.payment_reference == facts.reference
    return Step.LET_GO if was_held else Step.NOTHING


async def _held(session: AsyncSession, till: SaleTill, held: Held, facts: SaleFacts) -> Step:
    """The money is put aside: whoever may have the track is who the money is taken of."""
    row = held.purchase
    if not _wins(held, facts):
        await _lose(session, row, facts)
        return Step.LET_GO
    if row.status is not PurchaseStatus.AUTHORISED:
        await _authorise(session, row, facts)
    return Step.TAKE


async def _taken(session: AsyncSession, till: SaleTill, held: Held, facts: SaleFacts) -> Step:
    """The money is there: what it was paid for is granted, or it goes back."""
    row = held.purchase
    if row.licence_id is None and _wins(held, facts):
        if row.status is not PurchaseStatus.AUTHORISED:
            row = await _authorise(session, row, facts)
        await grant(session, row, till.seal)
        [row] = await queries.purchases(session, [row.id])
    if row.licence_id is None or row.payment_reference != facts.reference:
        return await _in_vain(session, row, facts)
    await write_receipt(session, row.id, till.seller)
    wants_it_back = await follow(session, row, facts)
    await write_credit_notes(session, row, facts, till.seller)
    return Step.GIVE_BACK if wants_it_back else Step.NOTHING


async def _let_go(session: AsyncSession, till: SaleTill, held: Held, facts: SaleFacts) -> Step:
    """Nothing is taken: the bank let go before we took it, or we did."""
    row = held.purchase
    if row.payment_reference == facts.reference:
        await end_unpaid(session, row)
    return Step.NOTHING


async def end_unpaid(session: AsyncSession, row: PurchaseRow) -> None:
    """Nothing was paid, and nothing will be: the track is on sale again."""
    if await queries.move(session, row.id, PurchaseStatus.EXPIRED, ended_at=now(), checkout_url=None):
        announce_purchase(session, row.id)
        announce_offer(session, row)


def _wins(held: Held, facts: SaleFacts) -> bool:
    """Whether what a payment is for can be had by it: the track is kept for it, and it is what was agreed."""
    row, track = held
    kept = row.status in LIVING and row.payment_reference in {None, facts.reference}
    there = track is not None and track.status in LIVE and track.withheld_as is None
    agreed = facts.amount.currency is row.currency and facts.amount.minor >= row.total_minor
    if not agreed:
        _log.critical("a payment is not what was agreed: a person must look", purchase=row.id)
    return kept and there and agreed


async def _authorise(session: AsyncSession, row: PurchaseRow, facts: SaleFacts) -> PurchaseRow:
    """The buyer's bank has agreed: nobody else pays for it from now on. What is beyond the total is tax."""
    tax = max(0, facts.amount.minor - row.total_minor)
    if row.status is PurchaseStatus.RESERVED:  # it was paid before we noted where
        await queries.move(session, row.id, PurchaseStatus.CHECKOUT_OPEN)
    await queries.move(
        session,
        row.id,
        PurchaseStatus.AUTHORISED,
        payment_reference=facts.reference,
        tax_minor=tax,
        checkout_url=None,
    )
    announce_purchase(session, row.id)
    [changed] = await queries.purchases(session, [row.id])
    return changed


async def _lose(session: AsyncSession, row: PurchaseRow, facts: SaleFacts) -> None:
    """Nothing is had by this payment; a purchase that another one pays for stays as it is."""
    if row.payment_reference not in {None, facts.reference}:
        return
    if row.status in UNPAID:
        await _authorise(session, row, facts)
    if await queries.move(session, row.id, PurchaseStatus.LOST, ended_at=now(), checkout_url=None):
        announce_purchase(session, row.id)
        await tell_of_loss(session, row)


async def _in_vain(session: AsyncSession, row: PurchaseRow, facts: SaleFacts) -> Step:
    """Money was taken for what cannot be had: all of it goes back; what another payment has bought stays bought."""
    await _lose(session, row, facts)
    await post(session, *journals_in_vain(row.id, facts))
    if not is_given_back(facts):
        return Step.NOTHING if is_disputed(facts) else Step.GIVE_BACK
    if row.licence_id is None and await queries.move(session, row.id, PurchaseStatus.REFUNDED):
        announce_purchase(session, row.id)
    return Step.NOTHING


# ---- calls ---------------------------------------------------------------------------------------


async def _take(till: SaleTill, purchase: PurchaseId, facts: SaleFacts) -> None:
    """A refusal says nothing yet: what the payment is now is looked at next."""
    await _call(till, PaymentCallKind.CAPTURE, facts, till.payments.sales.take)


async def _give_up(till: SaleTill, purchase: PurchaseId, facts: SaleFacts) -> None:
    await _call(till, PaymentCallKind.VOID, facts, till.payments.sales.let_go)


async def _call(
    till: SaleTill, kind: PaymentCallKind, facts: SaleFacts, call: Callable[[str, str], Awaitable[None]]
) -> None:
    """Harmless when done twice: the second time it is refused."""

    async def act(key: str) -> str:
        await call(key, facts.reference)
        return facts.reference

    try:
        await carry_out(till.sessions, Intent(kind, facts.reference), act)
    except PaymentRefused:
        if (await till.payments.sales.payment(facts.reference)).state is facts.state:
            raise


async def _give_back(till: SaleTill, purchase: PurchaseId, facts: SaleFacts) -> None:
    """Once; where the provider will not, what the buyer asked for is withdrawn."""
    if not await _is_to_go_back(till, purchase, facts):
        return

    async def find() -> str | None:
        found = await till.payments.sales.payment(facts.reference)
        return found.refunds[-1].reference if found.refunds and is_given_back(found) else None

    async def act(key: str) -> str:
        return await till.payments.sales.give_back(key, facts.reference)

    try:
        await carry_out(till.sessions, Intent(PaymentCallKind.REFUND, facts.reference), act, find)
    except PaymentRefused:
        if await till.payments.sales.payment(facts.reference) != facts:
            return  # it went back already, or is disputed: that follows next
        async with till.sessions.writing() as session:
            await withdraw_refund(session, (await hold_with_track(session, purchase)).purchase)
        raise


async def _is_to_go_back(till: SaleTill, purchase: PurchaseId, facts: SaleFacts) -> bool:
    """Whether nobody has withdrawn a refund since: a file may have been fetched."""
    async with till.sessions.reading() as session:
        [row] = await queries.purchases(session, [purchase])
    bought = row.licence_id is not None and row.payment_reference == facts.reference
    return not bought or row.refund_asked_at is not None


_FOLLOWS: Final[Mapping[MoneyState, Callable[[AsyncSession, SaleTill, Held, SaleFacts], Awaitable[Step]]]] = {
    MoneyState.WAITING: _waiting,
    MoneyState.HELD: _held,
    MoneyState.TAKEN: _taken,
    MoneyState.LET_GO: _let_go,
}
_CALLS: Final[Mapping[Step, Callable[[SaleTill, PurchaseId, SaleFacts], Awaitable[None]]]] = {
    Step.TAKE: _take,
    Step.LET_GO: _give_up,
    Step.GIVE_BACK: _give_back,
}
