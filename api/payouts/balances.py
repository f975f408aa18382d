"""Producers' money as it stands: what can be paid out, and why the rest cannot (D-56)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.payouts.holding import Holding, Standing, holding
from api.payouts.till import Terms
from db.clock import now
from db.ids import ProducerId
from db.queries import payout_accounts
from db.queries.holdings import HoldingRow, holdings
from db.queries.payout_accounts import PayoutAccountRow
from db.vocabulary import CurrencyCode

_A_YEAR: Final = timedelta(days=365)
"""Whatever ends by itself is over by then."""


class Money(NamedTuple):
    """A producer's.

    Attributes:
        account: Where they are paid to; null: nothing is set up.
        review: Why payouts wait for somebody to look, or for some days; null: they do not.
    """

    account: PayoutAccountRow | None
    review: str | None
    by_currency: dict[CurrencyCode, Holding]


async def money_of(
    session: AsyncSession, producers: Collection[ProducerId], terms: Terms, *, at: datetime | None = None
) -> dict[ProducerId, Money]:
    """What each of these has, in every currency in which there is anything.

    Args:
        at: As if it were this moment, and nothing had happened until then; null: now.
    """
    moment = at or now()
    accounts = await payout_accounts.current(session, producers)
    reviews = await _reviews(session, producers, moment)
    rows = await holdings(session, producers, refundable_since=moment - terms.refundable_for)
    found = {one: Money(accounts.get(one), reviews.get(one), {}) for one in producers}
    for (producer, currency), row in sorted(rows.items()):
        money = found[producer]
        money.by_currency[currency] = holding(_standing(row, money), minimum=terms.minimum_minor)
    return found


async def money_in_the_end(session: AsyncSession, producer: ProducerId, terms: Terms) -> Money:
    """What a producer has, as it is when all that ends by itself is over: refund windows, and holds with a date."""
    return (await money_of(session, [producer], terms, at=now() + _A_YEAR))[producer]


async def _reviews(
    session: AsyncSession, producers: Collection[ProducerId], moment: datetime
) -> dict[ProducerId, str]:
    """Why payouts are held; the oldest reason, where there are several."""
    holds = await payout_accounts.open_holds(session, producers, at=moment)
    return {hold.producer_id: hold.reason for hold in holds}


def _standing(row: HoldingRow, money: Money) -> Standing:
    ready = money.account is not None and money.account.ready
    return Standing(**row._asdict(), ready=ready, reviewed=money.review is not None)
