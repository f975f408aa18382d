"""Matches whose producers have not been told of the request (D-64)."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.ids import AccountId, BeatRequestId, ProducerId, TrackId
from db.models.producers import Producer
from db.models.requests import BeatMatch
from db.models.tracks import Track
from db.queries.producers import HAS_BADGE
from db.queries.rows import AnySelect, read
from db.queries.submissions import OFFERED
from db.vocabulary import TrackStatus

_UNTOLD = col(BeatMatch.told_at).is_(None)


class UntoldRow(NamedTuple):
    """A track that is worth telling of.

    Attributes:
        rank: Among the producer's own that answer the request, from 1 on, best first.
        total: How many those are.
    """

    producer_id: ProducerId
    title: str
    track_id: TrackId
    rank: int
    total: int


def untold_producers(request: BeatRequestId, *, after: ProducerId | None, limit: int) -> AnySelect:
    """The statement of `next_untold`."""
    beyond = [] if after is None else [col(BeatMatch.producer_id) > after]
    waiting = select(col(BeatMatch.producer_id)).distinct().where(_UNTOLD)
    chosen = waiting.where(col(BeatMatch.request_id) == request, *beyond)
    return chosen.order_by(col(BeatMatch.producer_id)).limit(limit)


async def next_untold(
    session: AsyncSession, request: BeatRequestId, *, after: ProducerId | None, limit: int
) -> list[ProducerId]:
    """Producers with matches that are still to be told, in the order of their ids, from one on."""
    return list(await session.scalars(untold_producers(request, after=after, limit=limit)))


async def accounts_to_tell(
    session: AsyncSession, producers: Collection[ProducerId]
) -> dict[ProducerId, AccountId]:
    """Accounts of those of the producers who are verified now (D-5)."""
    verified = select(col(Producer.id), col(Producer.account_id)).where(
        HAS_BADGE, col(Producer.id).in_(producers)
    )
    found = await session.execute(verified)
    return {ProducerId(producer): AccountId(account) for producer, account in found if account}


async def best_untold(
    session: AsyncSession, request: BeatRequestId, producers: Collection[ProducerId], *, most: int
) -> list[UntoldRow]:
    """The best matches of each producer that were not told: published, and not offered since they were found."""
    own, best_first = col(BeatMatch.producer_id), [col(BeatMatch.score).desc(), col(BeatMatch.id)]
    ranked = (
        select(
            col(BeatMatch.producer_id),
            col(Track.title),
            col(BeatMatch.track_id),
            func.row_number().over(partition_by=own, order_by=best_first).label("rank"),
            func.count().over(partition_by=own).label("total"),
        )
        .join(Track, col(Track.id) == col(BeatMatch.track_id))
        .where(_UNTOLD, col(BeatMatch.request_id) == request, col(BeatMatch.producer_id).in_(producers))
        .where(col(Track.status) == TrackStatus.PUBLISHED, ~OFFERED)
        .subquery()
    )
    chosen = select(*ranked.c).where(ranked.c.rank <= most)
    return await read(session, UntoldRow, chosen.order_by(ranked.c.producer_id, ranked.c.rank))


async def mark_told(session: AsyncSession, request: BeatRequestId, producers: Collection[ProducerId]) -> None:
    """These producers' notification of the request is settled: none of their matches is to be told any more."""
    theirs = col(BeatMatch.request_id) == request, col(BeatMatch.producer_id).in_(producers)
    await session.execute(update(BeatMatch).where(*theirs, _UNTOLD).values(told_at=now()))
