"""Ending what an account has at the payment provider, before it is deleted (D-81).

Each step asks for a state, not for a change, under keys that are kept: a worker that is killed has the next one ask again.
"""

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.gateways.payment_answers import AccountGone, PaymentRefused
from api.notices import warn
from api.payments.calls import Intent, carry_out
from api.payouts.last import (
    end_what_waits,
    money_is_under_way,
    money_may_return,
    money_that_waits,
    request_last_payouts,
)
from api.payouts.learning import learn_of_account
from api.payouts.till import PayoutTill, Terms
from api.plans.learning import learn_of_subscription
from api.plans.paying import PlanTill
from api.plans.subscribing import put_away
from api.privacy.obstacles import is_more_than_told
from db.clock import now
from db.ids import AccountDeletionId, AccountId, ProducerId
from db.queries import payments, payout_accounts, plans
from db.queries.deletions import DeletionRow
from db.queries.payout_accounts import PayoutAccountRow
from db.queries.personal import Person
from db.queries.plans import PlanSubscriptionRow
from db.vocabulary import DeletionObstacleKind, PaymentCallKind, PlanStatus

_log: Final = structlog.get_logger(__name__)
_PATIENCE: Final = timedelta(days=14)
"""With what was to be paid, and cannot be for now: a set-up that misses a paper, a look of staff."""
_SENTENCE: Final = "The last payout of the account that you are leaving cannot be made for now."


async def end_plan(till: PlanTill, account: AccountId) -> None:
    """End an account's plan at once, and have the provider forget whose it was.

    Raises:
        PaymentRefused, PaymentUnsure: It has to be tried again.
    """
    async with till.sessions.reading() as session:
        held = await plans.living_of(session, [account])
    for row in held:
        if row.status is PlanStatus.CHECKOUT_OPEN:
            await put_away(till, row)  # which makes a payer, where none was made before
    async with till.sessions.reading() as session:
        payer = await payments.payer_of(session, account)
    if payer is not None:
        await _forget_payer(till, account, payer)
    for row in held:
        await _learn(till, row)


async def _forget_payer(till: PlanTill, account: AccountId, payer: str) -> None:
    """The provider deletes what it knows of them, and ends their plans with it."""

    async def act(key: str) -> str:
        await till.payments.remove_payer(key, payer)
        return payer

    await carry_out(till.sessions, Intent(PaymentCallKind.REMOVE_PAYER, account), act)


async def _learn(till: PlanTill, row: PlanSubscriptionRow) -> None:
    async with till.sessions.reading() as session:
        [known] = await plans.subscriptions(session, [row.id])
    if known.reference is not None:
        await learn_of_subscription(till.sessions, till.payments, known.id, known.reference, grace=till.grace)


async def look_at_account(till: PayoutTill, person: Person) -> None:
    """Ask the provider whether somebody can be paid: nothing is decided on old news.

    Raises:
        PaymentUnsure: It does not answer.
    """
    if person.producer is None:
        return
    async with till.sessions.reading() as session:
        account = await _account(session, person.producer)
    if account is not None and account.reference is not None:
        await learn_of_account(till, account.id)


async def pay_out_and_close(
    till: PayoutTill, person: Person, row: DeletionRow
) -> DeletionObstacleKind | None:
    """Pay out what can be, and close the account that it went to when nothing moves there any more.

    Where money that was to be paid cannot be for now, such as that the provider asks for a document, it is waited for some days.

    Returns:
        What is waited for; null: there is nothing left to do.

    Raises:
        PaymentUnsure: It has to be tried again.
    """
    if person.producer is None:
        return None
    async with till.sessions.writing() as session:
        await request_last_payouts(session, person.producer, till.terms, cause=row.id)
        if await _is_worth_a_wait(session, person.producer, till.terms, row):
            return DeletionObstacleKind.PAYOUT_UNDER_WAY
        await end_what_waits(session, person.producer, till.terms)
    async with till.sessions.reading() as session:
        waits = await _waits_for(session, person.producer, till, row.id)
        account = await _account(session, person.producer)
    if waits is None and account is not None:
        await _close(till, account)
    return waits


async def _is_worth_a_wait(
    session: AsyncSession, producer: ProducerId, terms: Terms, row: DeletionRow
) -> bool:
    """Whether more waits for somebody than its owner was told would stay: they are told of that, once."""
    waits = await money_that_waits(session, producer, terms)
    if not is_more_than_told(waits, row.told) or now() > row.due_at + _PATIENCE:
        return False
    until = row.due_at + _PATIENCE
    body = f"{_SENTENCE} We try until {until:%Y-%m-%d}; what cannot be paid by then stays owed. Write to us if you can help it."
    await warn(session, row.account_id, "Your last payout waits", body, subject=f"{row.id}:waits")
    return True


async def _waits_for(
    session: AsyncSession, producer: ProducerId, till: PayoutTill, deletion: AccountDeletionId
) -> DeletionObstacleKind | None:
    if await money_is_under_way(session, producer, till.terms, cause=deletion):
        return DeletionObstacleKind.PAYOUT_UNDER_WAY
    if await money_may_return(session, producer):
        return DeletionObstacleKind.PAYOUT_MAY_RETURN
    return None


async def _account(session: AsyncSession, producer: ProducerId) -> PayoutAccountRow | None:
    return (await payout_accounts.current(session, [producer])).get(producer)


async def _close(till: PayoutTill, account: PayoutAccountRow) -> None:
    if account.reference is None:
        async with till.sessions.writing() as session:
            await payout_accounts.give_up(session, account.id)
        return
    reference = account.reference

    async def act(key: str) -> str:
        await till.payments.payouts.close_account(key, reference)
        return reference

    try:
        await carry_out(till.sessions, Intent(PaymentCallKind.CLOSE_PAYOUT_ACCOUNT, reference), act)
    except PaymentRefused as refused:
        _log.critical("a payout account stays open: a person must look", account=account.id, why=refused.code)
    except AccountGone:
        _log.warning("a payout account was lost before it was closed", account=account.id)
    await learn_of_account(till, account.id)
