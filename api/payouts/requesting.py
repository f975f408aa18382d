"""Asking for a payout: by its producer, or by the day of the week (D-54)."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.payouts.balances import Money, money_of
from api.payouts.errors import (
    AccountIsNotReady,
    AccountIsRejected,
    PayoutIsUnderWay,
    PayoutsAreHeld,
    TooLittleToPay,
)
from api.payouts.onboarding import own_profile
from api.payouts.rules import what_it_waits_for
from api.payouts.till import Terms
from api.refusals import KeyWasUsedBefore, Problems, Refused
from api.texts import checked_idempotency_key
from api.viewer import Viewer
from db import jobs
from db.clock import now
from db.ids import PayoutId, ProducerId
from db.models.payouts import Payout
from db.money import Amount
from db.queries import payouts as queries
from db.queries.payout_accounts import PayoutAccountRow
from db.queries.payouts import Payable
from db.session import Sessions
from db.vocabulary import CurrencyCode, HoldReason, JobKind, PayoutAccountStatus

_WEEK: Final = 7
_LATEST: Final = timedelta(days=2)
"""After a payday: later, money that was earned since would be paid before its day."""
_AT_ONCE: Final = 100
"""Producers whose payouts are begun in one transaction."""


async def request_payout(
    session: AsyncSession, viewer: Viewer, terms: Terms, *, currency: CurrencyCode, idempotency_key: str
) -> PayoutId:
    """Have all that is available in a currency paid out; the same key again is the same payout.

    Raises:
        NotAllowed: The viewer is no producer.
        ManyRefused: The key is none.
        KeyWasUsedBefore: For another currency.
        AccountIsNotReady, PayoutsAreHeld, TooLittleToPay: Nothing is paid now.
        PayoutIsUnderWay: One of this currency waits, or is being sent.
    """
    producer = own_profile(viewer)
    problems = Problems()
    key = checked_idempotency_key(problems, idempotency_key) or ""
    problems.refuse_any()
    if known := await _asked_before(session, producer, key, currency):
        return known
    money = (await money_of(session, [producer], terms))[producer]
    payout = _asked_for(producer, currency, key, money, terms)
    if not await queries.add(session, [payout]):
        if known := await _asked_before(session, producer, key, currency):
            return known
        waiting = await queries.living(session, producer, currency)
        raise PayoutIsUnderWay(object_id=waiting.id if waiting else None)
    await have_settled(session, payout.id)
    return payout.id


async def start_due_payouts(sessions: Sessions, terms: Terms, *, weekday: int) -> int:
    """From its day of the week on, ask for a payout for everybody who can be paid, once a week; how many there are new.

    Args:
        weekday: 0 is Monday, of UTC. Who was down on it pays on the next day.
    """
    today, after, begun = now().date(), None, 0
    payday = today - timedelta(days=(today.weekday() - weekday) % _WEEK)
    if today - payday > _LATEST:
        return 0
    while True:
        async with sessions.writing() as session:
            some = await queries.payable(
                session, minimum_minor=terms.minimum_minor, at=now(), after=after, limit=_AT_ONCE
            )
            begun += await _start(session, terms, payday, some)
        if len(some) < _AT_ONCE:
            return begun
        after = some[-1].producer_id, some[-1].currency


async def _start(session: AsyncSession, terms: Terms, payday: date, some: list[Payable]) -> int:
    money = await money_of(session, {one.producer_id for one in some}, terms)
    due = [_due(one, money[one.producer_id], payday) for one in some]
    new = await queries.add(session, [payout for payout in due if payout is not None])
    for payout in new:
        await have_settled(session, payout)
    return len(new)


def _due(one: Payable, money: Money, payday: date) -> Payout | None:
    holding = money.by_currency.get(one.currency)
    if holding is None or not holding.available:
        return None
    return Payout(
        producer_id=one.producer_id,
        account_id=one.account_id,
        destination=one.destination,
        currency=one.currency,
        amount_minor=holding.available,
        scheduled_for=payday,
    )


async def _asked_before(
    session: AsyncSession, producer: ProducerId, key: str, currency: CurrencyCode
) -> PayoutId | None:
    known = await queries.asked_with(session, producer, key)
    if known is not None and known.currency is not currency:
        raise KeyWasUsedBefore
    return known.id if known else None


def _asked_for(producer: ProducerId, currency: CurrencyCode, key: str, money: Money, terms: Terms) -> Payout:
    """The payout to keep.

    Raises:
        AccountIsNotReady, PayoutsAreHeld, TooLittleToPay: There is none.
    """
    account, holding = money.account, money.by_currency.get(currency)
    if account is None or not account.ready or account.reference is None:
        raise _not_ready(account)
    if money.review is not None:
        raise PayoutsAreHeld(money.review, object_id=account.id)
    if holding is None or not holding.available:
        least = Amount(terms.minimum_minor, currency)
        reasons = {one.reason for one in holding.holds} if holding else set[HoldReason]()
        window = HoldReason.REFUND_WINDOW in reasons
        more = " What was sold last can still be undone by its buyer." if window else ""
        if holding and holding.owed:
            owed = Amount(holding.owed, currency)
            raise TooLittleToPay(
                f"{owed} have to be earned first: a sale or a share that you were paid was taken back."
            )
        raise TooLittleToPay(f"A payout has {least} at least. What is there is carried over.{more}")
    return Payout(
        producer_id=producer,
        account_id=account.id,
        destination=account.reference,
        currency=currency,
        amount_minor=holding.available,
        idempotency_key=key,
    )


def _not_ready(account: PayoutAccountRow | None) -> Refused:
    """Why nothing can be paid to an account: what its owner can do about it, if anything."""
    if account is None:
        return AccountIsNotReady()
    if account.status is PayoutAccountStatus.REJECTED:
        return AccountIsRejected(object_id=account.id)
    return AccountIsNotReady(what_it_waits_for(account.status), object_id=account.id)


async def have_settled(session: AsyncSession, payout: PayoutId) -> None:
    """Have a payout brought as far as it goes."""
    await jobs.add(session, JobKind.SETTLE_PAYOUT, key=payout, payout=payout)
