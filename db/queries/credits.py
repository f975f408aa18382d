"""Who is credited on tracks (D-16). A row outlives the credit where the track is published: see `end_credits`."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from db.clock import now
from db.dialects import inserting
from db.ids import ProducerId, TrackId
from db.models.tracks import TrackCredit

CREDITED = col(TrackCredit.removed_at).is_(None)
"""For everything that asks who is credited: the other rows say who was."""


async def credits_of(session: AsyncSession, ids: Collection[TrackId]) -> list[tuple[TrackId, ProducerId]]:
    """Who is credited on these tracks, the uploader of each first."""
    columns = (col(TrackCredit.track_id), col(TrackCredit.producer_id))
    statement = select(*columns).where(col(TrackCredit.track_id).in_(ids), CREDITED)
    rows = await session.execute(statement.order_by(col(TrackCredit.track_id), col(TrackCredit.position)))
    return [(track, producer) for track, producer in rows]


async def credited_on(
    session: AsyncSession, producer: ProducerId, ids: Collection[TrackId]
) -> frozenset[TrackId]:
    """Those of the tracks that credit the producer."""
    here = col(TrackCredit.producer_id) == producer, col(TrackCredit.track_id).in_(ids), CREDITED
    return frozenset(await session.scalars(select(col(TrackCredit.track_id)).where(*here)))


async def declined_by(session: AsyncSession, track: TrackId) -> frozenset[ProducerId]:
    """Who took their own name off a track."""
    declined = col(TrackCredit.track_id) == track, col(TrackCredit.declined)
    return frozenset(await session.scalars(select(col(TrackCredit.producer_id)).where(*declined)))


async def credit(session: AsyncSession, track: TrackId, producers: Sequence[ProducerId]) -> None:
    """Credit these, in this order; who was credited before is again."""
    rows = [
        {
            "track_id": track,
            "producer_id": producer,
            "position": place,
            "removed_at": None,
            "declined": False,
        }
        for place, producer in enumerate(producers)
    ]
    fresh = inserting(session, TrackCredit).values(rows)
    again = {name: fresh.excluded[name] for name in ("position", "removed_at")}
    await session.execute(fresh.on_conflict_do_update(index_elements=["track_id", "producer_id"], set_=again))


async def end_credits(
    session: AsyncSession, track: TrackId, *, but: Collection[ProducerId], published: bool
) -> None:
    """Credit nobody else.

    Who leaves a published track leaves a row, for what it was given for is a fact (D-57); before that, nothing, but for whoever
    took their own name off: that is for good.
    """
    others = col(TrackCredit.track_id) == track, col(TrackCredit.producer_id).not_in(but)
    if published:
        await session.execute(update(TrackCredit).where(*others, CREDITED).values(removed_at=now()))
    else:
        await session.execute(delete(TrackCredit).where(*others, CREDITED))


async def decline(session: AsyncSession, track: TrackId, producer: ProducerId, *, published: bool) -> None:
    """End a credit for good, as the one who is named wants it."""
    own = col(TrackCredit.track_id) == track, col(TrackCredit.producer_id) == producer
    ended = {"removed_at": now(), "declined": True, "never_shown": not published}
    await session.execute(update(TrackCredit).where(*own).values(**ended))
