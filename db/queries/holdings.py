"""What there is of a producer's money, and what parts of it cannot be paid out yet (D-54, D-56)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.bookkeeping import DISPUTE_HOLD, LedgerAccount, payable_to, producer_of
from db.ids import ProducerId
from db.models.ledger import Entry
from db.models.payouts import Payout
from db.models.purchases import Purchase
from db.queries import ledger
from db.transitions import IN_TRANSIT
from db.vocabulary import CurrencyCode, PayoutStatus, PurchaseStatus

Whose = tuple[ProducerId, CurrencyCode]


class HoldingRow(NamedTuple):
    """In one currency, in minor units."""

    balance: int = 0
    refundable: int = 0
    disputed: int = 0
    in_transit: int = 0


async def holdings(
    session: AsyncSession, producers: Collection[ProducerId], *, refundable_since: datetime
) -> dict[Whose, HoldingRow]:
    """Of these producers, in every currency in which there is anything.

    Args:
        refundable_since: Sales that were completed later can still be undone by their buyers.
    """
    parts: dict[Whose, dict[str, int]] = defaultdict(dict)
    for row in await ledger.producer_balances(session, producers):
        parts[row.producer_id, row.currency]["balance"] = row.balance_minor
    found = {
        "refundable": await _sold(session, producers, _can_be_undone(refundable_since)),
        "disputed": await _disputed(session, producers),
        "in_transit": await _in_transit(session, producers),
    }
    for name, sums in found.items():
        for whose, minor in sums.items():
            parts[whose][name] = minor
    return {whose: HoldingRow(**some) for whose, some in parts.items() if any(some.values())}


def _can_be_undone(since: datetime) -> ColumnElement[bool]:
    """Sold a short while ago; or the money was asked back, and is on its way."""
    late = or_(col(Purchase.completed_at) > since, col(Purchase.refund_asked_at).is_not(None))
    return and_(col(Purchase.status) == PurchaseStatus.COMPLETED, late)


async def _sold(
    session: AsyncSession, producers: Collection[ProducerId], which: ColumnElement[bool]
) -> dict[Whose, int]:
    """Prices of sales."""
    columns = col(Purchase.producer_id), col(Purchase.currency)
    chosen = select(*columns, func.sum(col(Purchase.price_minor))).where(columns[0].in_(producers), which)
    return _sums(await session.execute(chosen.group_by(*columns)))


async def _disputed(session: AsyncSession, producers: Collection[ProducerId]) -> dict[Whose, int]:
    """Prices of disputed sales; no more than what went from the producer's balance to be decided, and has not come back."""
    prices = await _sold(session, producers, col(Purchase.status) == PurchaseStatus.DISPUTED)
    if not prices:
        return {}
    accounts = {payable_to(producer) for producer, _ in prices}
    taken = await _moved(session, col(Entry.from_account), accounts, col(Entry.to_account))
    back = await _moved(session, col(Entry.to_account), accounts, col(Entry.from_account))
    return {whose: min(price, taken.get(whose, 0) - back.get(whose, 0)) for whose, price in prices.items()}


async def _moved(
    session: AsyncSession, side: Any, accounts: Collection[LedgerAccount], other: Any
) -> dict[Whose, int]:
    """What moved between producers' accounts, on one side, and what is to be decided, on the other."""
    columns = side, col(Entry.currency)
    chosen = select(*columns, func.sum(col(Entry.amount_minor)))
    rows = await session.execute(chosen.where(side.in_(accounts), other == DISPUTE_HOLD).group_by(*columns))
    return _sums((producer_of(LedgerAccount(account)), currency, minor) for account, currency, minor in rows)


async def _in_transit(session: AsyncSession, producers: Collection[ProducerId]) -> dict[Whose, int]:
    returning = and_(col(Payout.status) == PayoutStatus.FAILED, col(Payout.returned_at).is_(None))
    columns = col(Payout.producer_id), col(Payout.currency)
    chosen = select(*columns, func.sum(col(Payout.amount_minor))).where(
        columns[0].in_(producers), or_(col(Payout.status).in_(IN_TRANSIT), returning)
    )
    return _sums(await session.execute(chosen.group_by(*columns)))


def _sums(rows: Iterable[Any]) -> dict[Whose, int]:
    return {(producer, currency): int(minor) for producer, currency, minor in rows}
