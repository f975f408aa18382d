"""Who came by whose share link, and who hears of a new subscriber (D-70)."""

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.ids import AccountId, ProducerId
from db.models.collections import Collection
from db.models.producers import Follow, Producer, ProducerHandle, Referral
from db.models.tracks import Track
from db.vocabulary import TrackStatus


async def producer_of_path(session: AsyncSession, kind: str, name: str) -> ProducerId | None:
    """Whose page a path of the public site leads to.

    Args:
        kind: `p`, `t` or `c`.
        name: A handle, present or former, or a slug; folded.
    """
    found = {
        "p": select(col(ProducerHandle.producer_id)).where(col(ProducerHandle.handle_key) == name),
        "t": select(col(Track.producer_id)).where(
            col(Track.slug) == name, col(Track.status) == TrackStatus.PUBLISHED
        ),
        "c": select(col(Collection.producer_id)).where(col(Collection.slug) == name),
    }[kind]
    producer: str | None = await session.scalar(found)
    return ProducerId(producer) if producer else None


async def refer(session: AsyncSession, account: AccountId, producer: ProducerId) -> None:
    """Keep that a new account came by a producer's link."""
    session.add(Referral(account_id=account, producer_id=producer))
    await session.flush()


async def who_hears_of(
    session: AsyncSession, subscriber: AccountId, *, after: AccountId | None, limit: int
) -> list[AccountId]:
    """Owners of the profiles that an account follows or came by, in the order of their ids, from one on."""
    follows = select(col(Follow.producer_id)).where(
        col(Follow.account_id) == subscriber, col(Follow.ended_at).is_(None)
    )
    came_by = select(col(Referral.producer_id)).where(col(Referral.account_id) == subscriber)
    owner = col(Producer.account_id)
    chosen = select(owner).where(
        col(Producer.id).in_(union(follows, came_by)), owner.is_not(None), owner != subscriber
    )
    beyond = chosen if after is None else chosen.where(owner > after)
    return [AccountId(str(one)) for one in await session.scalars(beyond.order_by(owner).limit(limit))]
