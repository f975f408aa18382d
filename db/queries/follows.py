"""Who follows whom."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import AccountId, ProducerId
from db.models.producers import Follow
from db.queries.rows import AnySelect


async def follow(session: AsyncSession, account: AccountId, producer: ProducerId) -> bool:
    """Follow, anew or again; true if the account never did before."""
    first = {"account_id": account, "producer_id": producer, "followed_at": now(), "ended_at": None}
    added = (
        inserting(session, Follow).values(first).on_conflict_do_nothing().returning(col(Follow.producer_id))
    )
    if (await session.execute(added)).one_or_none() is not None:
        return True
    again = update(Follow).where(*_of(account, producer), col(Follow.ended_at).is_not(None))
    await session.execute(again.values(ended_at=None))
    return False


async def unfollow(session: AsyncSession, account: AccountId, producer: ProducerId) -> None:
    """Stop following; who does not follow stays as they are."""
    ended = update(Follow).where(*_of(account, producer), col(Follow.ended_at).is_(None))
    await session.execute(ended.values(ended_at=now()))


async def follower_counts(session: AsyncSession, producers: Collection[ProducerId]) -> dict[ProducerId, int]:
    """How many follow each of these profiles; those without a follower are left out."""
    counted = await session.execute(counts_of(producers))
    return {ProducerId(one): int(count) for one, count in counted}


def counts_of(producers: Collection[ProducerId]) -> AnySelect:
    """The statement behind `follower_counts`."""
    producer = col(Follow.producer_id)
    counted: AnySelect = select(producer, func.count()).where(producer.in_(producers))
    return counted.where(col(Follow.ended_at).is_(None)).group_by(producer)


async def followed_among(
    session: AsyncSession, account: AccountId, producers: Collection[ProducerId]
) -> frozenset[ProducerId]:
    """Those of the profiles that an account follows."""
    theirs = col(Follow.account_id) == account, col(Follow.producer_id).in_(producers)
    live = select(col(Follow.producer_id)).where(*theirs, col(Follow.ended_at).is_(None))
    return frozenset(await session.scalars(live))


def _of(account: AccountId, producer: ProducerId) -> tuple[ColumnElement[bool], ...]:
    return col(Follow.account_id) == account, col(Follow.producer_id) == producer
