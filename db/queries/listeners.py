"""Who paid in a month, and what they heard."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, TrackId
from db.models.plans import Invoice, PlanSubscription
from db.models.plays import Listening
from db.queries.rows import read
from db.vocabulary import CurrencyCode


class Paying(NamedTuple):
    """When a bill is paid that counts, and in what."""

    begins_at: datetime
    ends_at: datetime
    currency: CurrencyCode


class HeardRow(NamedTuple):
    account_id: AccountId
    track_id: TrackId
    plays: int


async def paid_in(session: AsyncSession, paying: Paying) -> dict[AccountId, int]:
    """What each subscriber paid for plans, without taxes."""
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
    rows = await session.execute(joined.where(*bills).group_by(account))
    return {one: int(minor) for one, minor in rows}


async def heard_in(session: AsyncSession, first_day: date, last_day: date) -> list[HeardRow]:
    """Counted plays by day, listener and track, along the key."""
    days = col(Listening.day) >= first_day, col(Listening.day) <= last_day
    chosen = select(col(Listening.account_id), col(Listening.track_id), col(Listening.counted))
    return await read(session, HeardRow, chosen.where(*days, col(Listening.counted) > 0))
