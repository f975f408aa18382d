"""Who paid in a month, and what they heard."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.dialects import among
from db.ids import AccountId, TrackId
from db.models.plans import Invoice, PlanSubscription
from db.models.plays import Listening
from db.months import Month
from db.queries.rows import read
from db.vocabulary import CurrencyCode

_BETWEEN: Final = ","
"""No id has one."""


class Paying(NamedTuple):
    """When a bill is paid that counts, and in what."""

    begins_at: datetime
    ends_at: datetime
    currency: CurrencyCode


class HeardRow(NamedTuple):
    """A listener, and the tracks that counted so often for them in a day; those of several days are there again."""

    account_id: AccountId
    counted: int
    tracks: list[TrackId]


async def paid_in(session: AsyncSession, paying: Paying) -> dict[AccountId, int]:
    """What each subscriber paid for plans, without taxes; by their ids."""
    account, paid = col(PlanSubscription.account_id), func.sum(col(Invoice.paid_base_minor))
    bills = (
        col(Invoice.paid_at) >= paying.begins_at,
        col(Invoice.paid_at) < paying.ends_at,
        col(Invoice.currency) == paying.currency,
        col(Invoice.paid_base_minor) > 0,
    )
    joined = select(account, paid).join(
        PlanSubscription, col(PlanSubscription.id) == col(Invoice.subscription_id)
    )
    rows = await session.execute(joined.where(*bills).group_by(account).order_by(account))
    return {one: int(minor) for one, minor in rows}


async def heard_in(session: AsyncSession, month: Month, first: AccountId, last: AccountId) -> list[HeardRow]:
    """What some listeners have heard in a month, as it counts: a row for each listener and number, not for each track.

    Days are named one by one, so that both engines go down the key for each, and read nobody else's.

    Args:
        first: The first of them, by their ids.
        last: The last one.
    """
    account, counted = col(Listening.account_id), col(Listening.counted)
    tracks = func.aggregate_strings(col(Listening.track_id), _BETWEEN)
    inside = among(session, col(Listening.day), month.days), account.between(first, last), counted > 0
    chosen = select(account, counted, tracks).where(*inside).group_by(account, counted)
    return await read(session, _heard, chosen)


def _heard(account: AccountId, counted: int, tracks: Any) -> HeardRow:
    return HeardRow(account, counted, tracks.split(_BETWEEN))
