"""What is written of a payout, step by step: each is one transaction, and done once (MONEY 4)."""

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.earnings.ledger import post
from api.gateways.payout_facts import BankFacts, BankState, ReversalFacts, TransferFacts
from api.payouts import journals
from api.payouts.balances import Money, money_of
from api.payouts.journals import Paid
from api.payouts.telling import tell_of_payout
from api.payouts.till import Terms
from db.clock import now
from db.ids import PayoutId
from db.models.payouts import PayoutHold
from db.money import Amount
from db.queries import payout_accounts
from db.queries import payouts as queries
from db.queries.payouts import PayoutRow
from db.transitions import UNBEGUN
from db.vocabulary import PayoutStatus

_LONGEST: Final = 500


class PayoutDiffers(Exception):  # noqa: N818 -- a fact that its name says whole
    """The provider has something else under our name than what was asked of it: a person must look."""


async def begin(session: AsyncSession, terms: Terms, payout: PayoutId) -> bool:
    """Take a payout out of the balance, or say why it waits; whether it has begun now.

    The balance is locked: what is taken out is there, whoever else takes of it in the same moment.
    """
    row = await queries.held_payout(session, payout)
    if row.status not in UNBEGUN:
        return False
    await queries.lock_balance(session, row.producer_id, row.currency)
    money = (await money_of(session, [row.producer_id], terms))[row.producer_id]
    if money.account is None or money.account.id != row.account_id:
        await end_unbegun(session, row.id, "Your payouts go to another account now: ask again.")
        return False
    holding = money.by_currency.get(row.currency)
    if holding is None or not holding.available:
        await _hold(session, row, _why_it_waits(money))
        return False
    moment, amount = now(), holding.available
    began = await queries.move(
        session,
        payout,
        PayoutStatus.SENDING,
        amount_minor=amount,
        account_ready=money.account.ready,
        begun_at=moment,
        failure=None,
    )
    if began:
        await post(session, journals.begun(paid(row._replace(amount_minor=amount)), moment))
    return began


def paid(row: PayoutRow) -> Paid:
    """As the books need it."""
    return Paid(row.id, row.producer_id, Amount(row.amount_minor, row.currency))


def _why_it_waits(money: Money) -> str:
    if money.account is None or not money.account.ready:
        return "The set-up of your payouts has to be finished first."
    return money.review or "There is not enough for a payout now."


async def _hold(session: AsyncSession, row: PayoutRow, why: str) -> None:
    if not await queries.move(session, row.id, PayoutStatus.HELD, failure=why[:_LONGEST]):
        await queries.change(session, row.id, {"failure": why[:_LONGEST]})


async def end_unbegun(session: AsyncSession, payout: PayoutId, why: str) -> None:
    """A payout of which nothing has moved is not sent after all; one that has begun meanwhile goes its way."""
    row = await queries.held_payout(session, payout)
    if row.status in UNBEGUN:
        await queries.move(session, payout, PayoutStatus.REJECTED, failure=why, ended_at=now())
        await tell_of_payout(session, row, PayoutStatus.REJECTED, why)


async def sent(session: AsyncSession, row: PayoutRow, facts: TransferFacts) -> None:
    """The transfer is made.

    Raises:
        PayoutDiffers: Of another amount, or to somebody else.
    """
    if (facts.destination, facts.amount) != (row.destination, Amount(row.amount_minor, row.currency)):
        raise PayoutDiffers(f"{row.id} has the transfer {facts.reference} of {facts.amount}")
    moved = await queries.move(
        session, row.id, PayoutStatus.SENT, transfer_reference=facts.reference, sent_at=facts.at
    )
    if moved:
        await post(session, journals.sent(paid(row), facts.at))
        await tell_of_payout(session, row, PayoutStatus.SENT)


async def rejected(session: AsyncSession, terms: Terms, row: PayoutRow, why: str) -> None:
    """The provider will not send it: it is the producer's balance again, and held for some days."""
    moment = now()
    moved = await queries.move(
        session, row.id, PayoutStatus.REJECTED, failure=why[:_LONGEST], ended_at=moment
    )
    if moved:
        await post(session, journals.rejected(paid(row), moment))
        await _wait(session, row, terms.reviewed_for, "A payout could not be sent.")
        await tell_of_payout(session, row, PayoutStatus.REJECTED, why)


async def seen_at_bank(session: AsyncSession, terms: Terms, row: PayoutRow, facts: BankFacts) -> bool:
    """What the bank made of it; whether something follows of that at the provider."""
    if row.bank_reference is None:
        await queries.change(session, row.id, {"bank_reference": facts.reference})
    if facts.state is BankState.CAME_BACK:
        await failed(session, terms, row, facts.problem)
        return True
    arrived = facts.state is BankState.ARRIVED
    if arrived and await queries.move(session, row.id, PayoutStatus.SETTLED, settled_at=facts.arrives_at):
        await tell_of_payout(session, row, PayoutStatus.SETTLED)
    return False


async def failed(session: AsyncSession, terms: Terms, row: PayoutRow, why: str) -> None:
    """It does not reach the bank, or came back: the transfer goes back next."""
    if await queries.move(session, row.id, PayoutStatus.FAILED, failure=why[:_LONGEST], ended_at=now()):
        await _wait(session, row, terms.reviewed_for, "A payout came back from your bank.")
        await tell_of_payout(session, row, PayoutStatus.FAILED, why)


async def returned(session: AsyncSession, row: PayoutRow, facts: ReversalFacts) -> None:
    """The transfer went back: it is the producer's balance again.

    Raises:
        PayoutDiffers: A part of it did, by somebody else's hand.
    """
    if facts.amount != Amount(row.amount_minor, row.currency):
        raise PayoutDiffers(f"{row.id} went back by {facts.reference} of {facts.amount}")
    held = await queries.held_payout(session, row.id)
    if held.returned_at is None:
        await post(session, journals.returned(paid(row), facts.at))
        await queries.change(session, row.id, {"returned_at": facts.at})


async def _wait(session: AsyncSession, row: PayoutRow, days: timedelta, what: str) -> None:
    """Pay nothing by itself for some days, in which the producer can look at their set-up."""
    until = now() + days
    reason = f"{what} Nothing is paid until {until:%Y-%m-%d}: look at the set-up of your payouts."
    hold = PayoutHold(producer_id=row.producer_id, cause=row.id, reason=reason, until=until)
    await payout_accounts.place_hold(session, hold)
