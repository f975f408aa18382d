"""What a payout account is, learnt from the payment provider (D-55).

The provider is asked outside of any transaction, and what it says is kept only if nobody has written since it began to be
asked. So events may come in any order and any number: each has the account read anew.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payout_facts import AccountFacts
from api.notices import warn
from api.payouts.rules import asked_for, standing
from api.payouts.telling import tell_of_account
from api.payouts.till import PayoutTill
from db import jobs
from db.clock import now
from db.ids import PayoutAccountId
from db.models.payouts import PayoutHold
from db.queries import payout_accounts as queries
from db.queries import producers
from db.queries.payout_accounts import PayoutAccountRow
from db.session import announce
from db.transitions import PAYOUT_ACCOUNT
from db.vocabulary import JobKind, PayoutAccountStatus

_TRIES: Final = 8
"""Of asking again, because somebody else wrote meanwhile."""
_OTHER_ACCOUNT: Final = (
    "Payouts go to another account than before. Nothing is paid to it until {until:%Y-%m-%d}, in case that"
    " was not you: then write to us."
)


class PayoutAccountUnsettledError(RuntimeError):
    """Others wrote again and again while the provider was asked; it has to be tried again."""


def payout_account_topic(producer: str) -> str:
    """Announced when the set-up of a producer's payouts has changed."""
    return f"payout_account:{producer}"


async def learn_of_account(till: PayoutTill, account: PayoutAccountId) -> PayoutAccountRow:
    """Ask the provider of an account, and keep what it says; again changes nothing.

    Raises:
        PaymentUnsure: It does not answer.
        PayoutAccountUnsettledError: It has to be tried again.
    """
    for _ in range(_TRIES):
        async with till.sessions.reading() as session:
            [before] = await queries.accounts(session, [account])
        if before.reference is None or before.status is PayoutAccountStatus.DISCONNECTED:
            return before
        facts = await till.payments.payouts.account(before.reference)
        async with till.sessions.writing() as session:
            row = await queries.held(session, account)
            if row.version == before.version:
                return await _keep(session, till, row, facts)
    raise PayoutAccountUnsettledError(account)


async def _keep(
    session: AsyncSession, till: PayoutTill, row: PayoutAccountRow, facts: AccountFacts
) -> PayoutAccountRow:
    moment = now()
    status = standing(facts, known=row.status, was_ready=row.ready_at is not None)
    assert status is row.status or status in PAYOUT_ACCOUNT[row.status], (row.status, status)
    await queries.change(session, row.id, _learnt(row, status, facts, moment))
    if (status, asked_for(facts)) != (row.status, row.requirements):
        announce(session, payout_account_topic(row.producer_id))
    if status is PayoutAccountStatus.READY and row.ready_at is None:
        await _look_twice_at_another(session, till, row, moment)
    if row.ready and status is not PayoutAccountStatus.READY:
        await tell_of_account(session, row, status)
    if status is PayoutAccountStatus.READY is not row.status:
        waiting = f"{row.producer_id}:{row.version}"
        await jobs.add(session, JobKind.FOLLOW_PAYOUTS, key=waiting)
    [changed] = await queries.accounts(session, [row.id])
    return changed


def _learnt(
    row: PayoutAccountRow, status: PayoutAccountStatus, facts: AccountFacts, moment: datetime
) -> dict[str, Any]:
    learnt: dict[str, Any] = {"status": status, "requirements": asked_for(facts), "checked_at": moment}
    if status is PayoutAccountStatus.READY and row.ready_at is None:
        learnt["ready_at"] = moment
    if status is PayoutAccountStatus.DISCONNECTED:
        learnt["ended_at"] = moment
    return learnt


async def _look_twice_at_another(
    session: AsyncSession, till: PayoutTill, row: PayoutAccountRow, moment: datetime
) -> None:
    """Somebody who has taken over an account would have its money sent elsewhere: the owner is told, and has some days."""
    if not await queries.was_ready_before(session, row):
        return
    until = moment + till.terms.reviewed_for
    sentence = _OTHER_ACCOUNT.format(until=until)
    hold = PayoutHold(producer_id=row.producer_id, cause=row.id, reason=sentence, until=until)
    await queries.place_hold(session, hold)
    [owner] = await producers.producers(session, [row.producer_id])
    if owner.account_id:
        await warn(session, owner.account_id, "Your payouts go to another account", sentence, subject=row.id)
