"""The last payouts of a profile whose account is about to be deleted: all that can be paid is, and nothing waits for ever (D-81)."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.payouts.balances import Money, money_in_the_end, money_of
from api.payouts.following import COMES_BACK_WITHIN
from api.payouts.requesting import have_settled
from api.payouts.steps import end_unbegun
from api.payouts.till import Terms
from db.clock import now
from db.ids import ProducerId
from db.models.payouts import Payout
from db.queries import payouts as queries
from db.queries.payouts import PayoutRow
from db.transitions import UNBEGUN
from db.vocabulary import CurrencyCode, HoldReason, PayoutStatus

_IN_VAIN: Final = frozenset({PayoutStatus.REJECTED, PayoutStatus.FAILED})
_FOR_SOMEBODY: Final = frozenset({HoldReason.PAYOUT_ACCOUNT_NOT_READY, HoldReason.REVIEW})
_WHY: Final = "Your account is being deleted, and what this waited for does not end by itself."


async def request_last_payouts(
    session: AsyncSession, producer: ProducerId, terms: Terms, *, cause: str
) -> None:
    """Have everything paid out that can be now; asked again, what has come since is paid too.

    Where a last payout went in vain, no other one is tried.

    Args:
        cause: Of asking, whose payouts are told apart from others by it.
    """
    money = (await money_of(session, [producer], terms))[producer]
    asked = await queries.asked_because_of(session, producer, cause)
    due = [_due(producer, currency, money, asked, cause) for currency in money.by_currency]
    for payout in await queries.add(session, [one for one in due if one is not None]):
        await have_settled(session, payout)


async def end_what_waits(session: AsyncSession, producer: ProducerId, terms: Terms) -> None:
    """End payouts that wait for what has no end, such as a look of staff: they stay in the balance."""
    in_the_end = await money_in_the_end(session, producer, terms)
    for waiting in await queries.unsettled(session, producer):
        if waiting.status in UNBEGUN and not _comes(in_the_end, waiting.currency):
            await end_unbegun(session, waiting.id, _WHY)


async def money_that_waits(
    session: AsyncSession, producer: ProducerId, terms: Terms
) -> dict[CurrencyCode, int]:
    """What could be paid, but for the set-up of payouts or a look of staff: in minor units."""
    money = await money_in_the_end(session, producer, terms)
    waits = {
        currency: sum(one.minor for one in holding.holds if one.reason in _FOR_SOMEBODY)
        for currency, holding in money.by_currency.items()
    }
    return {currency: minor for currency, minor in waits.items() if minor >= terms.minimum_minor}


async def money_is_under_way(
    session: AsyncSession, producer: ProducerId, terms: Terms, *, cause: str
) -> bool:
    """Whether something is being paid, or will be when a refund window or a hold with a date is over."""
    if await queries.unsettled(session, producer):
        return True
    in_the_end = await money_in_the_end(session, producer, terms)
    asked = await queries.asked_because_of(session, producer, cause)
    return any(
        _comes(in_the_end, currency) and not _in_vain(asked, currency) for currency in in_the_end.by_currency
    )


async def money_may_return(session: AsyncSession, producer: ProducerId) -> bool:
    """Whether a bank may still send back what it was sent last."""
    settled = await queries.last_settled(session, producer)
    return settled is not None and settled + COMES_BACK_WITHIN > now()


def _due(
    producer: ProducerId, currency: CurrencyCode, money: Money, asked: Sequence[PayoutRow], cause: str
) -> Payout | None:
    account, available = money.account, money.by_currency[currency].available
    if account is None or account.reference is None or not available or _in_vain(asked, currency):
        return None
    number = sum(one.currency is currency for one in asked)
    return Payout(
        producer_id=producer,
        account_id=account.id,
        destination=account.reference,
        currency=currency,
        amount_minor=available,
        idempotency_key=f"{cause}:{currency}:{number}",
    )


def _comes(in_the_end: Money, currency: CurrencyCode) -> bool:
    holding = in_the_end.by_currency.get(currency)
    return holding is not None and holding.available > 0


def _in_vain(asked: Sequence[PayoutRow], currency: CurrencyCode) -> bool:
    """Whether one had left the balance, and came to nothing."""
    left = [one for one in asked if one.currency is currency and one.begun_at is not None]
    return any(one.status in _IN_VAIN for one in left)
